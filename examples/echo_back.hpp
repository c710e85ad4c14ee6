// The echo client the other way round: it sends back whatever the server sends, piece by piece as
// it arrives, until the server closes. It waits with poll(2).
#ifndef WSPROTO_EXAMPLES_ECHO_BACK_HPP
#define WSPROTO_EXAMPLES_ECHO_BACK_HPP

#include "client_failure.hpp"
#include "client_request.hpp"
#include "echo_client_options.hpp"
#include "gentle_end.hpp"
#include "outbox.hpp"
#include "posix_socket.hpp"
#include "transcript.hpp"

#include <wsproto/wsproto.hpp>

#include <poll.h>

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>
#include <variant>

/// A client of its own, from the request to the end of the connection.
class EchoBack {
  public:
    EchoBack(EchoClientOptions options, posix::Socket socket, Transcript transcript)
        : options_{std::move(options)}, transcript_{transcript}, socket_{std::move(socket)} {}

    /// Throws unless the server closed the connection, and did so cleanly.
    void run() {
        ws_.send(client_request(options_), outbox_.bytes());
        transcript_.line("sent", "request for " + options_.url.target);
        try {
            while (!is_finished()) {
                turn();
            }
        } catch (const wsproto::RemoteProtocolError& error) {
            if (error.event_hint()) ws_.send(*error.event_hint(), outbox_.bytes());
            end_gently(outbox_, socket_, options_.timeout);
            throw;
        }
        transcript_.line("finished", std::to_string(echoed_) + " sent back");
    }

  private:
    static constexpr std::size_t high_water = 256 * 1024;

    [[nodiscard]] bool has_room() const noexcept { return outbox_.pending() < high_water; }

    [[nodiscard]] bool is_finished() const noexcept {
        if (undrained_) return false;
        return ended_ || (ws_.should_close_transport() && outbox_.pending() == 0);
    }

    // A server that does not read its echoes is not read from either.
    void turn() {
        outbox_.flush(socket_);
        if (undrained_ && has_room()) return drain();
        const bool reads = has_room() && !ended_;
        pollfd polled{socket_.descriptor(), 0, 0};
        polled.events =
            static_cast<short>((reads ? POLLIN : 0) | (outbox_.pending() != 0 ? POLLOUT : 0));
        const std::chrono::milliseconds patience = options_.timeout;
        const int ready = ::poll(&polled, 1, static_cast<int>(patience.count()));
        if (ready == 0) return give_up();
        if (reads && polled.revents != 0) receive();
    }

    // After the closing handshake the server ought to close first, but it need not be awaited.
    void give_up() {
        if (ws_.state() != wsproto::ConnectionState::Closed) {
            throw Failure{Exit::Lost, "out of time"};
        }
        ended_ = true;
    }

    void receive() {
        const auto count = posix::receive_some(socket_, buffer_);
        if (!count) return;
        if (*count == 0) {
            ended_ = true;
            ws_.receive_eof();
        } else {
            ws_.receive_data_in_place(wsproto::MutableBytesView{buffer_}.first(*count));
        }
        drain();
    }

    // A few bytes may inflate to very many. What is left for later, the connection keeps.
    void drain() {
        undrained_ = false;
        for (const wsproto::Event& event : ws_.events()) {
            std::visit([this](const auto& any) { take(any); }, event);
            if (const auto response = ws_.response_to(event)) {
                ws_.send(*response, outbox_.bytes());
            }
            undrained_ = !has_room();
            if (undrained_) return;
        }
    }

    template <typename Data>
    void take(const wsproto::Message<Data>& message) {
        ws_.send(message, outbox_.bytes());
        size_ += message.data.size();
        if (!message.message_finished) return;
        ++echoed_;
        transcript_.line("received", "message of " + std::to_string(std::exchange(size_, 0)) +
                                         " bytes, sent back");
    }

    void take(const wsproto::RejectConnection& reject) const {
        throw Failure{Exit::Refused,
                      "refused with HTTP status " + std::to_string(reject.status_code)};
    }

    void take(const wsproto::CloseConnection& close) const {
        if (close.code == wsproto::CloseReason::AbnormalClosure) {
            throw Failure{Exit::Lost, "the connection ended without a closing handshake"};
        }
        transcript_.line("received", "close " + std::to_string(static_cast<unsigned>(close.code)) +
                                         ' ' + preview_text(close.reason));
    }

    template <typename Other>
    void take(const Other&) const {}

    EchoClientOptions options_;
    Transcript transcript_;
    posix::Socket socket_;
    wsproto::WSConnection ws_{wsproto::ConnectionType::Client, without_limits()};
    Outbox outbox_{};
    wsproto::Bytes buffer_ = wsproto::Bytes(64 * 1024);
    std::size_t size_ = 0;  // of the message so far
    std::size_t echoed_ = 0;
    bool undrained_ = false;  // events are left for the next turn
    bool ended_ = false;
};

#endif
