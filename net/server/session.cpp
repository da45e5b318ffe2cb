#include "net/server/session.hpp"

#include "net/bounds.hpp"
#include "net/server/coarse_clock.hpp"
#include "net/server/worker.hpp"

#include <new>
#include <utility>

namespace pusherd::net {

session::session(worker& home, connection_socket socket, const connection_terms& terms)
    : home_(home),
      transport_(std::move(socket), terms.credentials),
      deadline_(clock::time_point::max()),
      surface_(terms.offered) {
    home_.sessions().push_back(*this);
    begin_waiting_for_head();
}

session::~session() {
    if (!is_served_) home_.turn_away(transport_);  // there was no memory for it
    if (waiting_sessions_hook::is_linked()) home_.end_waiting(*this);
    if (work_) home_.workspaces().give_back(std::move(work_));
    home_.on_session_end();
}

// One coroutine, with all its waits: another that it would wait in needs memory just when the client is slow, or when
// it is told of a failure. So nothing below needs any to go on.
task<> session::serve() {
    home_.loop().watch_changes(transport_.descriptor(), *this);
    is_served_ = true;
    for (;;) {
        const step next = work_ ? advance() : step::read;
        if (work_ && !work_->output.empty()) {
            std::size_t sent = send_now(0);  // nearly always all of it
            if (goes_on_sending(sent)) {
                const interrupted_phase interrupted = begin_waiting_for_client();
                while (goes_on_sending(sent))
                    if (writable_)
                        sent += send_now(sent);
                    else
                        co_await waiting_.until_resumed();
                end_waiting_for_client(interrupted);
            }
            broken_ = sent < work_->output.size();
            work_->output.clear();
        }
        const bool others_answer = next == step::commit || next == step::ask;
        if (others_answer) {
            // The store has the change, or others the question, whatever has become of the client.
            begin_waiting_for_answer();
            while (!answered_) co_await waiting_.until_resumed();
            answered_ = false;
            if (next == step::commit && !answer_change()) continue;
        }
        if (broken_ || next == step::close) co_return;
        if (next == step::close_with_unread_input) {
            begin_lingering();
            while (goes_on_lingering())
                if (readable_)
                    throw_input_away();
                else
                    co_await waiting_.until_resumed();
            co_return;
        }
        if (next == step::read && !prepare_to_receive()) co_return;
        if (next == step::read && !readable_) {
            co_await waiting_.until_resumed();
        } else if (!others_answer) {
            // There is more to do at once. Who sends without end must not keep the others from their turn.
            co_await waiting_.until_next_turn(home_.loop());
        }
        if (next == step::read && !receive() && !has_something_to_say()) co_return;
    }
}

// --- what has arrived ------------------------------------------------------------------------------------------------

// Carries out all requests that have arrived, in their order, until something must be waited for.
session::step session::advance() noexcept {
    try {
        return carry_out_requests();
    } catch (const std::exception& failure) {  // no memory to read a body
        home_.log_failure("a request could not be read: ", failure);
        return refuse(refusals::internal(), in_body_ && work_->request.is_head, true);
    }
}

session::step session::carry_out_requests() {
    if (closing_) return has_unread_input() ? step::close_with_unread_input : step::close;
    if (!work_->request.is_under_way()) work_->request.came = home_.loop().turn_began();
    for (;;) {
        if (!has_room_for_an_answer()) return step::send;
        const auto wait_for = in_body_ ? advance_body() : admitting_ ? go_on_admitting() : advance_head();
        if (wait_for) return *wait_for;
        if (work_->output.size() > bounds::output_bytes) return step::send;
    }
}

// So that whatever fails from here on can be answered. False: the answers so far must go first.
bool session::has_room_for_an_answer() noexcept {
    std::string& output = work_->output;
    if (output.capacity() - output.size() >= response_writer::room_for_an_answer) return true;
    try {
        output.reserve(output.size() + response_writer::room_for_an_answer);
        return true;
    } catch (const std::bad_alloc&) {
        return false;
    }
}

std::optional<session::step> session::advance_head() {
    if (end_ == end::timeout) return refuse(refusals::too_slow(), false, true);
    std::size_t used = 0;
    const auto read = work_->reader.read_head(work_->input.readable(), used);
    if (read == request_reader::progress::failed) return refuse_unreadable(work_->reader.fault());
    if (read == request_reader::progress::need_more) {
        work_->input.consume(used);
        return step::read;
    }
    if (waiting_sessions_hook::is_linked()) home_.end_waiting(*this);
    deadline_ = clock::time_point::max();

    // The head's views are into the input: it is consumed only after it has been looked at.
    const request_head& head = work_->reader.head();
    keep_alive_ = head.keep_alive;
    if (const auto no = home_.handler().admit(head, surface_, work_->request)) {
        const bool unread_body = head.has_body();
        const bool is_head = head.method == boost::beast::http::verb::head;
        work_->input.consume(used);
        return refuse_head(*no, is_head, unread_body);
    }
    has_body_ = head.has_body();
    wants_continue_ = head.expects_continue && has_body_;
    work_->input.consume(used);
    if (work_->request.question) {
        admitting_ = true;
        return ask();
    }
    return begin_body();
}

session::step session::ask() {
    home_.handler().ask(work_->request, *this);
    return step::ask;
}

std::optional<session::step> session::go_on_admitting() {
    admitting_ = false;
    const auto no = home_.handler().go_on_admitting(work_->request);
    return no ? refuse_head(*no, work_->request.is_head, has_body_) : begin_body();
}

// Whose body need not be read leaves the connection to the next request.
std::optional<session::step> session::refuse_head(const refusal& no, bool is_head, bool unread_body) {
    const step next = refuse(no, is_head, unread_body);
    return next == step::send ? std::nullopt : std::optional(next);
}

std::optional<session::step> session::begin_body() {
    // A client that has sent its body already needs no invitation (RFC 9110, 10.1.1).
    if (wants_continue_ && work_->input.empty()) work_->output += "HTTP/1.1 100 Continue\r\n\r\n";
    in_body_ = true;
    return std::nullopt;
}

std::optional<session::step> session::advance_body() {
    if (!work_->request.is_under_way())
        if (const auto wait_for = read_body()) return wait_for;

    const bool is_last = !keep_alive_ || stopping_;
    const auto progress =
        home_.handler().handle(work_->request, work_->reader.body(), is_last, work_->change, work_->output);
    if (progress == request_handler::progress::asking) return ask();
    if (progress == request_handler::progress::going_on) return end_ == end::none ? step::go_on : step::close;
    if (progress == request_handler::progress::committing) {
        pending_of(work_->change)->waiter = this;  // the answer is passed on by this thread, so not before this
        return step::commit;
    }
    closing_ = is_last;
    finish_request();
    return closing_ ? std::optional(advance()) : std::nullopt;
}

std::optional<session::step> session::read_body() {
    if (end_ == end::timeout) return refuse(refusals::too_slow(), work_->request.is_head, true);
    std::size_t used = 0;
    const auto read = work_->reader.read_body(work_->input.readable(), home_.handler().max_body(work_->request), used);
    work_->input.consume(used);
    if (read == request_reader::progress::failed) return refuse_unreadable(work_->reader.fault());
    if (read == request_reader::progress::need_more) return step::read;
    deadline_ = clock::time_point::max();
    return std::nullopt;
}

// Read by us, or by the system alone. Who asked for the close sends nothing behind its request; who did not may have
// sent the next one meanwhile.
bool session::has_unread_input() const {
    return !work_->input.empty() || ((keep_alive_ || readable_) && transport_.has_unread_bytes());
}

void session::finish_request() {
    in_body_ = false;
    work_->request.forget();
    work_->change.emplace<std::monostate>();
    work_->reader.reset();
}

session::step session::refuse(const refusal& no, bool is_head, bool unread_input) {
    closing_ = unread_input || !keep_alive_ || stopping_;
    home_.handler().refusing().refuse(work_->request, no, is_head, closing_, work_->output);
    finish_request();
    if (unread_input) return step::close_with_unread_input;
    return closing_ ? advance() : step::send;
}

session::step session::refuse_unreadable(reading_fault fault) {
    const bool is_head = in_body_ && work_->request.is_head;  // else it is not known
    return refuse(refusals::unreadable(fault, home_.handler().max_body(work_->request)), is_head, true);
}

// --- what is waited for ----------------------------------------------------------------------------------------------

bool session::is_between_requests() const noexcept { return phase_ == phase::idle || phase_ == phase::handshake; }

// Makes ready to wait for bytes: without a buffer while there is nothing to put into it. False: the connection ends.
bool session::prepare_to_receive() {
    if (transport_.is_shaking_hands())
        arm(phase::handshake, bounds::handshake_timeout);
    else if (in_body_)
        arm(phase::body, bounds::body_timeout);
    else if (work_ && work_->reader.has_begun())
        arm(phase::head, bounds::head_timeout);
    else
        arm(phase::idle, home_.settings().idle_timeout);
    if (!in_body_) begin_waiting_for_head();
    return_workspace_if_idle();
    return end_ == end::none && (readable_ || !leaving_ || !is_between_requests());
}

// Reads what has come. False: nothing will, or it has taken too long, or there is no memory to read it into.
bool session::receive() {
    if (end_ != end::none || (!readable_ && leaving_ && is_between_requests())) return false;
    if (transport_.is_shaking_hands()) return shake_hands();
    if (!work_) work_ = home_.workspaces().take();
    if (!work_) {
        home_.turn_away(transport_);
        return false;
    }
    const auto received = read_into(work_->input.writable());
    work_->input.commit(received.bytes);
    return !received.failed || received.must_wait();
}

// Carries the handshake on as far as bytes have come. False: there will be none.
bool session::shake_hands() {
    const auto shaken = transport_.shake_hands();
    note_what_is_left(shaken);
    if (!shaken.failed || shaken.must_wait()) return true;
    if (transport_.heard_plain_http())
        transport_.say_in_the_clear_and_close(home_.last_words_of(refusals::not_encrypted()));
    return false;
}

connection_socket::transfer session::read_into(std::span<char> room) {
    const auto received = transport_.receive(room);
    note_what_is_left(received);
    return received;
}

// Behind the end there is always something to read, the end itself; but not for TLS that has to send first.
void session::note_what_is_left(const connection_socket::transfer& received) noexcept {
    if (received.took_all) readable_ = ended_ && !transport_.is_crossed();
}

// After receive() has failed. Once a request has begun, its client is told that it was too slow; advance() does.
bool session::has_something_to_say() const noexcept {
    return end_ == end::timeout && work_ && (phase_ == phase::head || phase_ == phase::body);
}

// Sends as much as the socket takes now, and says how much.
std::size_t session::send_now(std::size_t sent) noexcept {
    const auto done = transport_.send(std::string_view(work_->output).substr(sent));
    writable_ = !done.must_wait();
    broken_ = done.failed && !done.must_wait();
    return done.bytes;
}

bool session::goes_on_sending(std::size_t sent) const noexcept {
    return !broken_ && end_ == end::none && sent < work_->output.size();
}

session::interrupted_phase session::begin_waiting_for_client() noexcept {
    const interrupted_phase interrupted{phase_, deadline_};
    phase_ = phase::writing;
    deadline_ = coarse_now() + bounds::write_timeout;
    return interrupted;
}

void session::end_waiting_for_client(const interrupted_phase& interrupted) noexcept {
    phase_ = interrupted.before;
    deadline_ = interrupted.deadline;
}

void session::begin_waiting_for_answer() {
    phase_ = phase::answering;
    deadline_ = clock::time_point::max();  // every change is answered, and every question
}

bool session::answer_change() {
    const bool is_last = !keep_alive_ || stopping_;
    const auto progress = home_.handler().answer_change(work_->request, work_->change, is_last, work_->output);
    if (progress == request_handler::progress::going_on) return false;
    closing_ = is_last;
    finish_request();
    return true;
}

// Closing a socket with unread bytes resets the connection, and the client may never see the answer. So: no more
// answers, read what the client still sends for a little while, then close.
void session::begin_lingering() noexcept {
    if (end_ == end::stopped) return;
    transport_.end_sending();
    end_ = end::none;
    phase_ = phase::lingering;
    deadline_ = coarse_now() + bounds::linger_timeout;
}

bool session::goes_on_lingering() const noexcept {
    return !broken_ && end_ == end::none && thrown_away_ < bounds::linger_bytes;
}

void session::throw_input_away() noexcept {
    work_->input.clear();
    const auto received = read_into(work_->input.writable());
    thrown_away_ += static_cast<std::uint32_t>(received.bytes);
    broken_ = received.failed && !received.must_wait();
}

// The answer may come while the answers before it are still being sent.
void session::on_answered() {
    answered_ = true;
    if (phase_ == phase::answering) waiting_.resume();
}

// May end the session.
void session::on_ready(readiness what) {
    if (transport_.is_crossed()) what.readable = what.writable = what.readable || what.writable;
    readable_ = readable_ || what.readable;
    writable_ = writable_ || what.writable;
    ended_ = ended_ || what.ended;
    if (phase_ == phase::answering) return;
    if (phase_ == phase::writing ? writable_ : readable_) waiting_.resume();
}

// --- deadlines, and the end ------------------------------------------------------------------------------------------

// A phase that goes on keeps its deadline: a byte a second must not prolong it.
void session::arm(phase next, std::chrono::seconds timeout) {
    if (phase_ == next && deadline_ != clock::time_point::max()) return;
    phase_ = next;
    deadline_ = coarse_now() + timeout;
}

void session::begin_waiting_for_head() {
    if (waiting_sessions_hook::is_linked()) return;
    waiting_since_ = clock::now();  // compared with others of the same millisecond
    home_.begin_waiting(*this);
}

void session::return_workspace_if_idle() {
    if (work_ && phase_ == phase::idle && work_->input.empty()) home_.workspaces().give_back(std::move(work_));
}

void session::check_deadline(clock::time_point now) {
    if (now < deadline_) return;
    // A request that has just come, and is read in a moment: to close now would lose it.
    if (phase_ == phase::idle && transport_.has_new_bytes()) return;
    deadline_ = clock::time_point::max();
    end_ = end::timeout;
    waiting_.resume_later(home_.loop());
}

// A request that has come already is answered, though nobody has read it: unread, it would make the close a reset.
void session::leave() {
    leaving_ = true;
    if (!is_between_requests()) return;
    readable_ = readable_ || transport_.has_new_bytes();
    waiting_.resume_later(home_.loop());
}

void session::abort() {
    stopping_ = true;
    end_ = end::stopped;
    transport_.close();
    if (phase_ != phase::answering) waiting_.resume_later(home_.loop());
}

}  // namespace pusherd::net
