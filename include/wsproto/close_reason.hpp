// The status codes of a Close frame. RFC 6455 §7.4 and the IANA registry it set up.
//
// The enumerators are the registered codes; which state a connection is in when one may be sent is
// not known here.
#ifndef WSPROTO_CLOSE_REASON_HPP
#define WSPROTO_CLOSE_REASON_HPP

#include <cstdint>

namespace wsproto {

/// Why a connection was closed. Every 16-bit value is representable: `CloseReason{4000}`.
enum class CloseReason : std::uint16_t {
    NormalClosure = 1000,            ///< The purpose has been fulfilled. RFC 6455 §7.4.1.
    GoingAway = 1001,                ///< A server goes down, or a page is left. §7.4.1.
    ProtocolError = 1002,            ///< The peer broke the protocol. §7.4.1.
    UnsupportedData = 1003,          ///< Data of a type that cannot be accepted. §7.4.1.
    NoStatusRcvd = 1005,             ///< Never sent: the Close frame had no code. §7.4.1.
    AbnormalClosure = 1006,          ///< Never sent: there was no Close frame. §7.4.1.
    InvalidFramePayloadData = 1007,  ///< Text that is not UTF-8, say. §7.4.1.
    PolicyViolation = 1008,          ///< Against a policy that is not told. §7.4.1.
    MessageTooBig = 1009,            ///< A message too big to process. §7.4.1.
    MandatoryExt = 1010,             ///< A client missed an extension in the answer. §7.4.1.
    InternalError = 1011,            ///< A server met an unexpected condition. Erratum 3227.
    ServiceRestart = 1012,           ///< The service restarts; come back later. IANA.
    TryAgainLater = 1013,            ///< The service is overloaded. IANA.
    BadGateway = 1014,               ///< A gateway got an invalid answer from behind it. IANA.
    TlsHandshakeFailed = 1015,       ///< Never sent: TLS failed. RFC 6455 §7.4.1.
};

/// Whether a Close frame may carry this code. RFC 6455 §7.4.1, §7.4.2, and the registry.
[[nodiscard]] constexpr bool is_valid_on_wire(CloseReason reason) noexcept {
    const auto code = static_cast<std::uint16_t>(reason);
    const bool defined = code >= 1000 && code <= 1014;
    const bool reserved = code >= 1004 && code <= 1006;
    const bool for_applications = code >= 3000 && code <= 4999;
    return (defined && !reserved) || for_applications;
}

}  // namespace wsproto

#endif
