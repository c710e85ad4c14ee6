// The proof that a server understood an opening handshake: the client's nonce, and the token that
// answers it. RFC 6455 §1.3, §4.1, §4.2.2.
//
// The header fields that carry them are not known here.
#ifndef WSPROTO_ACCEPT_TOKEN_HPP
#define WSPROTO_ACCEPT_TOKEN_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/accept_digest.hpp>
#include <wsproto/detail/base64.hpp>
#include <wsproto/random.hpp>

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

namespace wsproto {

/// A fresh Sec-WebSocket-Key: 16 random bytes in base64. RFC 6455 §4.1, item 7.
[[nodiscard]] inline std::string generate_nonce(const RandomSource& random = {}) {
    std::array<std::byte, 16> bytes{};
    random(bytes);
    return detail::base64_string(bytes);
}

/// The Sec-WebSocket-Accept that answers a Sec-WebSocket-Key. RFC 6455 §4.2.2, item 5.4.
///
/// The nonce is taken as it is; whether it is a legal one is not checked.
[[nodiscard]] inline std::string generate_accept_token(std::string_view nonce) {
    return detail::base64_string(detail::accept_digest(nonce));
}

}  // namespace wsproto

#endif
