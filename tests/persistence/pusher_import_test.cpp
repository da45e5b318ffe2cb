// Importing pushers: whose they are, when they were registered, and in which order; and exporting them again.

#include "persistence/registry/pusher_import.hpp"

#include "persistence/registry/pusher_changes.hpp"
#include "persistence/registry/pusher_export.hpp"
#include "persistence/registry/pusher_lines.hpp"
#include "tests/support/scratch_store.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace pusherd::persistence {
namespace {

constexpr int many = 10'000;  // several transactions

struct line_traits {
    std::string_view device_id = "";
    std::string_view lang = "en";
    domain::timestamp updated = 7;
};

std::string line(std::string_view user_id, std::string_view pushkey, domain::timestamp created,
                 const line_traits& traits = {}) {
    const auto set = std::get<domain::upsert>(testing::set_of(pushkey, {.lang = traits.lang}));
    std::string out;
    append_pusher_line(out, user_id,
                       {.key = {},
                        .created = created,
                        .updated = traits.updated,
                        .kind = set.kind,
                        .device_id = traits.device_id,
                        .shown = set.shown});
    return out;
}

struct import_fixture : testing::scratch_store {
    import_fixture() : scratch_store({}, testing::fast_options(64 * testing::mebibyte)) {}
    ~import_fixture() { BOOST_TEST(testing::faults_of(db()).empty()); }

    static checked_pushers check(std::istream& in, std::string_view server_name = "") {
        const auto read = checked_pushers::read(in, server_name);
        if (const auto* problem = std::get_if<import_problem>(&read)) BOOST_FAIL(problem->what);
        return std::get<checked_pushers>(read);
    }

    // How many pushers, or `line N`.
    std::string import(const std::string& lines) {
        std::istringstream in(lines);
        const checked_pushers file = check(in);
        const auto done = import_pushers(db(), in, file);
        if (const auto* problem = std::get_if<import_problem>(&done)) return "line " + std::to_string(problem->line);
        return std::to_string(std::get<std::uint64_t>(done));
    }

    std::string exported() {
        std::string lines;
        export_pushers(db(), [&](std::string_view some, std::uint64_t, std::uint64_t) { lines += some; });
        return lines;
    }

