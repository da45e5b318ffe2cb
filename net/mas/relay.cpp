#include "net/mas/relay.hpp"

#include "domain/fixed_text.hpp"
#include "domain/validators/answer_object.hpp"
#include "net/bounds.hpp"

#include <boost/asio/co_spawn.hpp>
#include <pthread.h>

#include <cstdlib>
#include <exception>
#include <utility>

namespace pusherd::net {
namespace {

constexpr std::chrono::seconds report_interval{1};

std::string path_of(endpoint call) {
    switch (call) {
        case endpoint::delete_device: return "/_synapse/mas/delete_device";
        case endpoint::sync_devices: return "/_synapse/mas/sync_devices";
        case endpoint::delete_user: return "/_synapse/mas/delete_user";
        default: std::abort();  // none of MAS's
    }
}

bool is_success(unsigned status) noexcept { return status / 100 == 2; }

// What is not for the caller to see: that the server, or one in between, is not well.
bool is_matrix_answer(const domain::validator_answer& came) {
    if (!is_success(came.status) && came.status / 100 != 4) return false;
    return came.status == 204 || domain::read_object(came.body);
}

}  // namespace

mas_relay::mas_relay(upstream::options where, const std::string& name, std::string_view secret, domain::logger& log)
    : log_(log),
      name_(name),
      authorization_("Bearer " + std::string(secret)),
      loop_([this](const std::exception_ptr&) {
          log_.write(domain::severity::error, "a call of MAS's could not be relayed: out of memory");
      }),
      server_(loop_, std::move(where), name, log) {
    loop_.set_tick(bounds::upstream_tick, [this] { server_.check_deadlines(clock::now()); });
    thread_ = std::thread([this] {
        ::pthread_setname_np(::pthread_self(), "pusherd-relay");  // as top -H shows it
        loop_.run();
    });
}

mas_relay::~mas_relay() {
    loop_.post(end_call_);
    thread_.join();
}

upstream_statistics mas_relay::statistics() const {
    return {name_, server_.requests(), server_.failures(), server_.is_failing()};
}

void mas_relay::ask_whether_alive() noexcept {
    is_alive_ = false;
    loop_.post(alive_call_);
}

void mas_relay::put(pending_relay& call) noexcept {
    calls_.put(call);
    loop_.post(calls_call_);
}

void mas_relay::take_calls() noexcept {
    for (awaited* first = calls_.take_all(); first != nullptr;) {
        auto& call = static_cast<pending_relay&>(*std::exchange(first, first->next));
        try {
            asio::co_spawn(loop_.get_executor(), carry(call), [](const std::exception_ptr& failure) {
                if (failure) std::rethrow_exception(failure);  // to the loop, which logs it
            });
        } catch (const std::exception&) {  // no memory
            call.finish(std::nullopt);
        }
    }
}

task<> mas_relay::carry(pending_relay& call) {
    std::optional<domain::validator_answer> answer;
    try {
        answer = co_await put_upstream(call);
    } catch (const std::exception& failure) {
        tell(failure.what());
    }
    call.finish(std::move(answer));
}

task<std::optional<domain::validator_answer>> mas_relay::put_upstream(const pending_relay& call) {
    domain::validator_request request{"POST", path_of(call.call), {}, call.body};
    request.fields.emplace_back("Authorization", authorization_);
    request.fields.emplace_back("Content-Type", "application/json");
    request.fields.emplace_back("Accept", "application/json");
    upstream_result came = co_await server_.put(std::move(request));
    if (const auto* none = std::get_if<no_answer>(&came)) {
        tell(none->why);
        co_return std::nullopt;
    }
    auto& answer = std::get<domain::validator_answer>(came);
    const bool is_good = is_matrix_answer(answer);
    if (!is_good || !is_success(answer.status))
        tell("it answered " + std::to_string(answer.status) + (is_good ? "" : ", and not as a homeserver does"));
    if (!is_good) co_return std::nullopt;
    co_return std::move(answer);
}

// A server that is down is told of once, by upstream; what is wrong with single calls, once in a while.
void mas_relay::tell(std::string_view why) noexcept {
    const auto now = clock::now();
    if (server_.is_failing() || now - last_told_ < report_interval) return;
    last_told_ = now;
    log_.write(domain::severity::warning, domain::short_line{name_, ": a call of MAS's was not taken: ", why});
}

}  // namespace pusherd::net
