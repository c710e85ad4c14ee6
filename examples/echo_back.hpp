// The echo client the other way round: it sends back whatever the server sends, piece by piece as
// it arrives, until the server closes. It waits with poll(2).
#ifndef WSPROTO_EXAMPLES_ECHO_BACK_HPP
#define WSPROTO_EXAMPLES_ECHO_BACK_HPP

#include "client_connection.hpp"
#include "client_failure.hpp"
#include "client_request.hpp"
#include "echo_client_options.hpp"
#include "posix_socket.hpp"
#include "transcript.hpp"

#include <wsproto/wsproto.hpp>

#include <poll.h>

#include <cstddef>
#include <string>
#include <utility>
#include <variant>

/// A client of its own, from the request to the end of the connection.
class EchoBack {
  public:
    EchoBack(EchoClientOptions options, posix::Socket socket, Transcript transcript)
        : options_{std::move(options)},
          transcript_{transcript},
          connection_{std::move(socket), options_.timeout} {}

    /// Throws unless the server closed the connection, and did so cleanly.
    void run() {
        connection_.send(client_request(options_));
        transcript_.line("sent", "request for " + options_.url.target);
        try {
            while (!is_finished()) {
                turn();
            }
        } catch (const wsproto::RemoteProtocolError& error) {
            connection_.fail_gently(error);
            throw;
        }
        transcript_.line("finished", std::to_string(echoed_) + " sent back");
    }

  private:
    static constexpr std::size_t high_water = 256 * 1024;

    [[nodiscard]] bool has_room() const noexcept { return connection_.pending() < high_water; }

    [[nodiscard]] bool is_finished() const noexcept {
        if (undrained_) return false;
        return connection_.ended() ||
               (connection_.ws().should_close_transport() && connection_.pending() == 0);
    }

    // A server that does not read its echoes is not read from either.
    void turn() {
        connection_.flush();
        if (undrained_ && has_room()) return drain();
        const bool reads = has_room() && !connection_.ended();
        pollfd polled = connection_.polled(reads);
        const int ready = ::poll(&polled, 1, connection_.patience());
        if (ready == 0) return connection_.give_up();
        if (!reads || polled.revents == 0) return;
        connection_.receive();
        drain();
    }

    // A few bytes may inflate to very many. What is left for later, the connection keeps.
    void drain() {
        undrained_ = false;
        for (const wsproto::Event& event : connection_.ws().events()) {
            std::visit([this](const auto& any) { take(any); }, event);
            connection_.respond(event);
            undrained_ = !has_room();
            if (undrained_) return;
        }
    }

    template <typename Data>
    void take(const wsproto::Message<Data>& message) {
        connection_.send(message);
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
        transcript_.line("received", describe_close(close));
    }

    template <typename Other>
    void take(const Other&) const {}

    EchoClientOptions options_;
    Transcript transcript_;
    ClientConnection connection_;
    std::size_t size_ = 0;  // of the message so far
    std::size_t echoed_ = 0;
    bool undrained_ = false;  // events are left for the next turn
};

#endif
