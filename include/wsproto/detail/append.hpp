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

/// Adds `count` bytes that are left uninitialised, and returns where they begin.
///
/// Where there is no room, the capacity at least doubles; if that throws, nothing has changed.
inline std::byte* extend(Bytes& bytes, std::size_t count) {
    const std::size_t size = bytes.size();
    if (count <= bytes.capacity() - size) {
        bytes.resize(size + count);
    } else {
        Bytes grown;
        grown.reserve(std::max(size + count, 2 * bytes.capacity()));
        grown.resize(size + count);
        if (size > 0) {
            std::memcpy(grown.data(), bytes.data(), size);
        }
        bytes = std::move(grown);
    }
    return bytes.data() + size;
}

/// Adds the bytes of `tail`, which are not among `bytes`.
inline void append(Bytes& bytes, BytesView tail) {
    std::byte* const to = extend(bytes, tail.size());
    if (!tail.empty()) {
        std::memcpy(to, tail.data(), tail.size());
    }
}

}  // namespace wsproto::detail

#endif
