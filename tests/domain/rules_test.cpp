// "Meaning of a set" and "Devices": the whole of what decide() decides.

#include "domain/rules.hpp"

#include <boost/test/unit_test.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace pusherd::domain {
namespace {

constexpr std::string_view wanted = R"({"lang":"en"})";
constexpr std::string_view other_text = R"({"lang":"de"})";
constexpr std::string_view none{};

enum class own { absent, same, different };

set_command upsert_of(bool append) {
    return upsert{.key = {"app", "key"}, .kind = pusher_kind::http, .shown = std::string(wanted), .append = append};
}

set_command removal_of() { return removal{.key = {"app", "key"}}; }

facts facts_of(own mine, std::string_view device, bool others) {
    facts known;
    known.others_hold_key = others;
    if (mine == own::absent) return known;
    known.own = own_pusher{.shown = mine == own::same ? wanted : other_text, .device_id = device};
    known.pushers = 1;
    known.bytes = known.own->shown.size();
    return known;
}

// A line of the table: what is there, what is asked for, and what must follow.
struct set_case {
    own mine;
    std::string_view own_device;
    std::string_view token_device;
    bool append;
    bool others;
    std::string_view what;
    bool write_own;
    bool evict;
    std::string_view bound_to;  // with write_own
};

constexpr bool append = true, others = true, write = true, evict = true, no = false;

// clang-format off
constexpr set_case upserts[] = {
    // mine           own    token  append  others  outcome      write  evict  bound to
    {own::absent,     none,  none,  no,     no,     "created",   write, no,    none},
    {own::absent,     none,  none,  no,     others, "created",   write, evict, none},
    {own::absent,     none,  none,  append, no,     "created",   write, no,    none},
    {own::absent,     none,  "A",   no,     no,     "created",   write, no,    "A"},
    {own::absent,     none,  "A",   no,     others, "created",   write, evict, "A"},
    {own::absent,     none,  "A",   append, no,     "created",   write, no,    "A"},

    {own::same,       none,  none,  no,     no,     "unchanged", no,    no,    none},
    {own::same,       none,  none,  no,     others, "updated",   no,    evict, none},
    {own::same,       none,  none,  append, no,     "unchanged", no,    no,    none},
    {own::same,       none,  "A",   no,     no,     "updated",   write, no,    "A"},
    {own::same,       none,  "A",   no,     others, "updated",   write, evict, "A"},
    {own::same,       none,  "A",   append, no,     "updated",   write, no,    "A"},
    {own::same,       "A",   none,  no,     no,     "unchanged", no,    no,    none},
    {own::same,       "A",   none,  no,     others, "updated",   no,    evict, none},
    {own::same,       "A",   none,  append, no,     "unchanged", no,    no,    none},
    {own::same,       "A",   "A",   no,     no,     "unchanged", no,    no,    none},
    {own::same,       "A",   "A",   no,     others, "updated",   no,    evict, none},
    {own::same,       "A",   "A",   append, no,     "unchanged", no,    no,    none},
    {own::same,       "A",   "B",   no,     no,     "updated",   write, no,    "B"},
    {own::same,       "A",   "B",   no,     others, "updated",   write, evict, "B"},
    {own::same,       "A",   "B",   append, no,     "updated",   write, no,    "B"},

    {own::different,  none,  none,  no,     no,     "updated",   write, no,    none},
    {own::different,  none,  none,  no,     others, "updated",   write, evict, none},
    {own::different,  none,  none,  append, no,     "updated",   write, no,    none},
    {own::different,  none,  "A",   no,     no,     "updated",   write, no,    "A"},
    {own::different,  none,  "A",   no,     others, "updated",   write, evict, "A"},
    {own::different,  none,  "A",   append, no,     "updated",   write, no,    "A"},
    {own::different,  "A",   none,  no,     no,     "updated",   write, no,    "A"},
    {own::different,  "A",   none,  no,     others, "updated",   write, evict, "A"},
    {own::different,  "A",   none,  append, no,     "updated",   write, no,    "A"},
    {own::different,  "A",   "A",   no,     no,     "updated",   write, no,    "A"},
    {own::different,  "A",   "A",   no,     others, "updated",   write, evict, "A"},
    {own::different,  "A",   "A",   append, no,     "updated",   write, no,    "A"},
    {own::different,  "A",   "B",   no,     no,     "updated",   write, no,    "B"},
    {own::different,  "A",   "B",   no,     others, "updated",   write, evict, "B"},
    {own::different,  "A",   "B",   append, no,     "updated",   write, no,    "B"},
};

// With append, others' pushers stay, so it makes no difference that there are any.
constexpr set_case appends_beside_others[] = {
    {own::absent,     none,  none,  append, others, "created",   write, no,    none},
    {own::absent,     none,  "A",   append, others, "created",   write, no,    "A"},
    {own::same,       none,  none,  append, others, "unchanged", no,    no,    none},
    {own::same,       none,  "A",   append, others, "updated",   write, no,    "A"},
    {own::same,       "A",   none,  append, others, "unchanged", no,    no,    none},
    {own::same,       "A",   "A",   append, others, "unchanged", no,    no,    none},
    {own::same,       "A",   "B",   append, others, "updated",   write, no,    "B"},
    {own::different,  none,  none,  append, others, "updated",   write, no,    none},
    {own::different,  none,  "A",   append, others, "updated",   write, no,    "A"},
    {own::different,  "A",   none,  append, others, "updated",   write, no,    "A"},
    {own::different,  "A",   "A",   append, others, "updated",   write, no,    "A"},
    {own::different,  "A",   "B",   append, others, "updated",   write, no,    "B"},
};
// clang-format on

void check_upsert(const set_case& row) {
    const auto decided =
        decide(facts_of(row.mine, row.own_device, row.others), upsert_of(row.append), row.token_device, {});
    BOOST_REQUIRE(decided.has_value());
    BOOST_TEST(to_string(decided->what) == row.what);
    BOOST_TEST(decided->write_own == row.write_own);
    BOOST_TEST(decided->evict_others == row.evict);
    BOOST_TEST(!decided->remove_own);
    BOOST_TEST(decided->writes() == (row.what != "unchanged"));
    if (row.write_own) BOOST_TEST(decided->device_id == row.bound_to);
}

template <std::size_t Size>
void check_upserts(const set_case (&rows)[Size]) {
    for (const set_case& row : rows)
        BOOST_TEST_CONTEXT("own " << int(row.mine) << " of '" << row.own_device << "', token of '" << row.token_device
                                  << "', append " << row.append << ", others " << row.others)
    check_upsert(row);
}

facts with_pushers(facts known, std::size_t pushers, std::size_t bytes) {
    known.pushers = pushers;
    known.bytes = bytes;
    return known;
}

bool is_limit(const result<plan>& decided) { return !decided && decided.error().code == errc::user_limit_exceeded; }

}  // namespace

