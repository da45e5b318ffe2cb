// GET /metrics in the handler: what it does before it asks for the page.

#include "net/api/request_handler.hpp"
#include "tests/support/recording_logger.hpp"

#include <boost/test/unit_test.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace pusherd::net {
namespace {

/// A store of which it is known whether its reader keeps a snapshot.
class store_with_a_snapshot final : public domain::store {
public:
    std::unique_ptr<domain::store_reader> open_reader() override { return std::make_unique<reader>(*this); }
    bool has_room() const noexcept override { return true; }
    bool submit(domain::change) override { return false; }

    bool keeps_snapshot = false;

private:
    class reader final : public domain::store_reader {
    public:
        explicit reader(store_with_a_snapshot& home) : home_(home) {}
        std::optional<domain::identity> authenticate(const domain::token_digest&) override { return std::nullopt; }
        bool answer_without_writing(domain::set_request&) override { return false; }
        std::optional<domain::search_position> search(const domain::pusher_filter&, const domain::search_position&,
                                                      std::size_t, domain::search_visitor&) override {
            return std::nullopt;
        }
        domain::users_health health_of(std::string_view, domain::timestamp) override { return {}; }
        std::string server_name() override { return {}; }
        bool is_still_valid(const domain::identity&, std::uint64_t&) override { return false; }
        domain::result<> list_vouched_for(const domain::identity&, std::uint64_t&, domain::list_visitor&) override {
            return domain::error{domain::errc::unknown_token, ""};
        }
        std::uint64_t snapshot() override { return 0; }
        void rest() noexcept override { home_.keeps_snapshot = false; }
        domain::result<> list(const domain::token_digest&, domain::list_visitor& visitor) override {
            home_.keeps_snapshot = true;
            visitor.visit("");
            return {};
        }

    private:
        store_with_a_snapshot& home_;
    };
};

class page_that_looks final : public metrics_page {
public:
    explicit page_that_looks(const store_with_a_snapshot& store) : store_(store) {}
    void write(std::string& out) override {
        kept_snapshot = store_.keeps_snapshot;
        out += "page\n";
    }
    bool kept_snapshot = true;

private:
    const store_with_a_snapshot& store_;
};

class nobody final : public answer_carrier {
    void on_answer(awaited&) noexcept override {}
};

}  // namespace

BOOST_AUTO_TEST_SUITE(metrics_pages)

// A page is read from a snapshot of its own: a thread that opened it beside the one of its lists would wait for itself
// when another process has made the map larger.
BOOST_AUTO_TEST_CASE(the_snapshot_of_lists_is_let_go_of_first) {
    store_with_a_snapshot store;
    page_that_looks page(store);
    testing::recording_logger log;
    rate_limiter rate(0, 1);
    nobody completion;
    request_counters counters;
    const api_settings settings;
    request_handler handler(
        settings,
        {.store = store, .set_rate = rate, .log = log, .carrier = completion, .counters = counters, .metrics = &page});
    request_head head;
    head.method = boost::beast::http::verb::get;
    head.authorizations = 1;
    head.authorization = "Bearer token";
    admitted_request request;
    change_under_way change;
    std::string out;

    head.path = "/_matrix/client/v3/pushers";
    BOOST_TEST(!handler.admit(head, surface::api, request));
    (void)handler.handle(request, "", false, change, out);
    BOOST_TEST_REQUIRE(store.keeps_snapshot);

    head.path = "/metrics";
    BOOST_TEST(!handler.admit(head, surface::metrics, request));
    (void)handler.handle(request, "", false, change, out);
    BOOST_TEST(!page.kept_snapshot);
    BOOST_TEST(out.ends_with("\r\n\r\npage\n"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace pusherd::net
