#include "tests/power_loss/image_check.hpp"

#include "persistence/registry/token_import.hpp"
#include "tests/support/crash_client.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/json/array.hpp>
#include <boost/json/parse.hpp>

#include <algorithm>
#include <stdexcept>

namespace pusherd::power_loss {
namespace {

/// A database with its store, opened as by `serve`.
class opened_database {
public:
    explicit opened_database(const std::filesystem::path& data)
        : db(data, {.mode = persistence::open_mode::create, .may_shrink_map = true, .server_name = {}}) {
        persistence::discard_broken_imports(db);
    }

    persistence::database db;
    testing::recording_logger log{};
    persistence::lmdb_store store{db, log, {}};
};

void expect(bool is_so, const std::string& otherwise) {
    if (!is_so) throw std::runtime_error(otherwise);
}

void expect_none(const std::vector<std::string>& faults) {
    if (faults.empty()) return;
    std::string all;
    for (const std::string& each : faults) all += each + "; ";
    throw std::runtime_error(all);
}

testing::found_pushers read_all(opened_database& opened, const promises& given, std::uint64_t position) {
    expect_none(testing::faults_of(opened.db));
    const auto reader = opened.store.open_reader();
    const auto is_valid = [&](const std::string& token) {
        return reader->authenticate(domain::sha256(token)).has_value();
    };
    const auto valid = static_cast<std::size_t>(std::count_if(given.tokens.begin(), given.tokens.end(), is_valid));
    reader->rest();
    expect(valid == given.tokens.size() || (valid == 0 && given.imported.position > position),
           std::to_string(valid) + " tokens are valid");

    testing::found_pushers found;
    for (unsigned i = 0; i < valid; ++i) {
        const auto shown = boost::json::parse('[' + testing::items_of(opened.store, {given.tokens[i], {}}) + ']');
        expect_none(testing::add_shown(found, testing::crash_user(i), shown.as_array()));
    }
    return found;
}

// What was answered waits, what was not does or does not, each once and in its order.
void check_what_waits(opened_database& opened, const promises& given, std::uint64_t position) {
    const domain::pusher_key key{std::string(told_app), std::string(told_pushkey)};
    const auto queue = persistence::queue_of(told_user, persistence::digest_of(key));
    auto next = given.told.begin();
    const auto expect_not_promised_before = [&](const std::string& id) {
        for (; next != given.told.end() && next->id != id; ++next)
            expect(next->answered.position > position, "event " + next->id + " is lost");
    };
    persistence::snapshot_reader(opened.db.env())([&](const persistence::read_txn& txn) {
        const auto& pokes = opened.db.all().pokes;
        txn.scan(pokes, persistence::pokes_of(queue.pusher), [&](std::string_view, std::string_view bytes) {
            const std::string id(persistence::poke_record::decode(bytes).event_id);
            expect_not_promised_before(id);
            expect(next != given.told.end() && next->sent.position <= position, "event " + id + " was never told");
            ++next;
            return true;
        });
    });
    expect_not_promised_before("");
}

}  // namespace

std::string fault_in(const std::filesystem::path& data, const promises& given, std::uint64_t position) try {
    testing::found_pushers found;
    testing::session newcomer;
    {
        opened_database opened(data);
        found = read_all(opened, given, position);
        expect_none(given.history.faults(found, position));
        check_what_waits(opened, given, position);
        newcomer = testing::log_in(opened.db, "@newcomer:example.org");
        expect(testing::perform(opened.store, newcomer, testing::set_of("new")) == "created", "a set fails");
        expect_none(testing::faults_of(opened.db));
    }
    opened_database again(data);
    expect(read_all(again, given, position) == found, "a set has changed others' pushers");
    check_what_waits(again, given, position);
    expect(testing::pushkeys_of(again.store, newcomer) == "new ", "a set after the crash is lost");
    return {};
} catch (const std::exception& problem) {
    return problem.what();
}

}  // namespace pusherd::power_loss
