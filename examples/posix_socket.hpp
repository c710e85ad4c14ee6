// TCP on POSIX, as little of it as the echo programs take: a socket that closes itself, names and
// addresses, and reads and writes that never wait. Knows nothing of WebSockets.
#ifndef WSPROTO_EXAMPLES_POSIX_SOCKET_HPP
#define WSPROTO_EXAMPLES_POSIX_SOCKET_HPP

#include <wsproto/bytes.hpp>

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace posix {

/// A file descriptor that is closed with its owner.
class Socket {
  public:
    explicit Socket(int descriptor = -1) noexcept : descriptor_{descriptor} {}
    Socket(Socket&& other) noexcept : descriptor_{std::exchange(other.descriptor_, -1)} {}
    Socket& operator=(Socket&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~Socket() {
        if (is_open()) ::close(descriptor_);
    }

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] bool is_open() const noexcept { return descriptor_ >= 0; }

  private:
    int descriptor_;
};

[[nodiscard]] inline std::system_error system_error(const std::string& what, int code = errno) {
    return {code, std::generic_category(), what};
}

/// Names or numbers.
struct Endpoint {
    std::string host;
    std::string port;
};

using Addresses = std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)>;

/// All TCP addresses of `endpoint`, IPv4 and IPv6.
[[nodiscard]] inline Addresses resolve(const Endpoint& endpoint, int flags = 0) {
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    hints.ai_flags = flags;
    addrinfo* found = nullptr;
    if (const int error =
            ::getaddrinfo(endpoint.host.c_str(), endpoint.port.c_str(), &hints, &found)) {
        throw std::runtime_error{"cannot resolve '" + endpoint.host +
                                 "': " + ::gai_strerror(error)};
    }
    return {found, &::freeaddrinfo};
}

/// "127.0.0.1:9000" or "[::1]:9000".
[[nodiscard]] inline std::string to_string(const sockaddr* address, socklen_t size) {
    char host[NI_MAXHOST];
    char port[NI_MAXSERV];
    if (::getnameinfo(address, size, host, sizeof host, port, sizeof port,
                      NI_NUMERICHOST | NI_NUMERICSERV) != 0) {
        return "?";
    }
    const bool brackets = address->sa_family == AF_INET6;
    return (brackets ? '[' + std::string{host} + ']' : host) + ':' + port;
}

/// The address that a socket is bound to.
[[nodiscard]] inline std::string local_address(const Socket& socket) {
    sockaddr_storage storage{};
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    socklen_t size = sizeof storage;
    return ::getsockname(socket.descriptor(), address, &size) == 0 ? to_string(address, size) : "?";
}

/// The address that a socket is connected to.
[[nodiscard]] inline std::string remote_address(const Socket& socket) {
    sockaddr_storage storage{};
    auto* const address = reinterpret_cast<sockaddr*>(&storage);
    socklen_t size = sizeof storage;
    return ::getpeername(socket.descriptor(), address, &size) == 0 ? to_string(address, size) : "?";
}

inline void set_option(const Socket& socket, int level, int name, int value) noexcept {
    ::setsockopt(socket.descriptor(), level, name, &value, sizeof value);
}

/// Never waits, is not inherited, sends small frames at once, and notices some day that a silent
/// peer is gone.
inline void prepare(const Socket& socket) {
    const int descriptor = socket.descriptor();
    if (::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK) != 0 ||
        ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
        throw system_error("fcntl");
    }
    set_option(socket, IPPROTO_TCP, TCP_NODELAY, 1);
    set_option(socket, SOL_SOCKET, SO_KEEPALIVE, 1);
}

/// A socket for `address`, which is not open if its family is not there.
[[nodiscard]] inline Socket open_socket(const addrinfo& address) {
    Socket socket{::socket(address.ai_family, address.ai_socktype, address.ai_protocol)};
    if (socket.is_open()) prepare(socket);
    return socket;
}

/// Listens on the first address of `endpoint` that can be bound; port "0" takes a free one.
///
/// The address "::" takes IPv4 as well.
[[nodiscard]] inline Socket listen_on(const Endpoint& endpoint) {
    const Addresses addresses = resolve(endpoint, AI_PASSIVE);
    int error = 0;
    for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
        Socket socket = open_socket(*at);
        set_option(socket, SOL_SOCKET, SO_REUSEADDR, 1);
        if (at->ai_family == AF_INET6) set_option(socket, IPPROTO_IPV6, IPV6_V6ONLY, 0);
        if (socket.is_open() && ::bind(socket.descriptor(), at->ai_addr, at->ai_addrlen) == 0 &&
            ::listen(socket.descriptor(), SOMAXCONN) == 0) {
            return socket;
        }
        error = errno;
    }
    throw system_error("cannot listen on " + endpoint.host + " port " + endpoint.port, error);
}

/// Waits for a connection that is under way, and returns why it failed, or 0.
[[nodiscard]] inline int finish_connecting(const Socket& socket, std::chrono::milliseconds limit) {
    pollfd waiting{socket.descriptor(), POLLOUT, 0};
    int ready = 0;
    do {
        ready = ::poll(&waiting, 1, static_cast<int>(limit.count()));
    } while (ready < 0 && errno == EINTR);
    if (ready == 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    ::getsockopt(socket.descriptor(), SOL_SOCKET, SO_ERROR, &error, &size);
    return error;
}

/// Connects to the first address of `endpoint` that answers, each within `limit`.
[[nodiscard]] inline Socket connect_to(const Endpoint& endpoint, std::chrono::milliseconds limit) {
    const Addresses addresses = resolve(endpoint);
    int error = 0;
    for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
        Socket socket = open_socket(*at);
        const bool done =
            socket.is_open() && ::connect(socket.descriptor(), at->ai_addr, at->ai_addrlen) == 0;
        error = done ? 0 : errno;
        if (error == EINPROGRESS) error = finish_connecting(socket, limit);
        if (error == 0) return socket;
    }
    throw system_error("cannot connect to " + endpoint.host + " port " + endpoint.port, error);
}

[[nodiscard]] inline bool must_wait(int error) noexcept {
    return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

/// How many bytes were there to read, 0 at the end; nothing if none are there yet.
[[nodiscard]] inline std::optional<std::size_t> receive_some(const Socket& socket,
                                                             wsproto::MutableBytesView buffer) {
    const ssize_t count = ::recv(socket.descriptor(), buffer.data(), buffer.size(), 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (must_wait(errno)) return std::nullopt;
    throw system_error("cannot receive");
}

/// How many bytes were taken, maybe 0.
[[nodiscard]] inline std::size_t send_some(const Socket& socket, wsproto::BytesView data) {
    const ssize_t count = ::send(socket.descriptor(), data.data(), data.size(), 0);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (must_wait(errno)) return 0;
    throw system_error("cannot send");
}

}  // namespace posix

#endif
