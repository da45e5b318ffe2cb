#include "tests/support/lock_holder.hpp"

#include "persistence/registry/database.hpp"

namespace pusherd::testing {

lock_holder::lock_holder(const std::filesystem::path& data)
    : process_([data](rendezvous& parent) {
          parent.wait();
          persistence::database db(data, {.mode = persistence::open_mode::change});
          const persistence::write_txn held(db.env());
          parent.signal();
          parent.wait();
      }) {}

void lock_holder::take_lock() {
    process_.signal();
    process_.wait();
}

}  // namespace pusherd::testing
