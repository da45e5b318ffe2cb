#include "tests/faults/sweep.hpp"

namespace pusherd::testing {
namespace {

constexpr std::uint64_t far_too_many = 5'000;
// How many calls an operation makes depends on where its pages lie: once without a failure may be chance.
constexpr int runs_without_a_failure = 3;

/// One operation, again and again.
class sweeper {
public:
    sweeper(faulty_server& under_test, const operation& what, const fault& how)
        : under_test_(under_test), what_(what), how_(how) {}

    sweep_result run() {
        under_test_.prepare(what_);
        before_ = under_test_.state();
        expect(perform_now(), "200", "without a fault");
        after_ = under_test_.state();
        for (int quiet = 0; quiet < runs_without_a_failure && how_.nth < far_too_many; ++how_.nth)
            quiet = perform_with_fault() ? 0 : quiet + 1;
        if (how_.nth == far_too_many) complain("there is no end of calls");
        return result_;
    }

private:
    void complain(const std::string& what) {
        result_.wrong += what_.name + ", " + std::to_string(how_.nth) + ": " + what + '\n';
    }

    void expect(const std::string& is, const std::string& should_be, const std::string& when) {
        if (is != should_be) complain(when + " it is " + is + " in place of " + should_be);
    }

    std::string perform_now() {
        http_client client = under_test_.client_for(what_.request);
        return perform(client, what_.request.body);
    }

    void count(const std::string& got) { ++(got == "200" ? result_.answered : result_.refused); }

    // False if nothing has failed: it made no more calls.
    bool perform_with_fault() {
        under_test_.prepare(what_);
        http_client client = under_test_.client_for(what_.request);
        under_test_.faults().arm(how_);
        const std::string got = perform(client, what_.request.body);
        const std::uint64_t failed = under_test_.faults().disarm();
        result_.failed_calls += failed;
        if (got != "200") expect(got, "500 M_UNKNOWN", "with a fault");
        count(got);
        const bool goes_on = under_test_.answers_lists();
        if (!goes_on) restart();
        const std::string now = under_test_.state();
        if (got == "200" || goes_on || now != after_) expect(now, got == "200" ? after_ : before_, "afterwards");
        expect(perform_now(), "200", "once more");
        expect(under_test_.state(), after_, "once more");
        return failed != 0;
    }

    void restart() {
        const process_end ended = under_test_.end_and_restart();
        ++result_.restarts;
        expect(std::to_string(ended.status), "1", "its exit status");
        if (ended.err.find("exiting, to be restarted") == std::string::npos) complain("it says: " + ended.err);
    }

    faulty_server& under_test_;
    const operation& what_;
    fault how_;
    std::string before_;
    std::string after_;
    sweep_result result_;
};

}  // namespace

std::ostream& operator<<(std::ostream& out, const sweep_result& seen) {
    return out << seen.failed_calls << " failed calls: " << seen.answered << " answered, " << seen.refused
               << " refused, " << seen.restarts << " restarts";
}

sweep_result sweep(faulty_server& under_test, const operation& what, fault how) {
    how.nth = 1;
    return sweeper(under_test, what, how).run();
}

}  // namespace pusherd::testing
