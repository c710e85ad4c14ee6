// What goes out to one client: straight from where it lies, in one call; only what the socket does
// not take is copied, and kept. Its owner decides when too much is kept.
#ifndef WSPROTO_EXAMPLES_EPOLL_OUTPUT_HPP
#define WSPROTO_EXAMPLES_EPOLL_OUTPUT_HPP

#include "../posix_socket.hpp"

#include <wsproto/bytes.hpp>

#include <sys/socket.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>

/// Holds no memory while the client reads as fast as it is written to.
class Output {
  public:
    /// Bytes that a socket has to take in this order: buffered ones, then a frame.
    struct Pieces {
        wsproto::BytesView buffered{};
        wsproto::BytesView header{};
        wsproto::BytesView payload{};

        [[nodiscard]] std::size_t size() const noexcept {
            return buffered.size() + header.size() + payload.size();
        }
    };

    /// How many bytes are kept.
    [[nodiscard]] std::size_t pending() const noexcept { return kept_.size() - sent_; }

    /// Sends what was kept, and returns how much of it the socket took.
    std::size_t flush(const posix::Socket& socket) {
        return pending() == 0 ? 0 : send_all(socket, {});
    }

    /// Sends `pieces`, behind what was kept, and keeps the rest. Returns how much the socket took.
    ///
    /// While something is kept the socket is full, and not asked: `flush` when it is writable.
    std::size_t write(const posix::Socket& socket, const Pieces& pieces) {
        if (pieces.size() == 0) return 0;
        if (pending() == 0) return send_all(socket, pieces);
        keep(pieces, 0);
        return 0;
    }

  private:
    std::size_t send_all(const posix::Socket& socket, const Pieces& pieces) {
        const std::size_t kept = pending();
        const std::size_t taken = gather(socket, pieces);
        sent_ += std::min(kept, taken);
        discard_sent();
        keep(pieces, taken - std::min(kept, taken));
        return taken;
    }

    std::size_t gather(const posix::Socket& socket, const Pieces& pieces) const {
        std::array<iovec, 4> vectors{};
        std::size_t count = 0;
        for (const auto& piece : {wsproto::BytesView{kept_}.subspan(sent_), pieces.buffered,
                                  pieces.header, pieces.payload}) {
            if (!piece.empty()) {
                vectors[count++] = {const_cast<std::byte*>(piece.data()), piece.size()};
            }
        }
        msghdr message{};
        message.msg_iov = vectors.data();
        message.msg_iovlen = count;
        const ssize_t taken = ::sendmsg(socket.descriptor(), &message, MSG_NOSIGNAL);
        if (taken >= 0) return static_cast<std::size_t>(taken);
        if (posix::must_wait(errno)) return 0;
        throw posix::system_error("cannot send");
    }

    void keep(const Pieces& pieces, std::size_t taken) {
        for (const auto& piece : {pieces.buffered, pieces.header, pieces.payload}) {
            const std::size_t skipped = std::min(taken, piece.size());
            const auto rest = piece.subspan(skipped);
            kept_.insert(kept_.end(), rest.begin(), rest.end());
            taken -= skipped;
        }
    }

    // Each byte is moved less than once on average, however slowly the client reads.
    void discard_sent() {
        if (pending() == 0) {
            kept_ = wsproto::Bytes{};
            sent_ = 0;
        } else if (sent_ >= pending()) {
            kept_.erase(kept_.begin(), kept_.begin() + static_cast<std::ptrdiff_t>(sent_));
            sent_ = 0;
        }
    }

    wsproto::Bytes kept_{};
    std::size_t sent_ = 0;  // of these
};

#endif
