// Reads and writes that wait, for a limited time, on the sockets of the examples. Knows nothing of
// WebSockets.
#ifndef WSPROTO_TESTS_INTEROP_PATIENT_SOCKET_HPP
#define WSPROTO_TESTS_INTEROP_PATIENT_SOCKET_HPP

#include "../../examples/posix_socket.hpp"

#include <wsproto/bytes.hpp>

#include <poll.h>

#include <cerrno>
#include <chrono>
#include <cstddef>

inline constexpr std::chrono::milliseconds patience{10'000};

inline void wait_for(const posix::Socket& socket, short what) {
    pollfd waiting{socket.descriptor(), what, 0};
    if (::poll(&waiting, 1, static_cast<int>(patience.count())) == 0) {
        throw posix::system_error("the peer", ETIMEDOUT);
    }
}

/// How many bytes were read, at least one; 0 at the end.
[[nodiscard]] inline std::size_t receive(const posix::Socket& socket,
                                         wsproto::MutableBytesView buffer) {
    for (;;) {
        wait_for(socket, POLLIN);
        if (const auto count = posix::receive_some(socket, buffer)) return *count;
    }
}

inline void send_all(const posix::Socket& socket, wsproto::BytesView data) {
    while (!data.empty()) {
        wait_for(socket, POLLOUT);
        data = data.subspan(posix::send_some(socket, data));
    }
}

#endif
