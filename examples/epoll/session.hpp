// One client of the epoll server: bytes into its WebSocket, events out of it, in turns that leave
// time for the others. What events mean stands in echo.hpp; time limits are up to the server.
#ifndef WSPROTO_EXAMPLES_EPOLL_SESSION_HPP
#define WSPROTO_EXAMPLES_EPOLL_SESSION_HPP

#include "../posix_socket.hpp"
#include "echo.hpp"
#include "options.hpp"
#include "transport.hpp"
#include "workspace.hpp"

#include <wsproto/wsproto.hpp>

#include <sys/epoll.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <utility>

/// Call `serve` when the socket is ready, or while `is_ready`, until `is_finished`.
class Session {
  public:
    Session(posix::Socket socket, const ServerOptions& options, Workspace& work)
        : options_{options},
          work_{work},
          transport_{std::move(socket), work.counters},
          ws_{wsproto::ConnectionType::Server, options.protocol} {}

    [[nodiscard]] int descriptor() const noexcept { return transport_.descriptor(); }
    [[nodiscard]] wsproto::ConnectionState state() const noexcept { return ws_.state(); }
    [[nodiscard]] bool is_finished() const noexcept { return finished_; }

    /// Whether there is work to do without waiting for the socket.
    [[nodiscard]] bool is_ready() const noexcept { return undrained_ && has_room(); }

    /// What to wait for. A client that does not read its echoes is not read from either.
    [[nodiscard]] std::uint32_t interest() const noexcept {
        const std::uint32_t in = reads() ? std::uint32_t{EPOLLIN} : 0;
        return in | (transport_.pending() != 0 ? std::uint32_t{EPOLLOUT} : 0);
    }

    /// Sends, reads if `readable`, and answers. Returns whether any byte went either way.
    bool serve(bool readable) {
        try {
            transport_.flush();
            if (readable && reads()) read();
            if (works()) drain();
            write_output();
            close_when_done();
        } catch (const std::exception&) {
            abandon();
        }
        return transport_.take_moved();
    }

    /// Begins the closing handshake, or ends at once where there is none to be had.
    void go_away() {
        if (ws_.state() != wsproto::ConnectionState::Open) {
            finished_ = true;
            return;
        }
        try {
            ws_.send(wsproto::CloseConnection{.code = wsproto::CloseReason::GoingAway},
                     work_.output);
            write_output();
        } catch (const std::exception&) {
            abandon();
        }
    }

  private:
    static constexpr std::size_t cost_per_turn = 64 * 1024;  // bytes of payload; then others
    static constexpr std::size_t cost_of_event = 32;         // beside its payload

    [[nodiscard]] bool has_room() const noexcept {
        return transport_.pending() + work_.output.size() < options_.max_output;
    }

    // At the end, nothing is answered any more.
    [[nodiscard]] bool works() const noexcept { return has_room() || ws_.should_close_transport(); }

    [[nodiscard]] bool reads() const noexcept {
        return !transport_.ended() && !undrained_ && works();
    }

    void read() {
        const auto buffer = work_.room();
        const auto count = transport_.receive(buffer);
        if (transport_.ended()) return ws_.receive_eof();
        if (count) {
            ws_.receive_data_in_place(buffer.first(*count), work_.input.size() - *count);
        }
    }

    // A few bytes may inflate to very many. What is left for later, the connection keeps.
    void drain() {
        Echo echo{ws_, transport_, work_};
        undrained_ = false;
        std::size_t cost = 0;
        try {
            for (const wsproto::Event& event : ws_.events()) {
                cost += echo.answer(event, options_) + cost_of_event;
                undrained_ = !has_room() || cost >= cost_per_turn;
                if (undrained_) break;
            }
        } catch (const wsproto::RemoteProtocolError& error) {
            echo.refuse(error);
        }
    }

    void write_output() {
        transport_.write({.buffered = work_.output});
        work_.output.clear();
    }

    // Closing a socket with unread input would destroy what was just sent: tell the client that
    // nothing follows, and read on until it says so too. RFC 6455 §7.1.1.
    void close_when_done() {
        if (!ws_.should_close_transport() || transport_.pending() != 0) return;
        transport_.shut_down();
        finished_ = transport_.ended();
    }

    void abandon() {
        ++work_.counters.lost;
        work_.output.clear();
        finished_ = true;
    }

    const ServerOptions& options_;
    Workspace& work_;
    Transport transport_;
    wsproto::WSConnection ws_;
    bool undrained_ = false;  // events are left for the next turn
    bool finished_ = false;
};

#endif
