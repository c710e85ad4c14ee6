// The SHA-1 that answers a client's nonce. RFC 6455 §4.2.2, item 5.4.
//
// With a nonce of the legal size the message has 60 bytes, and its second block holds nothing but
// padding: its words for all rounds are a table. Base64 is not known here.
#ifndef WSPROTO_DETAIL_ACCEPT_DIGEST_HPP
#define WSPROTO_DETAIL_ACCEPT_DIGEST_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/cpu.hpp>
#include <wsproto/detail/sha1.hpp>
#include <wsproto/detail/sha1_ni.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

namespace wsproto::detail {

/// What is appended to every nonce. RFC 6455 §1.3.
inline constexpr std::string_view accept_guid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

inline constexpr std::size_t accept_nonce_size = 24;

using AcceptBlock = std::array<std::byte, sha1_block_size>;

/// The first block: the message, and the one bit that ends it.
[[nodiscard]] inline AcceptBlock accept_block(
    std::span<const char, accept_nonce_size> nonce) noexcept {
    AcceptBlock block{};
    std::memcpy(block.data(), nonce.data(), nonce.size());
    std::memcpy(block.data() + nonce.size(), accept_guid.data(), accept_guid.size());
    block[nonce.size() + accept_guid.size()] = std::byte{0x80};
    return block;
}

/// The second block: the size of the message in bits.
inline constexpr Sha1Schedule accept_padding = [] {
    constexpr std::uint64_t size = accept_nonce_size + accept_guid.size();
    AcceptBlock block{};
    store_big_endian(&block[sha1_block_size - 8], size * 8);
    return sha1_schedule(block);
}();

[[nodiscard]] constexpr Sha1State accept_hash_portable(const AcceptBlock& block) noexcept {
    Sha1State hash = sha1_initial;
    sha1_add_block(hash, block);
    sha1_add_schedule(hash, accept_padding);
    return hash;
}

[[nodiscard]] inline Sha1State accept_hash(const AcceptBlock& block) noexcept {
#if WSPROTO_DETAIL_X86_64
    if (has_sha()) {
        return sha1_two_blocks_ni(block, accept_padding);
    }
#endif
    return accept_hash_portable(block);
}

/// The digest of a nonce, legal or not, and the GUID.
[[nodiscard]] inline Sha1Digest accept_digest(std::string_view nonce) {
    if (nonce.size() == accept_nonce_size) {
        const std::span characters{nonce};
        return sha1_digest(accept_hash(accept_block(characters.first<accept_nonce_size>())));
    }
    std::string message{nonce};
    message += accept_guid;
    return sha1(as_bytes(message));
}

}  // namespace wsproto::detail

#endif
