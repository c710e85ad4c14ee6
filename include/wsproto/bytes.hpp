// Bytes, owned and viewed, in the three types that the whole library exchanges.
//
// `Bytes` grows without zero-filling: what is about to be overwritten is not written twice.
// Nothing here knows about frames or text encodings.
#ifndef WSPROTO_BYTES_HPP
#define WSPROTO_BYTES_HPP

#include <cstddef>
#include <memory>
#include <new>
#include <span>
#include <string_view>
#include <type_traits>
#include <vector>

namespace wsproto {

/// An allocator that leaves elements uninitialised where `std::allocator` would zero them.
///
/// Only elements that are added without a value are affected: after `resize(n)` the new ones hold
/// anything, after `resize(n, value)` they hold `value`.
template <typename T>
class UninitializedAllocator {
  public:
    using value_type = T;
    using is_always_equal = std::true_type;
    using propagate_on_container_move_assignment = std::true_type;

    constexpr UninitializedAllocator() noexcept = default;
    template <typename U>
    constexpr UninitializedAllocator(const UninitializedAllocator<U>&) noexcept {}

    [[nodiscard]] constexpr T* allocate(std::size_t count) {
        return std::allocator<T>{}.allocate(count);
    }

    constexpr void deallocate(T* elements, std::size_t count) noexcept {
        std::allocator<T>{}.deallocate(elements, count);
    }

    /// Default-initialises: for a byte, does nothing.
    template <typename U>
    void construct(U* element) noexcept(std::is_nothrow_default_constructible_v<U>) {
        ::new (static_cast<void*>(element)) U;
    }

    template <typename U>
    friend constexpr bool operator==(const UninitializedAllocator&,
                                     const UninitializedAllocator<U>&) noexcept {
        return true;
    }
};

/// Bytes that are owned. `resize` leaves the new ones uninitialised.
using Bytes = std::vector<std::byte, UninitializedAllocator<std::byte>>;

/// Bytes that belong to somebody else, to read.
using BytesView = std::span<const std::byte>;

/// Bytes that belong to somebody else, to read and to change.
using MutableBytesView = std::span<std::byte>;

/// The bytes of a text; valid as long as the text.
[[nodiscard]] inline BytesView as_bytes(std::string_view text) noexcept {
    return std::as_bytes(std::span{text});
}

/// The same bytes seen as characters, without any check; valid as long as the bytes.
[[nodiscard]] inline std::string_view as_text(BytesView bytes) noexcept {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

}  // namespace wsproto

#endif
