// The body of a Close frame: a code and a reason, or nothing. RFC 6455 §5.5.1, §7.4.
#ifndef WSPROTO_DETAIL_CLOSE_PAYLOAD_HPP
#define WSPROTO_DETAIL_CLOSE_PAYLOAD_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/close_reason.hpp>
#include <wsproto/detail/utf8.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/frame.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>

namespace wsproto::detail {

inline constexpr std::size_t max_close_reason = max_control_payload - 2;

struct ClosePayload {
    CloseReason code = CloseReason::NoStatusRcvd;
    BytesView reason{};
    Error error = Error::None;
};

constexpr Error check_received_code(CloseReason code) noexcept {
    const auto value = static_cast<unsigned>(code);
    if (value < 1000 || value > 4999) {
        return Error::CloseInvalidCode;
    }
    if (code == CloseReason::NoStatusRcvd || code == CloseReason::AbnormalClosure ||
        code == CloseReason::TlsHandshakeFailed) {
        return Error::CloseLocalOnlyCode;
    }
    return is_valid_on_wire(code) ? Error::None : Error::CloseReservedCode;
}

constexpr ClosePayload parse_close(BytesView payload) noexcept {
    if (payload.empty()) {
        return {};
    }
    if (payload.size() == 1) {
        return {.error = Error::CloseOneByte};
    }
    const auto code = static_cast<CloseReason>(std::to_integer<unsigned>(payload[0]) << 8 |
                                               std::to_integer<unsigned>(payload[1]));
    ClosePayload close{.code = code, .reason = payload.subspan(2)};
    close.error = check_received_code(code);
    if (close.error == Error::None && !is_valid_utf8(close.reason)) {
        close.error = Error::CloseReasonInvalidUtf8;
    }
    return close;
}

/// A Close payload to send.
struct EncodedClose {
    std::array<std::byte, max_control_payload> bytes{};
    std::size_t size = 0;
    Error error = Error::None;

    [[nodiscard]] constexpr BytesView view() const& noexcept { return {bytes.data(), size}; }
    void view() const&& = delete;
};

/// Cuts the reason to what fits, at a code point.
inline EncodedClose encode_close(CloseReason code, std::string_view reason) noexcept {
    EncodedClose out{};
    if (code == CloseReason::NoStatusRcvd) {
        out.error = reason.empty() ? Error::None : Error::ReasonWithoutCode;
        return out;
    }
    if (!is_valid_on_wire(code)) {
        out.error = Error::BadCloseCode;
        return out;
    }
    if (!is_valid_utf8(as_bytes(reason))) {
        out.error = Error::ReasonNotUtf8;
        return out;
    }
    const auto value = static_cast<unsigned>(code);
    out.bytes[0] = static_cast<std::byte>(value >> 8);
    out.bytes[1] = static_cast<std::byte>(value & 0xFF);
    const BytesView cut =
        as_bytes(reason.substr(0, utf8_truncated_length(reason, max_close_reason)));
    std::copy(cut.begin(), cut.end(), out.bytes.begin() + 2);
    out.size = 2 + cut.size();
    return out;
}

}  // namespace wsproto::detail

#endif
