// Records and keys as they lie in the store: whatever the bytes, they are refused as corrupt, or mean what encodes to
// them.

#include "persistence/records/keys.hpp"
#include "persistence/records/token_record.hpp"
#include "persistence/records/user_record.hpp"
#include "persistence/registry/database.hpp"
#include "tests/fuzz/property.hpp"
#include "tests/fuzz/targets.hpp"

#include <string>
#include <string_view>

namespace pusherd::fuzz {
namespace {

using namespace persistence;

// Calls `check` for what the bytes decode to, unless they are refused.
template <class Decode, class Check>
void check_decoded(Decode decode, std::string_view bytes, Check check) {
    try {
        check(decode(bytes));
    } catch (const corrupt_record&) {  // a sound answer
        return;
    }
}

template <class Key>
void check_key(Key (*decode)(std::string_view), std::string_view bytes) {
    check_decoded(decode, bytes, [bytes](const Key& key) {
        key_buffer buffer;
        require(encode(key, buffer) == bytes, "a key encodes to what it was decoded from");
    });
}

template <class Record>
void check_encodes_to_the_same(std::string_view bytes) {
    check_decoded(Record::decode, bytes, [bytes](const Record& record) {
        require(record.encode() == bytes, "a record encodes to what it was decoded from");
    });
}

void check_user_record(std::string_view bytes) {
    check_decoded(user_record::decode, bytes, [bytes](const user_record& record) {
        require(bytes.ends_with(record.items()), "a list shows the end of a record");
        const auto pushers = record.registrations();
        require(pushers.size() == record.count(), "a record has as many pushers as it says");
        if (record.version() == user_record::newest_version)
            require(user_record::encode(pushers) == bytes, "a record encodes to what it was decoded from");
        for (const registration& each : pushers)
            require(index_of(pushers, each.key, each.shown) < pushers.size(), "each pusher is found");
        const auto nobodys = digest_of("nobody's");  // libFuzzer finds out what it is
        const std::size_t found = index_of(pushers, nobodys, "{");
        require(found == pushers.size() || pushers[found].key == nobodys, "what is not there is not found");
    });
}

void check_meta_entries(std::string_view bytes) {
    const auto is_sound = [bytes](std::string_view name) {
        try {
            check_meta_entry(name, bytes);
            return true;
        } catch (const corrupt_record&) {
            return false;
        }
    };
    for (const std::string_view name : {"schema", "last-import"})
        require(is_sound(name) == (bytes.size() == sizeof(std::uint32_t)), "a number of 32 bits has four bytes");
    require(is_sound("map-size") == (bytes.size() == sizeof(std::uint64_t)), "a number of 64 bits has eight");
    require(is_sound("program") && is_sound("server-name") && !is_sound("anything else"), "the entries are known");
}

}  // namespace

void check_record(std::string_view input) {
    const exact_copy bytes(input);
    check_user_record(bytes.view());
    check_encodes_to_the_same<token_record>(bytes.view());
    check_encodes_to_the_same<import_record>(bytes.view());
    check_encodes_to_the_same<queue_record>(bytes.view());
    check_encodes_to_the_same<poke_record>(bytes.view());
    check_encodes_to_the_same<told_event_record>(bytes.view());
    check_encodes_to_the_same<tombstone_record>(bytes.view());
    if (input.size() > max_key_bytes) return;
    check_key(decode_token_key, bytes.view());
    check_key(decode_holder_key, bytes.view());
    check_key(decode_session_key, bytes.view());
    check_key(decode_import_key, bytes.view());
    check_key(decode_queue_key, bytes.view());
    check_key(decode_poke_key, bytes.view());
    check_key(decode_told_event_key, bytes.view());
    check_key(decode_tombstone_key, bytes.view());
    check_meta_entries(bytes.view());
}

}  // namespace pusherd::fuzz
