// Payloads of at most 128 bytes, in one go: copied, masked, looked through for ASCII, or both.
//
// Half of the pieces that cover a payload are laid from its front, half from its back; where they
// overlap they agree, because all are read before one is written. So there are no loops, no odd
// bytes, and not a byte outside is touched. What the bytes mean is not known here.
#ifndef WSPROTO_DETAIL_SHORT_PAYLOAD_HPP
#define WSPROTO_DETAIL_SHORT_PAYLOAD_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/masking_key.hpp>
#include <wsproto/detail/pieces.hpp>

#include <cstddef>
#include <cstdint>
#include <utility>

namespace wsproto::detail {

inline constexpr std::size_t max_short_payload = 128;

template <typename Piece, typename Indices>
class Cover;

/// A payload, read: some pieces laid from its front, and as many from its back.
template <typename Piece, std::size_t... Index>
class Cover<Piece, std::index_sequence<Index...>> {
  public:
    Cover(const std::byte* in, std::size_t size) noexcept
        : front_{load<Piece>(in + Index * sizeof(Piece))...},
          back_{load<Piece>(in + size - (Index + 1) * sizeof(Piece))...},
          size_{size} {}

    void mask(MaskingKey key) noexcept {
        const auto at_front = repeat<Piece>(key);
        const auto at_back = repeat<Piece>(rotate(key, size_ - sizeof(Piece)));
        ((front_[Index] = static_cast<Piece>(front_[Index] ^ at_front)), ...);
        ((back_[Index] = static_cast<Piece>(back_[Index] ^ at_back)), ...);
    }

    [[nodiscard]] bool is_ascii() const noexcept {
        return detail::is_ascii(static_cast<Piece>(((front_[Index] | back_[Index]) | ...)));
    }

    void write(std::byte* out) const noexcept {
        (store(out + Index * sizeof(Piece), front_[Index]), ...);
        (store(out + size_ - (Index + 1) * sizeof(Piece), back_[Index]), ...);
    }

  private:
    Piece front_[sizeof...(Index)];
    Piece back_[sizeof...(Index)];
    std::size_t size_;
};

/// An empty payload, read.
struct EmptyCover {
    void mask(MaskingKey /*key*/) const noexcept {}
    [[nodiscard]] bool is_ascii() const noexcept { return true; }
    void write(std::byte* /*out*/) const noexcept {}
};

/// The cover for `Size` bytes to twice as many.
template <typename Piece, std::size_t Size = sizeof(Piece)>
using CoverFrom = Cover<Piece, std::make_index_sequence<Size / sizeof(Piece)>>;

/// Reads up to 16 bytes, and calls `then` with that and the arguments.
template <typename Then, typename... Arguments>
inline auto cover_few(const std::byte* in, std::size_t size, Then then,
                      Arguments... arguments) noexcept {
    if (size >= 8) {
        return then(CoverFrom<std::uint64_t>{in, size}, arguments...);
    }
    if (size >= 4) {
        return then(CoverFrom<std::uint32_t>{in, size}, arguments...);
    }
    if (size >= 2) {
        return then(CoverFrom<std::uint16_t>{in, size}, arguments...);
    }
    return size == 1 ? then(CoverFrom<std::uint8_t>{in, size}, arguments...)
                     : then(EmptyCover{}, arguments...);
}

/// Reads a short payload, and calls `then` with that and the arguments.
template <typename Piece, typename Then, typename... Arguments>
inline auto cover(const std::byte* in, std::size_t size, Then then,
                  Arguments... arguments) noexcept {
    if (size <= 16) {
        return cover_few(in, size, then, arguments...);
    }
    if (size <= 32) {
        return then(CoverFrom<Piece, 16>{in, size}, arguments...);
    }
    return size <= 64 ? then(CoverFrom<Piece, 32>{in, size}, arguments...)
                      : then(CoverFrom<Piece, 64>{in, size}, arguments...);
}

/// Copies `in` to `out`, which is `in` or does not overlap it.
template <typename Piece = LongestPiece>
inline void copy_short(std::byte* out, BytesView in) noexcept {
    constexpr auto copy = [](auto payload, std::byte* to) noexcept { payload.write(to); };
    cover<Piece>(in.data(), in.size(), copy, out);
}

/// Writes the masked `in` to `out`, which is `in` or does not overlap it.
template <typename Piece = LongestPiece>
inline void mask_short(std::byte* out, const std::byte* in, std::size_t size,
                       MaskingKey key) noexcept {
    constexpr auto mask = [](auto payload, std::byte* to, MaskingKey with) noexcept {
        payload.mask(with);
        payload.write(to);
    };
    cover<Piece>(in, size, mask, out, key);
}

template <typename Piece = LongestPiece>
[[nodiscard]] inline bool is_short_ascii(BytesView text) noexcept {
    constexpr auto is_ascii = [](auto payload) noexcept { return payload.is_ascii(); };
    return cover<Piece>(text.data(), text.size(), is_ascii);
}

/// Unmasks `data`; returns whether it is ASCII.
template <typename Piece = LongestPiece>
[[nodiscard]] inline bool unmask_short(MutableBytesView data, MaskingKey key) noexcept {
    constexpr auto unmask = [](auto payload, std::byte* to, MaskingKey with) noexcept {
        payload.mask(with);
        payload.write(to);
        return payload.is_ascii();
    };
    return cover<Piece>(data.data(), data.size(), unmask, data.data(), key);
}

}  // namespace wsproto::detail

#endif
