// One client of the echo server: its socket, its WebSocket, and how long it may take. Messages are
// echoed piece by piece as they arrive, each piece as a fragment, so that no message is ever held.
#ifndef WSPROTO_EXAMPLES_ECHO_SESSION_HPP
#define WSPROTO_EXAMPLES_ECHO_SESSION_HPP

#include "outbox.hpp"
#include "posix_socket.hpp"

#include <wsproto/wsproto.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

using Clock = std::chrono::steady_clock;

/// What all sessions of a server have in common.
struct EchoSettings {
    wsproto::Options options{};
    bool deflate = true;
    std::function<void(const std::string&)> log = [](const std::string&) {};
};

/// Call `serve` whenever the socket is ready or `deadline` has come, until `is_finished`.
class EchoSession {
  public:
    EchoSession(posix::Socket socket, std::string peer, const EchoSettings& settings)
        : socket_{std::move(socket)},
          peer_{std::move(peer)},
          settings_{settings},
          ws_{wsproto::ConnectionType::Server, settings.options} {}

    [[nodiscard]] const posix::Socket& socket() const noexcept { return socket_; }
    [[nodiscard]] bool is_finished() const noexcept { return finished_; }
    [[nodiscard]] Clock::time_point deadline() const noexcept { return deadline_; }

    /// Whether there is work to do without waiting for the socket.
    [[nodiscard]] bool is_ready() const noexcept { return undrained_ && has_room(); }

    /// What to poll for. A client that does not read its echoes is not read from either.
    [[nodiscard]] short interest() const noexcept {
        return static_cast<short>((reads() ? POLLIN : 0) | (outbox_.pending() != 0 ? POLLOUT : 0));
    }

    /// Reads if `ready`, does what is to be done, and sends what the socket takes.
    ///
    /// `buffer` is lent to the connection during the call.
    void serve(bool ready, wsproto::MutableBytesView buffer) {
        try {
            if (ready && reads()) read(buffer);
            drain();
            outbox_.flush(socket_);
            close_when_done();
            watch_phase();
        } catch (const std::exception& error) {
            end("lost: ", error.what());
        }
    }

    /// The server is about to stop.
    void go_away() {
        if (ws_.state() == wsproto::ConnectionState::Connecting) return end("dropped");
        if (ws_.state() == wsproto::ConnectionState::Open) {
            ws_.send(wsproto::CloseConnection{.code = wsproto::CloseReason::GoingAway},
                     outbox_.bytes());
        }
        serve(false, {});
    }

    /// Its time is over.
    void expire() { end("dropped: out of time"); }

  private:
    enum class Phase { Opening, Open, Closing };

    static constexpr std::chrono::seconds time_to_open{10};
    static constexpr std::chrono::seconds time_to_close{5};
    static constexpr std::size_t high_water = 256 * 1024;
    static constexpr std::size_t bytes_per_turn = 1024 * 1024;  // of payload, then others have one
    static constexpr std::size_t slack = 64;

    [[nodiscard]] bool has_room() const noexcept { return outbox_.pending() < high_water; }

    [[nodiscard]] bool reads() const noexcept {
        return !ended_ && !undrained_ && (has_room() || ws_.should_close_transport());
    }

    void read(wsproto::MutableBytesView buffer) {
        const auto room = buffer.first(buffer.size() - slack);
        const auto count = posix::receive_some(socket_, room);
        if (!count) return;
        if (*count == 0) {
            ended_ = true;
            ws_.receive_eof();
        } else {
            ws_.receive_data_in_place(buffer.first(*count), buffer.size() - *count);
        }
    }

    // A few bytes may inflate to very many. What is left for later, the connection keeps.
    void drain() {
        undrained_ = false;
        echoed_ = 0;
        try {
            for (const wsproto::Event& event : ws_.events()) {
                std::visit([&](const auto& any) { answer(any, event); }, event);
                undrained_ = !has_room() || echoed_ >= bytes_per_turn;
                if (undrained_) break;
            }
        } catch (const wsproto::RemoteProtocolError& error) {
            refuse(error);
        }
    }

