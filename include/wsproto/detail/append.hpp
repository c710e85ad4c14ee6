// Appending to `Bytes` at the speed of memcpy.
//
// The members of a vector would do, but with any allocator that is not std::allocator they copy
// byte by byte unless the compiler vectorises, which at -O2 GCC does not.
#ifndef WSPROTO_DETAIL_APPEND_HPP
#define WSPROTO_DETAIL_APPEND_HPP

#include <wsproto/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

namespace wsproto::detail {

/// Copies `bytes` to `to`, which does not overlap them. What is short is done before a call would
/// have begun.
inline void copy_bytes(std::byte* to, BytesView bytes) noexcept {
    const std::byte* const from = bytes.data();
    const std::size_t size = bytes.size();
    if (size > 64) {
        std::memcpy(to, from, size);
    } else if (size > 32) {
        std::memcpy(to, from, 16);
        std::memcpy(to + 16, from + 16, 16);
        std::memcpy(to + size - 32, from + size - 32, 16);
        std::memcpy(to + size - 16, from + size - 16, 16);
    } else if (size >= 16) {
        std::memcpy(to, from, 16);
        std::memcpy(to + size - 16, from + size - 16, 16);
    } else if (size >= 8) {
        std::memcpy(to, from, 8);
        std::memcpy(to + size - 8, from + size - 8, 8);
    } else if (size >= 4) {
        std::memcpy(to, from, 4);
        std::memcpy(to + size - 4, from + size - 4, 4);
    } else if (size > 0) {
        to[0] = from[0];
        to[size / 2] = from[size / 2];
        to[size - 1] = from[size - 1];
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

/// Adds `count` bytes that are left uninitialised, and returns where they begin.
///
/// Where there is no room, the capacity at least doubles; if that throws, nothing has changed.
[[gnu::flatten]] inline std::byte* extend(Bytes& bytes, std::size_t count) {
    std::byte* const begin = bytes.data();
    std::byte* const end = begin + bytes.size();
    // Compared so, GCC sees that `resize` has room, and what is left of it is an addition.
    if (count > static_cast<std::size_t>(begin + bytes.capacity() - end)) {
        return extend_elsewhere(bytes, count);
    }
    bytes.resize(bytes.size() + count);
    return end;
}

/// Adds the bytes of `tail`, which are not among `bytes`.
inline void append(Bytes& bytes, BytesView tail) {
    copy_bytes(extend(bytes, tail.size()), tail);
}

}  // namespace wsproto::detail

#endif
