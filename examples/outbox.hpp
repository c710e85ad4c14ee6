// The bytes that wait to be sent on a socket which never waits itself. Its owner decides when there
// are too many of them, and stops reading from the peer.
#ifndef WSPROTO_EXAMPLES_OUTBOX_HPP
#define WSPROTO_EXAMPLES_OUTBOX_HPP

#include "posix_socket.hpp"

#include <wsproto/bytes.hpp>

#include <cstddef>

/// Append to `bytes()`, then `flush`.
class Outbox {
  public:
    /// Where `send(event, out)` appends.
    [[nodiscard]] wsproto::Bytes& bytes() noexcept { return bytes_; }

    [[nodiscard]] std::size_t pending() const noexcept { return bytes_.size() - sent_; }

    /// Sends what the socket takes now, and returns how much that was.
    std::size_t flush(const posix::Socket& socket) {
        std::size_t total = 0;
        while (pending() != 0) {
            const std::size_t count =
                posix::send_some(socket, wsproto::BytesView{bytes_}.subspan(sent_));
            if (count == 0) break;
            sent_ += count;
            total += count;
        }
        discard_sent();
        return total;
    }

  private:
    static constexpr std::size_t kept_when_idle = 128 * 1024;

    // Each byte is moved less than once on average, however slowly the peer reads.
    void discard_sent() {
        if (pending() == 0) {
            bytes_.clear();
            sent_ = 0;
            if (bytes_.capacity() > kept_when_idle) bytes_ = wsproto::Bytes{};
        } else if (sent_ >= pending()) {
            bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(sent_));
            sent_ = 0;
        }
    }

    wsproto::Bytes bytes_{};
    std::size_t sent_ = 0;
};

#endif