BOOST_AUTO_TEST_SUITE(rules)

BOOST_AUTO_TEST_CASE(a_set_creates_updates_or_changes_nothing) { check_upserts(upserts); }

// MSC3881. Web clients send the listed pusher back, and have changed one of its two names.
BOOST_AUTO_TEST_CASE(of_two_that_disagree_the_one_that_differs_from_what_is_stored_wins) {
    using maybe = std::optional<bool>;
    constexpr maybe unsaid{};
    struct {
        maybe stable;
        maybe unstable;
        maybe stored;
        bool enabled;
    } const rows[] = {
        {unsaid, unsaid, unsaid, true}, {unsaid, unsaid, true, true}, {unsaid, unsaid, false, false},
        {true, unsaid, unsaid, true},   {true, unsaid, true, true},   {true, unsaid, false, true},
        {false, unsaid, unsaid, false}, {false, unsaid, true, false}, {false, unsaid, false, false},
        {unsaid, true, unsaid, true},   {unsaid, true, true, true},   {unsaid, true, false, true},
        {unsaid, false, unsaid, false}, {unsaid, false, true, false}, {unsaid, false, false, false},
        {true, true, unsaid, true},     {true, true, true, true},     {true, true, false, true},
        {false, false, unsaid, false},  {false, false, true, false},  {false, false, false, false},
        {true, false, unsaid, false},   {true, false, true, false},   {true, false, false, true},
        {false, true, unsaid, true},    {false, true, true, false},   {false, true, false, true},
    };
    const auto text = [](const maybe& value) { return !value ? "unsaid" : *value ? "true" : "false"; };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT(text(row.stable) << ", " << text(row.unstable) << ", stored " << text(row.stored))
    BOOST_TEST(decide_enabled({row.stable, row.unstable}, row.stored) == row.enabled);
}

