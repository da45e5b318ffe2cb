#include "bench/gateway/conversation.hpp"

#include "net/bounds.hpp"

#include <utility>

namespace pusherd::bench {

conversation::conversation(const surroundings& around, net::connection_socket socket)
    : around_(around), transport_(std::move(socket), around.credentials) {}

net::task<> conversation::carry_on() {
    around_.loop.watch_changes(transport_.descriptor(), *this);
    for (;;) {
        const step next = advance();
        while (goes_on_sending())
            if (writable_)
                send_now();
            else
                co_await waiting_.until_resumed();
        output_.clear();
        sent_ = 0;
        if (broken_ || aborted_ || next == step::close) co_return;
        if (next == step::silent) {
            while (!is_gone()) co_await waiting_.until_resumed();
            co_return;
        }
        if (next == step::linger) {
            begin_lingering();
            while (goes_on_lingering())
                if (readable_)
                    throw_input_away();
                else
                    co_await waiting_.until_resumed();
            co_return;
        }
        if (next == step::delay) {
            while (!is_due_ && !is_given_up()) co_await waiting_.until_resumed();
            if (!is_due_) co_return;
            continue;
        }
        if (leaving_) co_return;
        if (next == step::read && !readable_) {
            co_await waiting_.until_resumed();
        } else {
            // There is more to do at once. Who sends without end must not keep the others from their turn.
            co_await waiting_.until_next_turn(around_.loop);
        }
        if (leaving_) co_return;
        if (next == step::read && !receive()) co_return;
    }
}

// --- what has arrived ------------------------------------------------------------------------------------------------

// Carries out all requests that have arrived, in their order, until something must be waited for.
conversation::step conversation::advance() {
    if (held_) {
        const verdict over = *std::exchange(held_, std::nullopt);
        if (const auto next = answer(over)) return *next;
    }
    while (output_.size() <= net::bounds::output_bytes)
        if (const auto next = in_body_ ? advance_body() : advance_head()) return *next;
    return step::go_on;
}

std::optional<conversation::step> conversation::advance_head() {
    std::size_t used = 0;
    const auto read = reader_.read_head(input_.readable(), used);
    if (read == net::request_reader::progress::failed) return refuse(reader_.fault());
    if (read == net::request_reader::progress::need_more) {
        input_.consume(used);
        return step::read;
    }
    // The head's views are into the input: it is consumed only after it has been looked at.
    const net::request_head& head = reader_.head();
    asked_ = what_is_asked(head);
    is_head_ = head.method == boost::beast::http::verb::head;
    keep_alive_ = head.keep_alive;
    in_body_ = true;
    const bool is_too_large = head.content_length.value_or(0) > most_body_bytes;
    const bool waits_for_word = head.expects_continue && head.has_body();
    input_.consume(used);
    if (is_too_large) return refuse(net::reading_fault::body_too_large);
    if (waits_for_word && input_.empty()) output_ += "HTTP/1.1 100 Continue\r\n\r\n";
    return std::nullopt;
}

std::optional<conversation::step> conversation::advance_body() {
    std::size_t used = 0;
    const auto read = reader_.read_body(input_.readable(), most_body_bytes, used);
    input_.consume(used);
    if (read == net::request_reader::progress::failed) return refuse(reader_.fault());
    if (read == net::request_reader::progress::need_more) return step::read;
    verdict said = around_.desk.take(asked_, reader_.body());
    in_body_ = false;
    reader_.reset();
    return carry_out(std::move(said));
}

// Where the next request would begin is not known any more.
conversation::step conversation::refuse(net::reading_fault why) {
    const verdict said = around_.desk.refuse(why);
    append_answer(output_, around_.writer, said, in_body_ && is_head_, true);
    return step::linger;
}

std::optional<conversation::step> conversation::carry_out(verdict said) {
    if (said.delay.count() == 0) return answer(said);
    is_due_ = false;
    around_.delays.add(*this, said.delay);
    held_ = std::move(said);
    return step::delay;
}

// @return nothing: the next request can be carried out
std::optional<conversation::step> conversation::answer(const verdict& said) {
    if (said.how == manner::silent) return step::silent;
    if (said.how == manner::close) return last_step();
    const bool is_last = !keep_alive_ || leaving_ || said.how == manner::half;
    append_answer(output_, around_.writer, said, is_head_, is_last && said.how != manner::half);
    return is_last ? std::optional(last_step()) : std::nullopt;
}

// Closed with bytes that nobody has read, a socket resets the connection, and the client may not see the last answer.
conversation::step conversation::last_step() const noexcept {
    return input_.empty() && !transport_.has_unread_bytes() ? step::close : step::linger;
}

// --- the socket ------------------------------------------------------------------------------------------------------

// Reads what has come. False: nothing will.
bool conversation::receive() {
    if (transport_.is_shaking_hands()) return shake_hands();
    const auto received = transport_.receive(input_.writable());
    note_what_is_left(received);
    input_.commit(received.bytes);
    return !received.failed || received.must_wait();
}

// Carries the handshake on as far as bytes have come. False: there will be none.
bool conversation::shake_hands() {
    const auto shaken = transport_.shake_hands();
    note_what_is_left(shaken);
    if (!shaken.failed || shaken.must_wait()) return true;
    if (transport_.heard_plain_http()) {
        append_answer(output_, around_.writer, around_.desk.refuse(net::reading_fault::malformed), false, true);
        transport_.say_in_the_clear_and_close(output_);
    }
    return false;
}

// Behind the end there is always something to read, the end itself; but not for TLS that has to send first.
void conversation::note_what_is_left(const net::connection_socket::transfer& received) noexcept {
    if (received.took_all) readable_ = ended_ && !transport_.is_crossed();
}

bool conversation::goes_on_sending() const noexcept { return !broken_ && !aborted_ && sent_ < output_.size(); }

void conversation::send_now() noexcept {
    const auto done = transport_.send(std::string_view(output_).substr(sent_));
    writable_ = !done.must_wait();
    broken_ = done.failed && !done.must_wait();
    sent_ += done.bytes;
}

void conversation::begin_lingering() {
    transport_.end_sending();
    input_.clear();
    is_due_ = false;
    around_.delays.add(*this, net::bounds::linger_timeout);
}

bool conversation::goes_on_lingering() const noexcept {
    return !broken_ && !is_due_ && !leaving_ && thrown_away_ < net::bounds::linger_bytes;
}

void conversation::throw_input_away() noexcept {
    input_.clear();
    const auto received = transport_.receive(input_.writable());
    note_what_is_left(received);
    thrown_away_ += received.bytes;
    broken_ = received.failed && !received.must_wait();
}

// --- who wakes it ----------------------------------------------------------------------------------------------------

// May end it; the others may not: the loop may be about to tell it that its socket is ready.
void conversation::on_ready(net::readiness what) {
    if (transport_.is_crossed()) what.readable = what.writable = what.readable || what.writable;
    readable_ = readable_ || what.readable;
    writable_ = writable_ || what.writable;
    ended_ = ended_ || what.ended;
    waiting_.resume();
}

void conversation::on_due() {
    is_due_ = true;
    waiting_.resume_later(around_.loop);
}

void conversation::leave() {
    leaving_ = true;
    waiting_.resume_later(around_.loop);
}

void conversation::abort() {
    leaving_ = aborted_ = true;
    transport_.close();
    waiting_.resume_later(around_.loop);
}

}  // namespace pusherd::bench
