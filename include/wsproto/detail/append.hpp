// Appending to `Bytes` at the speed of memcpy.
//
// The members of a vector would do, but with any allocator that is not std::allocator they copy
// byte by byte unless the compiler vectorises, which at -O2 GCC does not.
#ifndef WSPROTO_DETAIL_APPEND_HPP
#define WSPROTO_DETAIL_APPEND_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/short_payload.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <utility>

namespace wsproto::detail {

/// Copies `bytes` to `to`, which does not overlap them. What is short is done before a call would
/// have begun.
inline void copy_bytes(std::byte* to, BytesView bytes) noexcept {
    if (bytes.size() <= max_short_payload) {
        copy_short(to, bytes);
    } else {
        std::memcpy(to, bytes.data(), bytes.size());
    }
}

/// Moves `bytes` to memory for `capacity` of them; if that throws, nothing has changed.
inline void move_elsewhere(Bytes& bytes, std::size_t capacity) {
    Bytes elsewhere;
    elsewhere.reserve(capacity);
    elsewhere.resize(bytes.size());
    copy_bytes(elsewhere.data(), bytes);
    bytes = std::move(elsewhere);
}

/// What `extend` does where there is no room.
[[gnu::noinline]] inline std::byte* extend_elsewhere(Bytes& bytes, std::size_t count) {
    const std::size_t size = bytes.size();
    move_elsewhere(bytes, std::max(size + count, 2 * bytes.capacity()));
    bytes.resize(size + count);
    return bytes.data() + size;
}

/// Whether `count` bytes can be added where `bytes` are.
[[nodiscard, gnu::always_inline]] inline bool has_room(const Bytes& bytes,
                                                       std::size_t count) noexcept {
    // Compared so, GCC sees that `extend_in_place` has room, and what is left of it is an addition.
    const std::byte* const begin = bytes.data();
    const std::byte* const end = begin + bytes.size();
    return count <= static_cast<std::size_t>(begin + bytes.capacity() - end);
}

/// What `extend` does where there is.
[[gnu::always_inline]] inline std::byte* extend_in_place(Bytes& bytes, std::size_t count) {
    const std::size_t size = bytes.size();
    bytes.resize(std::max(size + count, size));  // which cannot wrap, but GCC does not know
    return bytes.data() + size;
}

/// Adds `count` bytes that are left uninitialised, and returns where they begin.
///
/// Where there is no room, the capacity at least doubles; if that throws, nothing has changed.
[[gnu::flatten]] inline std::byte* extend(Bytes& bytes, std::size_t count) {
    return has_room(bytes, count) ? extend_in_place(bytes, count) : extend_elsewhere(bytes, count);
}

/// Adds the bytes of `tail`, which are not among `bytes`.
inline void append(Bytes& bytes, BytesView tail) {
    copy_bytes(extend(bytes, tail.size()), tail);
}

/// Takes back what was appended to `out`, unless it is to stay.
class Appending {
  public:
    explicit Appending(Bytes& out) noexcept : out_{out}, size_{out.size()} {}
    Appending(const Appending&) = delete;
    Appending& operator=(const Appending&) = delete;
    ~Appending() {
        if (!kept_) {
            out_.resize(size_);
        }
    }
    void keep() noexcept { kept_ = true; }
    [[nodiscard]] std::size_t begin() const noexcept { return size_; }

  private:
    Bytes& out_;
    std::size_t size_;
    bool kept_ = false;
};

/// The capacity for `size` bytes that have arrived of something, of which `rest`, where it is
/// known, is still to come.
///
/// It grows by what has arrived: to twice as much or, where the rest is known, to four times as
/// much, and at the last step to eight times. What is freed at a step is then so little that
/// allocators keep it, rather than return it to the system.
[[nodiscard]] constexpr std::size_t capacity_for(std::size_t size,
                                                 std::optional<std::uint64_t> rest) noexcept {
    if (!rest) {
        return 2 * size;
    }
    return *rest <= 7 * std::uint64_t{size} ? size + static_cast<std::size_t>(*rest) : 4 * size;
}

/// Adds the bytes of `tail`, which are not among `bytes`; `rest` is to come.
inline void append_arrived(Bytes& bytes, BytesView tail, std::optional<std::uint64_t> rest) {
    const std::size_t size = bytes.size() + tail.size();
    if (size > bytes.capacity()) {
        move_elsewhere(bytes, capacity_for(size, rest));
    }
    append(bytes, tail);
}

}  // namespace wsproto::detail

#endif
