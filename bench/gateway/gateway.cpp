#include "bench/gateway/gateway.hpp"

#include "bench/gateway/conversation.hpp"
#include "bench/gateway/delay_queue.hpp"
#include "bench/gateway/end_signals.hpp"
#include "bench/gateway/line_sink.hpp"
#include "bench/gateway/request_desk.hpp"
#include "bench/load/open_files.hpp"
#include "net/server/acceptor.hpp"
#include "net/server/listener.hpp"

#include <boost/asio/co_spawn.hpp>

#include <cstdio>
#include <exception>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>

namespace pusherd::bench {
namespace {

constexpr std::chrono::seconds tick{1};
constexpr std::chrono::seconds longest_farewell{1};  // for answers that are on their way at the end

void log(std::string_view what) { std::cerr << "pusherd-bench: " << what << '\n'; }

void log_failure(const std::exception_ptr& failure) {
    if (!failure) return;
    try {
        std::rethrow_exception(failure);
    } catch (const std::exception& error) {
        log(std::string("a connection failed: ") + error.what());
    }
}

net::listening_sockets bind(const gateway_options& options) {
    std::vector<std::string> addresses;
    for (const std::string& each : options.listen)
        addresses.push_back(options.certificate.empty() ? each : "tls:" + each);
    return net::listening_sockets(addresses);
}

class gateway {
public:
    explicit gateway(const gateway_options& options);
    int run();

private:
    /// Something that is to be done at a time.
    class alarm final : public delayed {
    public:
        explicit alarm(std::function<void()> ring) : ring_(std::move(ring)) {}
        void on_due() override { ring_(); }

    private:
        std::function<void()> ring_;
    };

    void start();
    void spawn(net::task<> what);
    net::task<> listen(net::acceptor& from);
    net::task<> serve(std::unique_ptr<conversation> one);
    void on_tick();
    void end();
    void abort();
    void stop_if_over();
    void say_farewell();

    gateway_options options_;
    net::event_loop loop_{log_failure};
    delay_queue delays_{loop_};
    end_signals signals_{loop_, [this] { end(); }};
    alarm time_is_up_{[this] { end(); }};
    alarm farewell_is_over_{[this] { abort(); }};
    line_sink out_{stdout, [this] { end(); }};
    request_desk desk_;
    net::response_writer writer_;
    std::optional<net::tls::credentials> credentials_;
    std::vector<std::unique_ptr<net::acceptor>> acceptors_;
    boost::intrusive::list<conversation, boost::intrusive::constant_time_size<false>> conversations_;
    std::size_t tasks_ = 0;  // coroutines that have not ended: the loop runs as long as they do
    bool ending_ = false;
};

gateway::gateway(const gateway_options& options) : options_(options), desk_(options, out_, [this] { end(); }) {
    if (!options.certificate.empty())
        credentials_.emplace(net::tls::certificate_files{.chain = options.certificate, .key = options.key});
}

int gateway::run() {
    raise_open_file_limit_to_most();
    start();
    loop_.run();
    say_farewell();
    return out_.failure().empty() ? 0 : 1;
}

void gateway::start() {
    net::listening_sockets sockets = bind(options_);
    const std::vector<std::string> addresses = sockets.addresses();
    const net::tls::credentials* const credentials = credentials_ ? &*credentials_ : nullptr;
    for (net::listening_socket& each : sockets.open())
        acceptors_.push_back(
            std::make_unique<net::acceptor>(loop_, std::move(each), net::connection_terms{.credentials = credentials}));
    for (const auto& each : acceptors_) spawn(listen(*each));
    loop_.set_tick(tick, [this] { on_tick(); });
    loop_.set_before_wait([this] { stop_if_over(); });
    if (options_.length.count() > 0)
        delays_.add(time_is_up_, std::chrono::ceil<std::chrono::milliseconds>(options_.length));
    for (const std::string& each : addresses) {
        const std::string where = each.substr(0, each.find(' '));  // without what is spoken there
        const char* const scheme = credentials == nullptr ? "http://" : "https://";
        log("gateway listening on " + where + " (" + scheme + where + "/_matrix/push/v1/notify)");
    }
}

void gateway::spawn(net::task<> what) {
    ++tasks_;
    boost::asio::co_spawn(loop_.get_executor(), std::move(what), [this](const std::exception_ptr& failure) {
        --tasks_;
        log_failure(failure);
    });
}

net::task<> gateway::listen(net::acceptor& from) {
    while (from.is_open()) {
        auto [socket, failed] = from.accept();
        if (!failed) {
            auto accepted =
                std::make_unique<conversation>(conversation::surroundings{.loop = loop_,
                                                                          .delays = delays_,
                                                                          .desk = desk_,
                                                                          .writer = writer_,
                                                                          .credentials = from.terms().credentials},
                                               std::move(socket));
            conversations_.push_back(*accepted);
            spawn(serve(std::move(accepted)));
            continue;
        }
        // What is wrong now, such as no descriptor left, would be wrong again at once; the tick resumes it.
        if (failed != net::asio::error::would_block && failed != net::asio::error::connection_aborted) {
            log("a connection could not be accepted: " + failed.message());
            from.pause();
        }
        co_await from.connection_or_close();
    }
}

net::task<> gateway::serve(std::unique_ptr<conversation> one) { co_await one->carry_on(); }

void gateway::on_tick() {
    for (const auto& each : acceptors_) each->resume();
    desk_.show_counts();
}

// The first time, answers that are on their way are awaited for a little while.
void gateway::end() {
    if (std::exchange(ending_, true)) return;
    for (const auto& each : acceptors_) each->close();
    for (conversation& each : conversations_) each.leave();
    delays_.add(farewell_is_over_, longest_farewell);
}

void gateway::abort() {
    for (conversation& each : conversations_) each.abort();
}

void gateway::stop_if_over() {
    if (ending_ && tasks_ == 0) loop_.stop();
}

void gateway::say_farewell() {
    desk_.show_counts();
    if (!out_.failure().empty())
        log("stdout: " + out_.failure() + "; " + desk_.totals());
    else if (options_.output == shown::json)
        log(desk_.totals());
    else
        out_.write(desk_.totals());
}

}  // namespace

int run_gateway(const gateway_options& options) { return gateway(options).run(); }

}  // namespace pusherd::bench
