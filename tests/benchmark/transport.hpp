// The transport of every library that is measured: bytes in memory, no sockets. What each one reads
// costs one copy, what it delivers is counted. C++17, because websocketpp is no C++20.
#ifndef WSPROTO_BENCHMARK_TRANSPORT_HPP
#define WSPROTO_BENCHMARK_TRANSPORT_HPP

#include "page_buffer.hpp"

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace benchmark {

/// Copies bytes to where they do not overlap, at a speed that does not depend on where that is.
///
/// `memcpy` of glibc takes up to 25 times as long on some processors (Zen 4, from 4 KiB on) where
/// the target stands less than 32 bytes behind the source, modulo the size of a page.
void copy_bytes(void* to, const void* from, std::size_t size) noexcept;

/// What the peer has sent, read at most `most` bytes at a time.
class Pipe {
  public:
    Pipe(std::string_view wire, std::size_t most) noexcept : wire_{wire}, most_{most} {}

    /// A `recv`: one copy. Returns 0 at the end.
    std::size_t read(void* to, std::size_t capacity) noexcept {
        const std::string_view piece = take(capacity);
        copy_bytes(to, piece.data(), piece.size());
        return piece.size();
    }

    /// The same for libraries that copy what they are given.
    std::string_view take(std::size_t capacity) noexcept {
        const std::string_view piece = wire_.substr(0, std::min(capacity, most_));
        wire_.remove_prefix(piece.size());
        return piece;
    }

    [[nodiscard]] bool empty() const noexcept { return wire_.empty(); }
    [[nodiscard]] std::size_t most() const noexcept { return most_; }

  private:
    std::string_view wire_;
    std::size_t most_;
};

/// Makes the compiler believe that these bytes are read.
inline void pretend_to_read(const void* bytes) noexcept {
    asm volatile("" : : "r"(bytes) : "memory");
}

/// Where messages are delivered. Counts them; compares them with what was sent, if told to.
class Sink {
  public:
    void piece(std::string_view data, bool message_finished) noexcept {
        messages_ += message_finished ? 1 : 0;
        bytes_ += data.size();
        pretend_to_read(data.data());
        if (checks_) {
            check(data, message_finished);
        }
    }

    /// From now on: messages of `size` bytes, which together are `expected`.
    void expect(std::string_view expected, std::size_t size) noexcept {
        *this = {};
        expected_ = expected;
        size_ = size;
        checks_ = true;
    }

    /// Whether exactly what was expected has come.
    [[nodiscard]] bool satisfied() const noexcept {
        return same_ && bytes_ == expected_.size() && messages_ * size_ == bytes_;
    }

    [[nodiscard]] std::size_t messages() const noexcept { return messages_; }
    [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  private:
    void check(std::string_view data, bool message_finished) noexcept {
        const std::size_t begin = bytes_ - data.size();
        same_ = same_ && bytes_ <= expected_.size() &&
                expected_.compare(begin, data.size(), data) == 0 &&
                (bytes_ == messages_ * size_ || !message_finished);
    }

    std::size_t messages_ = 0;
    std::size_t bytes_ = 0;
    std::string_view expected_{};
    std::size_t size_ = 0;
    bool checks_ = false;
    bool same_ = true;
};

/// Where a library writes to: one contiguous buffer, or pieces that are only looked at.
class Outbox {
  public:
    enum class Mode { Copy, Gather };

    Outbox(Mode mode, std::size_t capacity)
        : buffer_(mode == Mode::Copy ? capacity : 0, '\0'), capacity_{capacity}, mode_{mode} {}

    /// A `send`: one copy, or none in `Gather`.
    void write(const void* data, std::size_t size) noexcept {
        if (mode_ == Mode::Copy && size <= capacity_ - size_) {
            copy_bytes(buffer_.data() + size_, data, size);
        }
        pretend_to_read(data);
        size_ += size;
    }

    /// A `writev` of two.
    void write(std::string_view header, std::string_view payload) noexcept {
        if (mode_ == Mode::Copy) {
            write(header.data(), header.size());
            write(payload.data(), payload.size());
            return;
        }
        pretend_to_read(header.data());
        pretend_to_read(payload.data());
        size_ += header.size() + payload.size();
    }

    /// Takes a buffer that the library's user has had filled; there is nothing left to copy.
    void lend(std::string_view bytes) noexcept {
        lent_ = bytes;
        size_ = bytes.size();
    }

    void clear() noexcept {
        lent_ = {};
        size_ = 0;
    }

    /// All that was written. Nothing was kept in `Gather`.
    [[nodiscard]] std::string_view wire() const noexcept {
        return lent_.empty() ? std::string_view{buffer_.data(), size_} : lent_;
    }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] Mode mode() const noexcept { return mode_; }

  private:
    PageBuffer buffer_;
    std::size_t capacity_;
    Mode mode_;
    std::string_view lent_{};
    std::size_t size_ = 0;
};

}  // namespace benchmark

#endif
