// The socket that clients come in by. Where descriptors or memory lack it takes a pause: those who
// wait go on waiting, and the loop does not spin.
#ifndef WSPROTO_EXAMPLES_EPOLL_LISTENER_HPP
#define WSPROTO_EXAMPLES_EPOLL_LISTENER_HPP

#include "../posix_socket.hpp"
#include "options.hpp"
#include "poller.hpp"

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>

#include <cerrno>
#include <chrono>
#include <optional>
#include <string>
#include <utility>

/// As many descriptors as this program may have at all.
inline void raise_descriptor_limit() noexcept {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    static_cast<void>(::setrlimit(RLIMIT_NOFILE, &limit));
}

/// Known to the poller by its own address.
class Listener {
  public:
    using Clock = std::chrono::steady_clock;

    Listener(const ServerOptions& options, Poller& poller)
        : socket_{posix::listen_on(options.endpoint)}, poller_{poller} {
        ::listen(socket_.descriptor(), options.backlog);
        poller_.add(socket_.descriptor(), EPOLLIN, this);
    }

    [[nodiscard]] std::string address() const { return posix::local_address(socket_); }

    /// When the pause ends, if there is one.
    [[nodiscard]] std::optional<Clock::time_point> pause_end() const noexcept { return pause_end_; }

    /// Accepts some clients, each handed to `take`. Others have their turn too.
    ///
    /// Returns false where it takes a pause.
    template <typename Take>
    bool accept_some(Take take) {
        for (int count = 0; count != accepts_per_turn; ++count) {
            posix::Socket socket{::accept(socket_.descriptor(), nullptr, nullptr)};
            if (socket.is_open()) {
                posix::prepare(socket);
                take(std::move(socket));
            } else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM) {
                pause();
                return false;
            } else if (errno != ECONNABORTED && errno != EINTR) {
                break;
            }
        }
        return true;
    }

    void resume_if_due(Clock::time_point now) {
        if (!pause_end_ || now < *pause_end_ || !socket_.is_open()) return;
        pause_end_.reset();
        poller_.change(socket_.descriptor(), EPOLLIN, this);
    }

    void close() {
        socket_ = posix::Socket{};
        pause_end_.reset();
    }

  private:
    static constexpr int accepts_per_turn = 64;
    static constexpr std::chrono::milliseconds pause_length{100};

    void pause() {
        pause_end_ = Clock::now() + pause_length;
        poller_.change(socket_.descriptor(), 0, this);
    }

    posix::Socket socket_;
    Poller& poller_;
    std::optional<Clock::time_point> pause_end_{};
};

#endif