BOOST_AUTO_TEST_CASE(a_set_that_says_whether_it_is_enabled_does_not_move_it_to_another_device) {
    for (const bool enabled : {true, false})
        for (const std::string_view own_device : {none, std::string_view("A")}) {
            auto known = facts_of(own::same, own_device, no);
            auto command = std::get<upsert>(upsert_of(no));
            command.enabled.unstable = enabled;
            const auto decided = decide(known, command, "B", {});
            BOOST_REQUIRE(decided.has_value());
            BOOST_TEST(decided->device_id == own_device);
            BOOST_TEST(decided->enabled == enabled);
            BOOST_TEST(to_string(decided->what) == (enabled ? "unchanged" : "updated"));
            BOOST_TEST(decided->write_own == !enabled);
        }
    auto create = std::get<upsert>(upsert_of(no));
    create.enabled.stable = false;
    const auto created = decide(facts_of(own::absent, none, no), create, "B", {});
    BOOST_REQUIRE(created.has_value());
    BOOST_TEST(created->device_id == "B");
    BOOST_TEST(!created->enabled);
}

BOOST_AUTO_TEST_CASE(an_update_that_is_silent_leaves_a_disabled_pusher_disabled) {
    for (const own mine : {own::same, own::different}) {
        auto known = facts_of(mine, "A", no);
        known.own->enabled = false;
        const auto decided = decide(known, upsert_of(no), "B", {});
        BOOST_REQUIRE(decided.has_value());
        BOOST_TEST(!decided->enabled);
        BOOST_TEST(decided->device_id == "B");
    }
}

BOOST_AUTO_TEST_CASE(with_append_the_pushers_of_others_stay_even_if_they_were_looked_up) {
    check_upserts(appends_beside_others);
}

BOOST_AUTO_TEST_CASE(a_removal_deletes_ones_own_and_touches_nobody_elses) {
    struct {
        own mine;
        std::string_view own_device;
        std::string_view token_device;
        bool others;
        std::string_view what;
        bool remove_own;
    } const rows[] = {
        {own::absent, none, none, no, "absent", no},     {own::absent, none, none, others, "absent", no},
        {own::absent, none, "A", no, "absent", no},      {own::absent, none, "A", others, "absent", no},
        {own::same, none, none, no, "deleted", true},    {own::same, none, none, others, "deleted", true},
        {own::same, none, "A", no, "deleted", true},     {own::same, none, "A", others, "deleted", true},
        {own::same, "A", none, no, "deleted", true},     {own::same, "A", none, others, "deleted", true},
        {own::same, "A", "A", no, "deleted", true},      {own::same, "A", "A", others, "deleted", true},
        {own::different, "A", "B", no, "deleted", true}, {own::different, "A", "B", others, "deleted", true},
    };
    for (const auto& row : rows)
        BOOST_TEST_CONTEXT("own " << int(row.mine) << " of '" << row.own_device << "', token of '" << row.token_device
                                  << "', others " << row.others) {
            const auto decided =
                decide(facts_of(row.mine, row.own_device, row.others), removal_of(), row.token_device, {});
            BOOST_REQUIRE(decided.has_value());
            BOOST_TEST(to_string(decided->what) == row.what);
            BOOST_TEST(decided->remove_own == row.remove_own);
            BOOST_TEST(!decided->write_own);
            BOOST_TEST(!decided->evict_others);
            BOOST_TEST(decided->writes() == row.remove_own);
        }
}

BOOST_AUTO_TEST_CASE(only_an_upsert_without_append_evicts) {
    BOOST_TEST(evicts(upsert_of(false)));
    BOOST_TEST(!evicts(upsert_of(true)));
    BOOST_TEST(!evicts(removal_of()));
}

