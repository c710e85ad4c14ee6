// The end of a connection that has failed: what was said last shall still arrive.
#ifndef WSPROTO_EXAMPLES_GENTLE_END_HPP
#define WSPROTO_EXAMPLES_GENTLE_END_HPP

#include "outbox.hpp"
#include "posix_socket.hpp"

#include <wsproto/bytes.hpp>

#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <cstddef>
#include <system_error>
#include <utility>

/// Drops what the peer has sent, and tells whether it said that nothing follows.
[[nodiscard]] inline bool drop_until_end(const posix::Socket& socket) {
    wsproto::Bytes dropped(64 * 1024);
    for (;;) {
        const auto count = posix::receive_some(socket, dropped);
        if (!count) return false;
        if (*count == 0) return true;
    }
}

/// Sends what is left in `outbox`, says that nothing follows, and reads on until the peer says so
/// too, or the time is over.
///
/// Closing a socket with unread input would destroy what was just sent. RFC 6455 §7.1.1.
inline void end_gently(Outbox& outbox, const posix::Socket& socket,
                       std::chrono::milliseconds limit) {
    using Clock = std::chrono::steady_clock;
    const Clock::time_point deadline = Clock::now() + limit;
    bool shut_down = false;
    try {
        do {
            outbox.flush(socket);
            const bool all_sent = outbox.pending() == 0;
            if (all_sent && !std::exchange(shut_down, true)) {
                ::shutdown(socket.descriptor(), SHUT_WR);
            }
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now());
            if (left.count() <= 0) return;
            pollfd polled{socket.descriptor(),
                          static_cast<short>(all_sent ? POLLIN : POLLIN | POLLOUT), 0};
            ::poll(&polled, 1, static_cast<int>(left.count()));
        } while (!drop_until_end(socket));
    } catch (const std::system_error&) {
        // The peer does not listen any more: nothing is lost.
    }
}

#endif
