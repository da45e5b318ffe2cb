#include "app/service/poke_delivery.hpp"

#include "app/commands/commands.hpp"

#include <string>
#include <utility>

namespace pusherd::app {
namespace {

std::unique_ptr<net::poke_delivery> start(const domain::set_policy& policy, const poke_options& options, bool delivers,
                                          domain::poke_store& store, domain::logger& log) {
    net::poke_delivery::options how;
    how.policy = policy.gateways;
    how.allow_insecure = policy.allow_insecure_gateways;
    how.authorities = options.authorities;
    how.delivers = delivers;
    try {
        return std::make_unique<net::poke_delivery>(std::move(how), store, log);
    } catch (const net::tls::unusable& problem) {
        throw command_failed("--gateway-ca: " + std::string(problem.what()));
    }
}

}  // namespace

std::unique_ptr<net::poke_delivery> start_poke_delivery(const serve_options& options, domain::poke_store& store,
                                                        domain::logger& log) {
    return start(options.server.api.set_policy, options.pokes, options.pokes.are_sent, store, log);
}

std::unique_ptr<net::poke_delivery> start_poke_tester(const domain::set_policy& policy, const poke_options& options,
                                                      domain::poke_store& store, domain::logger& log) {
    return start(policy, options, false, store, log);
}

}  // namespace pusherd::app
