// One client's TCP connection: its socket, what waits to be sent, and whether it moves. Counts
// bytes, and knows nothing of WebSockets.
#ifndef WSPROTO_EXAMPLES_EPOLL_TRANSPORT_HPP
#define WSPROTO_EXAMPLES_EPOLL_TRANSPORT_HPP

#include "../posix_socket.hpp"
#include "counters.hpp"
#include "output.hpp"

#include <wsproto/bytes.hpp>

#include <sys/socket.h>

#include <cstddef>
#include <optional>
#include <utility>

class Transport {
  public:
    Transport(posix::Socket socket, Counters& counters)
        : socket_{std::move(socket)}, counters_{counters} {}

    [[nodiscard]] int descriptor() const noexcept { return socket_.descriptor(); }

    /// Bytes that the socket did not take yet.
    [[nodiscard]] std::size_t pending() const noexcept { return output_.pending(); }

    /// Whether the client sends nothing more.
    [[nodiscard]] bool ended() const noexcept { return ended_; }

    /// Whether any byte went either way since the last call.
    [[nodiscard]] bool take_moved() noexcept { return std::exchange(moved_, false); }

    /// How many bytes were read, 0 when the client has ended; nothing if none are there yet.
    std::optional<std::size_t> receive(wsproto::MutableBytesView buffer) {
        const auto count = posix::receive_some(socket_, buffer);
        ended_ = count == std::size_t{0};
        counters_.received += count.value_or(0);
        moved_ = moved_ || count.value_or(0) != 0;
        return count;
    }

    void write(const Output::Pieces& pieces) { note_sent(output_.write(socket_, pieces)); }

    void flush() { note_sent(output_.flush(socket_)); }

    /// Tells the client that nothing follows.
    void shut_down() {
        if (!std::exchange(shut_down_, true)) ::shutdown(socket_.descriptor(), SHUT_WR);
    }

  private:
    void note_sent(std::size_t count) {
        counters_.sent += count;
        moved_ = moved_ || count != 0;
    }

    posix::Socket socket_;
    Counters& counters_;
    Output output_{};
    bool moved_ = false;
    bool ended_ = false;
    bool shut_down_ = false;
};

#endif