    std::string pushkeys(const std::string& user_id) {
        return testing::pushkeys_of(store(), testing::log_in(db(), user_id));
    }
};

std::string problem_in(const std::string& lines, std::string_view server_name = "") {
    std::istringstream in(lines);
    const auto read = checked_pushers::read(in, server_name);
    const auto* problem = std::get_if<import_problem>(&read);
    return problem == nullptr ? "none" : std::to_string(problem->line) + ": " + problem->what;
}

std::string many_lines() {
    std::string lines;
    for (int i = 0; i < many; ++i)
        lines += line("@u" + std::to_string(i / 3) + ":h", "k" + std::to_string(i), i, {.device_id = "D"});
    return lines;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(pusher_import, import_fixture)

BOOST_AUTO_TEST_CASE(imported_pushers_are_listed_and_keep_device_and_times) {
    BOOST_TEST(import(line("@a:h", "k1", 5, {.device_id = "PHONE", .updated = 9}) + line("@b:h", "k2", 6)) == "2");
    BOOST_TEST(pushkeys("@a:h") == "k1 ");
    const auto stored = testing::stored_pushers(db(), "@a:h");
    BOOST_TEST_REQUIRE(stored.size() == 1U);
    BOOST_TEST(stored[0].device_id == "PHONE");
    BOOST_TEST(stored[0].created == 5);
    BOOST_TEST(stored[0].updated == 9);
    BOOST_TEST(testing::stored_pushers(db(), "@b:h").at(0).device_id == "");
}

BOOST_AUTO_TEST_CASE(nobody_is_evicted) {
    const auto bob = log_in("@b:h");
    BOOST_TEST(set(bob, testing::set_of("k")) == "created");
    BOOST_TEST(import(line("@a:h", "k", 1) + line("@c:h", "k", 1)) == "2");
    for (const char* user : {"@a:h", "@b:h", "@c:h"}) BOOST_TEST(pushkeys(user) == "k ");
    // All three are known as holders: the next set of one takes the key from the others.
    BOOST_TEST(set(bob, testing::set_of("k")) == "updated");
    BOOST_TEST(pushkeys("@a:h") == "");
    BOOST_TEST(pushkeys("@c:h") == "");
}

BOOST_AUTO_TEST_CASE(no_cap_is_looked_at) {
    std::string lines;
    for (int i = 0; i < 1000; ++i) lines += line("@a:h", "k" + std::to_string(i), i, {.lang = std::string(300, 'l')});
    BOOST_TEST(import(lines) == "1000");
    BOOST_TEST(testing::stored_pushers(db(), "@a:h").size() == 1000U);
    BOOST_TEST(set(log_in("@a:h"), testing::set_of("one more")) == "user_limit_exceeded");
    BOOST_TEST(set(log_in("@a:h"), testing::removal_of("k999")) == "deleted");
}

BOOST_AUTO_TEST_CASE(the_same_key_of_the_same_user_is_replaced) {
    BOOST_TEST(import(line("@a:h", "k", 1, {.device_id = "OLD", .lang = "en"})) == "1");
    BOOST_TEST(import(line("@a:h", "k", 3, {.lang = "de", .updated = 4})) == "1");
    const auto stored = testing::stored_pushers(db(), "@a:h");
    BOOST_TEST_REQUIRE(stored.size() == 1U);
    BOOST_TEST(stored[0].device_id == "");
    BOOST_TEST(stored[0].created == 3);
    BOOST_TEST(stored[0].shown.find("\"de\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(of_lines_with_the_same_key_the_last_one_counts) {
    BOOST_TEST(import(line("@a:h", "k", 1, {.lang = "en"}) + line("@a:h", "other", 1) +
                      line("@a:h", "k", 1, {.lang = "de"})) == "3");
    BOOST_TEST(pushkeys("@a:h") == "other k ");
    BOOST_TEST(testing::stored_pushers(db(), "@a:h").at(1).shown.find("\"de\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_time_of_registration_decides_between_those_that_are_there_and_those_that_come) {
    const auto alice = log_in("@a:h");
    for (const domain::timestamp time : {10, 20, 30})
        BOOST_TEST(set(alice, testing::set_of("k" + std::to_string(time)), time) == "created");
    BOOST_TEST(import(line("@a:h", "k5", 5) + line("@a:h", "k20", 20, {.lang = "de"}) + line("@a:h", "k25", 25) +
                      line("@a:h", "k30b", 30) + line("@a:h", "k40", 40)) == "5");
    BOOST_TEST(pushkeys("@a:h") == "k5 k10 k20 k25 k30 k30b k40 ");
}

BOOST_AUTO_TEST_CASE(lines_that_stand_together_stay_in_their_order_whatever_their_times) {
    BOOST_TEST(import(line("@a:h", "k1", 5) + line("@a:h", "k2", 3) + line("@a:h", "k3", 4)) == "3");
    BOOST_TEST(pushkeys("@a:h") == "k1 k2 k3 ");
}

BOOST_AUTO_TEST_CASE(the_lines_of_a_user_need_not_stand_together) {
    BOOST_TEST(import(line("@a:h", "k2", 2) + line("@b:h", "k", 1) + line("@a:h", "k1", 1)) == "3");
    BOOST_TEST(pushkeys("@a:h") == "k1 k2 ");
}

BOOST_AUTO_TEST_CASE(an_export_of_an_import_is_the_same_and_so_is_one_of_both) {
    const std::string lines = line("@a:h", "k1", 5, {.device_id = "PHONE"}) + line("@a:h", "k2", 3) +
                              line("@b:h", "k1", 5, {.updated = -1}) + line("@\xc3\xa9:h", "k", 0);
    BOOST_TEST(import(lines) == "4");
    BOOST_TEST(exported() == lines);
    BOOST_TEST(import(lines) == "4");
    BOOST_TEST(exported() == lines);
}

BOOST_AUTO_TEST_CASE(an_export_is_in_the_order_of_the_user_ids_bytes) {
    const std::string a = line("@a:h", "k", 9);
    const std::string b = line("@b:h", "k", 1);
    const std::string upper = line("@Z:h", "k", 5);
    BOOST_TEST(import(b + a + upper) == "3");
    BOOST_TEST(exported() == upper + a + b);
}

BOOST_AUTO_TEST_CASE(an_export_of_nothing_is_nothing) { BOOST_TEST(exported() == ""); }

BOOST_AUTO_TEST_CASE(an_export_comes_in_pieces_and_tells_how_far_it_is) {
    BOOST_TEST(import(many_lines()) == std::to_string(many));
    std::size_t largest = 0;
    std::uint64_t last = 0;
    int pieces = 0;
    export_pushers(db(), [&](std::string_view lines, std::uint64_t done, std::uint64_t all) {
        largest = std::max(largest, lines.size());
        BOOST_TEST((done > last || lines.empty()));
        BOOST_TEST(all == std::uint64_t{many});
        last = done;
        ++pieces;
    });
    BOOST_TEST(last == std::uint64_t{many});
    BOOST_TEST(pieces > 2);
    BOOST_TEST(largest < 300'000U);
}

BOOST_AUTO_TEST_CASE(a_record_that_does_not_decode_ends_an_export_and_names_the_user) {
    BOOST_TEST(import(line("@a\x01:h", "k", 1)) == "1");
    const std::string sound = exported();
    {
        write_txn txn(db().env());
        txn.put(db().all().users, user_key{"@b:h"}, "\x01");
        txn.commit();
    }
    BOOST_CHECK_EXCEPTION(exported(), corrupt_record, [](const corrupt_record& problem) {
        return std::string_view(problem.what()).starts_with("the pushers of @b:h: ");
    });
    write_txn txn(db().env());
    txn.erase(db().all().users, user_key{"@b:h"});
    txn.commit();
}

BOOST_AUTO_TEST_CASE(an_import_of_many_is_whole_and_can_be_repeated_without_a_write) {
    const std::string lines = many_lines();
    BOOST_TEST(import(lines) == std::to_string(many));
    BOOST_TEST(testing::stored_pushers(db(), "@u3332:h").size() == 3U);
    const auto before = testing::last_transaction(db());
    BOOST_TEST(import(lines) == std::to_string(many));
    BOOST_TEST(testing::last_transaction(db()) == before);
}

BOOST_AUTO_TEST_CASE(it_tells_how_far_it_is) {
    std::istringstream in(many_lines());
    std::uint64_t checked = 0;
    const auto read = checked_pushers::read(in, "", [&](std::uint64_t done) {
        BOOST_TEST(done > checked);
        checked = done;
    });
    BOOST_TEST(checked > 0U);
    std::uint64_t written = 0;
    const auto done = import_pushers(db(), in, std::get<checked_pushers>(read), [&](std::uint64_t so_far) {
        BOOST_TEST(so_far > written);
        written = so_far;
    });
    BOOST_TEST(written > 0U);
    BOOST_TEST(std::get<std::uint64_t>(done) == std::uint64_t{many});
}

BOOST_AUTO_TEST_CASE(a_bad_line_is_named_and_the_others_are_looked_at_up_to_it) {
    const std::string good = line("@a:h", "k", 1);
    BOOST_TEST(problem_in(good + "\r\n\n" + good + "nonsense\n").starts_with("5: the line is not JSON"));
    BOOST_TEST(problem_in(good + good.substr(0, good.size() - 2)).starts_with("2: the line is not JSON"));
    BOOST_TEST(problem_in("\xEF\xBB\xBF" + good).starts_with("1: it begins with a byte order mark"));
    BOOST_TEST(problem_in(good + '"' + std::string(1 << 20, 'x') + "\"\n") == "2: the line has more than 1 MiB");
    BOOST_TEST(problem_in(good + std::string(2 << 20, ' ')) == "2: the line has more than 1 MiB");
    BOOST_TEST(problem_in(good + std::string((1 << 20) - good.size() + 1, ' ') + good) == "none");
}

BOOST_AUTO_TEST_CASE(empty_lines_and_those_of_windows_and_a_missing_end_pass) {
    std::string crlf = line("@a:h", "k", 1);
    crlf.insert(crlf.size() - 1, 1, '\r');
    std::string unended = line("@b:h", "k", 1);
    unended.pop_back();
    BOOST_TEST(import("\n\r\n" + crlf + "\n" + unended) == "2");
    BOOST_TEST(import("") == "0");
    BOOST_TEST(import("\n") == "0");
    BOOST_TEST(exported() == line("@a:h", "k", 1) + unended + '\n');
}

BOOST_AUTO_TEST_CASE(a_stream_that_cannot_be_read_is_a_problem) {
    std::istringstream in(line("@a:h", "k", 1));
    in.setstate(std::ios::badbit);
    const auto read = checked_pushers::read(in, "");
    BOOST_TEST_REQUIRE(std::holds_alternative<import_problem>(read));
    BOOST_TEST(std::get<import_problem>(read).what == "the file cannot be read");
}

BOOST_AUTO_TEST_CASE(a_user_of_another_server_than_was_said_is_a_bad_line) {
    const std::string lines = line("@a:h", "k", 1) + line("@a:other", "k", 1);
    BOOST_TEST(problem_in(lines, "h").starts_with("2: the user is of another server"));
    BOOST_TEST(problem_in(lines, "third").starts_with("1: the user is of another server"));
    BOOST_TEST(problem_in(line("@a:h", "k", 1), "h") == "none");
}

BOOST_AUTO_TEST_CASE(the_first_user_of_another_server_is_found_whichever_is_asked_for) {
    std::istringstream in(line("@a:h", "k", 1) + line("@b:h", "k", 1) + line("@a:other", "k", 1));
    const checked_pushers file = check(in);
    BOOST_TEST((file.find_foreign("h") == 3U));
    BOOST_TEST((file.find_foreign("other") == 1U));
    BOOST_TEST((file.find_foreign("third") == 1U));
    std::istringstream same(line("@a:h", "k", 1));
    BOOST_TEST(!check(same).find_foreign("h"));
    std::istringstream none("");
    BOOST_TEST(!check(none).find_foreign("h"));
}

BOOST_AUTO_TEST_CASE(the_pushers_of_one_user_have_a_bound) {
    std::string lines;
    const std::string lang(1000, 'l');
    for (int i = 0; lines.size() < most_user_bytes + most_user_bytes / 4;
         ++i)  // what a line says beside does not count
        lines += line("@a:h", "k" + std::to_string(i), 1, {.lang = lang});
    BOOST_TEST(problem_in(lines).ends_with("the pushers of one user take more than 64 MiB"));
}

BOOST_AUTO_TEST_CASE(a_file_that_changes_while_it_is_read_is_told) {
    std::istringstream in(line("@a:h", "k", 1));
    const checked_pushers file = check(in);
    in.str("nonsense\n");
    BOOST_CHECK_EXCEPTION((void)import_pushers(db(), in, file), broken_off_import, [](const auto& problem) {
        return std::string_view(problem.what()).find("0 of 1 pushers were imported") != std::string_view::npos;
    });
    BOOST_TEST(exported() == "");
}

BOOST_AUTO_TEST_SUITE_END()

BOOST_AUTO_TEST_SUITE(pusher_import_without_a_store)

BOOST_AUTO_TEST_CASE(users_of_another_server_than_is_recorded_are_refused) {
    database_options options = testing::fast_options();
    options.server_name = "h";
    testing::scratch_database scratch(options);
    std::istringstream in(line("@a:h", "k", 1) + line("@a:other", "k", 1));
    const auto file = std::get<checked_pushers>(checked_pushers::read(in, ""));
    const auto done = import_pushers(scratch.db(), in, file);
    BOOST_TEST_REQUIRE(std::holds_alternative<import_problem>(done));
    BOOST_TEST(std::get<import_problem>(done).line == 2U);
    BOOST_TEST(testing::stored_pushers(scratch.db(), "@a:h").empty());
}

BOOST_AUTO_TEST_CASE(an_import_that_finds_no_room_says_how_far_it_came_and_can_be_repeated) {
    testing::scratch_database scratch(testing::fast_options(2 * testing::mebibyte));
    database& db = scratch.db();
    std::istringstream in(many_lines());
    const auto file = std::get<checked_pushers>(checked_pushers::read(in, ""));
    std::string said;
    try {
        (void)import_pushers(db, in, file);
    } catch (const broken_off_import& problem) {
        said = problem.what();
    }
    BOOST_TEST(said.find("--map-size") != std::string::npos, said);
    BOOST_TEST(said.find(" of 10000 pushers were imported") != std::string::npos, said);
    BOOST_TEST(testing::stored_pushers(db, "@u0:h").size() == 3U);
    BOOST_TEST(testing::stored_pushers(db, "@u3332:h").empty());
    BOOST_TEST(testing::faults_of(db).empty());

    db.env().change_map_size(64 * testing::mebibyte);
    BOOST_TEST(std::get<std::uint64_t>(import_pushers(db, in, file)) == std::uint64_t{many});
    BOOST_TEST(testing::stored_pushers(db, "@u3332:h").size() == 3U);
    BOOST_TEST(testing::faults_of(db).empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::persistence