    void answer(const wsproto::Request& request, const wsproto::Event&) {
        if (request.target.starts_with("/refuse")) {
            log("refused " + request.target);
            return reject({.status_code = 404}, "Nothing is echoed here. Try another path.\n");
        }
        wsproto::AcceptConnection accept;
        if (!request.subprotocols.empty()) accept.subprotocol = request.subprotocols.front();
        if (settings_.deflate) {
            accept.extensions.push_back(std::make_shared<wsproto::PerMessageDeflate>());
        }
        ws_.send(accept, outbox_.bytes());
        log("opened " + request.target);
    }

    void answer(const wsproto::TextMessage& message, const wsproto::Event&) { echo(message); }
    void answer(const wsproto::BytesMessage& message, const wsproto::Event&) { echo(message); }

    void answer(const wsproto::CloseConnection& close, const wsproto::Event& event) {
        log("closed by the client, code " + std::to_string(static_cast<unsigned>(close.code)));
        respond(event);
    }

    template <typename Other>
    void answer(const Other&, const wsproto::Event& event) {
        respond(event);
    }

    // A piece becomes a fragment, whatever frames it came in.
    template <typename Message>
    void echo(const Message& message) {
        if (ws_.state() != wsproto::ConnectionState::Open) return;
        ws_.send(message, outbox_.bytes());
        echoed_ += message.data.size();
    }

    void respond(const wsproto::Event& event) {
        if (const auto response = ws_.response_to(event)) ws_.send(*response, outbox_.bytes());
    }

    void refuse(const wsproto::RemoteProtocolError& error) {
        log(std::string{"failed: "} + error.what());
        const auto& hint = error.event_hint();
        if (!hint) return;
        const auto* const rejection = std::get_if<wsproto::RejectConnection>(&*hint);
        if (rejection == nullptr || error.method() == "HEAD") {
            ws_.send(*hint, outbox_.bytes());
        } else {
            reject(*rejection, std::string{"This is a WebSocket echo server: connect with ws://. "
                                           "The request was refused: "} +
                                   error.what() + ".\n");
        }
    }

    void reject(wsproto::RejectConnection rejection, std::string_view text) {
        rejection.has_body = true;
        rejection.headers.emplace_back("Content-Type", "text/plain; charset=utf-8");
        rejection.headers.emplace_back("Content-Length", std::to_string(text.size()));
        ws_.send(rejection, outbox_.bytes());
        ws_.send(wsproto::RejectData{.data = wsproto::as_bytes(text)}, outbox_.bytes());
    }

    // Closing a socket with unread input would destroy what was just sent: tell the client that
    // nothing follows, and read on until it says so too. RFC 6455 §7.1.1.
    void close_when_done() {
        if (!ws_.should_close_transport() || outbox_.pending() != 0) return;
        if (!std::exchange(shut_down_, true)) ::shutdown(socket_.descriptor(), SHUT_WR);
        finished_ = ended_;
    }

    void watch_phase() {
        const auto state = ws_.state();
        const Phase phase = state == wsproto::ConnectionState::Connecting ? Phase::Opening
                            : state == wsproto::ConnectionState::Open     ? Phase::Open
                                                                          : Phase::Closing;
        if (phase == std::exchange(phase_, phase)) return;
        deadline_ = phase == Phase::Open ? Clock::time_point::max() : Clock::now() + time_to_close;
    }

    void end(std::string_view what, std::string_view why = {}) {
        finished_ = true;
        log(std::string{what}.append(why));
    }

    void log(const std::string& what) const { settings_.log(peer_ + ' ' + what); }

    posix::Socket socket_;
    std::string peer_;
    const EchoSettings& settings_;
    wsproto::WSConnection ws_;
    Outbox outbox_{};
    Phase phase_ = Phase::Opening;
    Clock::time_point deadline_ = Clock::now() + time_to_open;
    std::size_t echoed_ = 0;  // in this turn
    bool undrained_ = false;  // events are left for the next turn
    bool ended_ = false;      // the client sends nothing more
    bool shut_down_ = false;  // neither do we
    bool finished_ = false;
};

#endif