BOOST_AUTO_TEST_CASE(the_hundredth_pusher_is_created_and_the_next_is_refused) {
    for (const bool append_it : {false, true})
        for (const bool others_hold : {false, true})
            BOOST_TEST_CONTEXT("append " << append_it << ", others " << others_hold) {
                const facts known = facts_of(own::absent, none, others_hold && !append_it);
                const auto last = decide(with_pushers(known, 99, 1000), upsert_of(append_it), "A", {});
                BOOST_REQUIRE(last.has_value());
                BOOST_TEST(to_string(last->what) == "created");
                BOOST_TEST(is_limit(decide(with_pushers(known, 100, 1000), upsert_of(append_it), "A", {})));
                BOOST_TEST(is_limit(decide(with_pushers(known, 101, 1000), upsert_of(append_it), "A", {})));
            }
}

BOOST_AUTO_TEST_CASE(the_operator_may_set_another_number_of_pushers) {
    const facts known = facts_of(own::absent, none, false);
    for (const std::size_t most : {std::size_t{1}, std::size_t{3}, std::size_t{1000}}) BOOST_TEST_CONTEXT(most) {
            BOOST_TEST(decide(with_pushers(known, most - 1, 0), upsert_of(false), none, {.pushers = most}).has_value());
            BOOST_TEST(is_limit(decide(with_pushers(known, most, 0), upsert_of(false), none, {.pushers = most})));
        }
    BOOST_TEST(is_limit(decide(known, upsert_of(false), none, {.pushers = 0})));
}

BOOST_AUTO_TEST_CASE(pushers_of_256_kib_are_accepted_and_a_byte_more_is_refused) {
    constexpr std::size_t most = 256 * 1024;
    const facts known = facts_of(own::absent, none, true);
    const auto last = decide(with_pushers(known, 1, most - wanted.size()), upsert_of(false), none, {});
    BOOST_REQUIRE(last.has_value());
    BOOST_TEST(to_string(last->what) == "created");
    BOOST_TEST(is_limit(decide(with_pushers(known, 1, most - wanted.size() + 1), upsert_of(false), none, {})));
    BOOST_TEST(is_limit(decide(with_pushers(known, 1, most), upsert_of(false), none, {})));
    BOOST_TEST(is_limit(decide(with_pushers(known, 1, 2 * most), upsert_of(true), none, {})));
}

BOOST_AUTO_TEST_CASE(updates_pass_where_the_limits_are_reached) {
    for (const std::size_t pushers : {std::size_t{100}, std::size_t{500}})
        for (const std::size_t bytes : {std::size_t{10}, std::size_t{256 * 1024}, std::size_t{1024 * 1024}})
            BOOST_TEST_CONTEXT(pushers << " pushers, " << bytes << " bytes") {
                const auto changed = with_pushers(facts_of(own::different, "A", true), pushers, bytes);
                const auto update = decide(changed, upsert_of(false), "B", {});
                BOOST_REQUIRE(update.has_value());
                BOOST_TEST(to_string(update->what) == "updated");
                BOOST_TEST(update->write_own);
                BOOST_TEST(update->evict_others);

                const auto same = with_pushers(facts_of(own::same, "A", false), pushers, bytes);
                const auto repeat = decide(same, upsert_of(false), "A", {});
                BOOST_REQUIRE(repeat.has_value());
                BOOST_TEST(to_string(repeat->what) == "unchanged");
            }
}

BOOST_AUTO_TEST_CASE(removals_pass_where_the_limits_are_reached) {
    const auto mine = decide(with_pushers(facts_of(own::same, "A", true), 500, 1024 * 1024), removal_of(), "A", {});
    BOOST_REQUIRE(mine.has_value());
    BOOST_TEST(to_string(mine->what) == "deleted");
    const auto nothing =
        decide(with_pushers(facts_of(own::absent, none, true), 500, 1024 * 1024), removal_of(), "A", {});
    BOOST_REQUIRE(nothing.has_value());
    BOOST_TEST(to_string(nothing->what) == "absent");
}

BOOST_AUTO_TEST_CASE(the_outcomes_are_called_as_on_the_wire) {
    BOOST_TEST(to_string(outcome::created) == "created");
    BOOST_TEST(to_string(outcome::updated) == "updated");
    BOOST_TEST(to_string(outcome::unchanged) == "unchanged");
    BOOST_TEST(to_string(outcome::deleted) == "deleted");
    BOOST_TEST(to_string(outcome::absent) == "absent");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::domain
