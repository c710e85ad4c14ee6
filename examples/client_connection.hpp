// The echo client's end of a connection: a WebSocket, its socket, and the bytes between them. It
// neither polls nor knows what messages are for.
#ifndef WSPROTO_EXAMPLES_CLIENT_CONNECTION_HPP
#define WSPROTO_EXAMPLES_CLIENT_CONNECTION_HPP

#include "client_failure.hpp"
#include "client_request.hpp"
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

/// When `polled` says so, `flush`, or `receive` and iterate the events.
class ClientConnection {
  public:
    /// `patience` is how long the server may be silent.
    ClientConnection(posix::Socket socket, std::chrono::milliseconds patience)
        : socket_{std::move(socket)}, patience_{patience} {}

    [[nodiscard]] wsproto::WSConnection& ws() noexcept { return ws_; }
    [[nodiscard]] const wsproto::WSConnection& ws() const noexcept { return ws_; }

    /// Whether the server sends nothing more.
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// Bytes that wait to be sent.
    [[nodiscard]] std::size_t pending() const noexcept { return outbox_.pending(); }

    [[nodiscard]] std::size_t written() const noexcept { return written_; }  ///< Bytes so far.
    [[nodiscard]] std::size_t read() const noexcept { return read_; }        ///< Bytes so far.

    /// What to poll for.
    [[nodiscard]] pollfd polled(bool reads = true) const noexcept {
        const int events = (reads ? POLLIN : 0) | (pending() != 0 ? POLLOUT : 0);
        return {socket_.descriptor(), static_cast<short>(events), 0};
    }

    /// How long to poll, in milliseconds.
    [[nodiscard]] int patience() const noexcept { return static_cast<int>(patience_.count()); }

    /// What is sent waits for `flush`.
    template <typename Event>
    void send(const Event& event) {
        ws_.send(event, outbox_.bytes());
    }

    /// Answers a Ping, or a Close.
    void respond(const wsproto::Event& event) {
        if (const auto response = ws_.response_to(event)) send(*response);
    }

    /// Sends what the socket takes.
    void flush() { written_ += outbox_.flush(socket_); }

    /// Reads what is there, if anything is; then there may be events.
    void receive() {
        const auto count = posix::receive_some(socket_, buffer_);
        if (!count) return;
        read_ += *count;
        ended_ = *count == 0;
        if (ended_) {
            ws_.receive_eof();
        } else {
            ws_.receive_data_in_place(wsproto::MutableBytesView{buffer_}.first(*count));
        }
    }

    /// The server was silent for too long. After the closing handshake it ought to close first, but
    /// need not be awaited.
    ///
    /// Throws `Failure` before that.
    void give_up() {
        if (ws_.state() != wsproto::ConnectionState::Closed) {
            throw Failure{Exit::Lost, "out of time"};
        }
        ended_ = true;
    }

    /// The server has broken the protocol: tells it so, and waits for its end.
    void fail_gently(const wsproto::RemoteProtocolError& error) {
        if (error.event_hint()) send(*error.event_hint());
        end_gently(outbox_, socket_, patience_);
    }

  private:
    posix::Socket socket_;
    std::chrono::milliseconds patience_;
    wsproto::WSConnection ws_{wsproto::ConnectionType::Client, without_limits()};
    Outbox outbox_{};
    wsproto::Bytes buffer_ = wsproto::Bytes(64 * 1024);
    std::size_t written_ = 0;
    std::size_t read_ = 0;
    bool ended_ = false;
};

/// For the transcript: code and reason.
///
/// Throws `Failure` if no Close was received.
[[nodiscard]] inline std::string describe_close(const wsproto::CloseConnection& close) {
    if (close.code == wsproto::CloseReason::AbnormalClosure) {
        throw Failure{Exit::Lost, "the connection ended without a closing handshake"};
    }
    return "close " + std::to_string(static_cast<unsigned>(close.code)) + ' ' +
           preview_text(close.reason);
}

#endif
