// Every complaint the library can make, as a value: `Error`, its one table of messages and wire
// codes, and its place in the `<system_error>` world. What throws them stands in errors.hpp;
// nothing here knows connections, events or who made the mistake.
#ifndef WSPROTO_ERROR_CODE_HPP
#define WSPROTO_ERROR_CODE_HPP

#include <wsproto/close_reason.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>

namespace wsproto {

/// One enumerator for every distinct complaint. `None`, the value of `Error{}`, means success.
enum class Error : std::uint8_t {
    None,

    // The caller's mistakes. Nothing was sent, nothing changed.
    EventNotAllowed,
    OptionsOutOfRange,
    BadTarget,
    BadHost,
    BadSubprotocol,
    DuplicateSubprotocol,
    UnexpectedSubprotocol,
    DuplicateExtension,
    ExtensionInUse,
    ReservedBitsShared,
    BadHeader,
    ReservedHeader,
    BadStatusCode,
    BadContentLength,
    BodyNotAllowed,
    BodyTooLong,
    BodyTooShort,
    DataTypeMismatch,
    TextNotUtf8,
    ControlPayloadTooLong,
    BadCloseCode,
    ReasonWithoutCode,
    ReasonNotUtf8,
    UpgradeByClient,
    UpgradeTooLate,
    ExtensionRefusedToSend,

    // The peer's mistakes in frames and messages: a close code each.
    InvalidOpcode,
    FragmentedControlFrame,
    UnexpectedReservedBit,
    UnexpectedContinuation,
    ExpectedContinuation,
    UnexpectedMaskedFrame,
    UnexpectedUnmaskedFrame,
    ControlFrameTooLong,
    LengthUsedTwoBytes,
    LengthUsedEightBytes,
    LengthTopBitSet,
    FrameTooBig,
    MessageTooBig,
    TooManyFragments,
    InvalidUtf8,
    CloseOneByte,
    CloseInvalidCode,
    CloseLocalOnlyCode,
    CloseReservedCode,
    CloseReasonInvalidUtf8,
    ExtensionProtocolError,
    ExtensionInvalidData,
    ExtensionStalled,
    ExtensionOverran,
    InvalidDeflateData,

    // The peer's mistakes in the opening handshake: an HTTP status each, for a server to answer
    // with.
    BadHttpMessage,
    HeadTooLarge,
    TooManyHeaders,
    MethodNotGet,
    HttpVersionNot11,
    MissingConnectionUpgrade,
    MissingVersion,
    MissingKey,
    BadKey,
    MissingUpgrade,
    MissingHost,
    RequestHasBody,
    MalformedExtensions,
    MalformedProtocol,
    TooMuchEarlyData,
    BadAcceptToken,
    UnrecognizedSubprotocol,
    UnrecognizedExtension,
    DataBeforeRequest,
    HandshakeCutShort,
};

namespace detail {

/// What the table says of an `Error`: `code` is a close code from 1000 up, an HTTP status below,
/// else 0.
struct ErrorRow {
    Error error;
    std::uint16_t code;
    std::string_view message;
};

inline constexpr std::array error_table = {
    ErrorRow{Error::None, 0, "no error"},

    ErrorRow{Error::EventNotAllowed, 0, "Event cannot be sent in this state"},
    ErrorRow{Error::OptionsOutOfRange, 0, "An option is out of its range"},
    ErrorRow{Error::BadTarget, 0, "Target must be visible ASCII and begin with '/' or a scheme"},
    ErrorRow{Error::BadHost, 0, "Host must be visible ASCII and not empty"},
    ErrorRow{Error::BadSubprotocol, 0, "Subprotocol must be a token"},
    ErrorRow{Error::DuplicateSubprotocol, 0, "Subprotocol given twice"},
    ErrorRow{Error::UnexpectedSubprotocol, 0, "unexpected subprotocol"},
    ErrorRow{Error::DuplicateExtension, 0, "Two extensions have the same name"},
    ErrorRow{Error::ExtensionInUse, 0, "Extension belongs to a connection already"},
    ErrorRow{Error::ReservedBitsShared, 0, "Two extensions claim the same reserved bit"},
    ErrorRow{Error::BadHeader, 0,
             "Header name must be a token, its value free of control characters"},
    ErrorRow{Error::ReservedHeader, 0, "Header belongs to the handshake"},
    ErrorRow{Error::BadStatusCode, 0, "Status code must be 200 to 599"},
    ErrorRow{Error::BadContentLength, 0, "Content-Length must be one decimal number"},
    ErrorRow{Error::BodyNotAllowed, 0, "A response of this status has no body"},
    ErrorRow{Error::BodyTooLong, 0, "Body is longer than its Content-Length"},
    ErrorRow{Error::BodyTooShort, 0, "Body is shorter than its Content-Length"},
    ErrorRow{Error::DataTypeMismatch, 0, "Data type mismatch inside message"},
    ErrorRow{Error::TextNotUtf8, 0, "Text must be valid UTF-8"},
    ErrorRow{Error::ControlPayloadTooLong, 0, "payload too long for control frame"},
    ErrorRow{Error::BadCloseCode, 0, "Close code must not be sent"},
    ErrorRow{Error::ReasonWithoutCode, 0, "cannot specify a reason without a code"},
    ErrorRow{Error::ReasonNotUtf8, 0, "Close reason must be valid UTF-8"},
    ErrorRow{Error::UpgradeByClient, 0,
             "Cannot initiate an upgrade connection when acting as the client"},
    ErrorRow{Error::UpgradeTooLate, 0,
             "Cannot initiate an upgrade connection after a request or received bytes"},
    ErrorRow{Error::ExtensionRefusedToSend, 0, "An extension refused the frame"},

    ErrorRow{Error::InvalidOpcode, 1002, "Invalid opcode"},
    ErrorRow{Error::FragmentedControlFrame, 1002, "Invalid attempt to fragment control frame"},
    ErrorRow{Error::UnexpectedReservedBit, 1002, "Reserved bit set unexpectedly"},
    ErrorRow{Error::UnexpectedContinuation, 1002, "unexpected CONTINUATION"},
    ErrorRow{Error::ExpectedContinuation, 1002, "expected CONTINUATION"},
    ErrorRow{Error::UnexpectedMaskedFrame, 1002, "client received unexpected masked frame"},
    ErrorRow{Error::UnexpectedUnmaskedFrame, 1002, "server received unexpected unmasked frame"},
    ErrorRow{Error::ControlFrameTooLong, 1002, "Control frame with payload len > 125"},
    ErrorRow{Error::LengthUsedTwoBytes, 1002,
             "Payload length used 2 bytes when 1 would have sufficed"},
    ErrorRow{Error::LengthUsedEightBytes, 1002,
             "Payload length used 8 bytes when 2 would have sufficed"},
    ErrorRow{Error::LengthTopBitSet, 1002, "8-byte payload length with non-zero MSB"},
    ErrorRow{Error::FrameTooBig, 1009, "Frame exceeds the size limit"},
    ErrorRow{Error::MessageTooBig, 1009, "Message exceeds the size limit"},
    ErrorRow{Error::TooManyFragments, 1008, "Message has too many fragments"},
    ErrorRow{Error::InvalidUtf8, 1007, "Text message is not valid UTF-8"},
    ErrorRow{Error::CloseOneByte, 1002, "CLOSE with 1 byte payload"},
    ErrorRow{Error::CloseInvalidCode, 1002, "CLOSE with invalid code"},
    ErrorRow{Error::CloseLocalOnlyCode, 1002, "remote CLOSE with local-only reason"},
    ErrorRow{Error::CloseReservedCode, 1002, "CLOSE with unknown reserved code"},
    ErrorRow{Error::CloseReasonInvalidUtf8, 1007, "Error decoding CLOSE reason"},
    ErrorRow{Error::ExtensionProtocolError, 1002, "error in extension"},
    ErrorRow{Error::ExtensionInvalidData, 1007, "Extension could not decode the payload"},
    ErrorRow{Error::ExtensionStalled, 1011, "Extension neither consumes nor produces"},
    ErrorRow{Error::ExtensionOverran, 1011, "Extension reports more than it was given"},
    ErrorRow{Error::InvalidDeflateData, 1007, "Compressed data is invalid"},

    ErrorRow{Error::BadHttpMessage, 400, "Bad HTTP message"},
    ErrorRow{Error::HeadTooLarge, 431, "HTTP head exceeds the size limit"},
    ErrorRow{Error::TooManyHeaders, 431, "HTTP head has too many fields"},
    ErrorRow{Error::MethodNotGet, 405, "Request method must be GET"},
    ErrorRow{Error::HttpVersionNot11, 505, "HTTP version must be 1.1"},
    ErrorRow{Error::MissingConnectionUpgrade, 400, "Missing header, 'Connection: Upgrade'"},
    ErrorRow{Error::MissingVersion, 400, "Missing header, 'Sec-WebSocket-Version'"},
    ErrorRow{Error::MissingKey, 400, "Missing header, 'Sec-WebSocket-Key'"},
    ErrorRow{Error::BadKey, 400, "Bad Sec-WebSocket-Key"},
    ErrorRow{Error::MissingUpgrade, 400, "Missing header, 'Upgrade: websocket'"},
    ErrorRow{Error::MissingHost, 400, "Missing header, 'Host'"},
    ErrorRow{Error::RequestHasBody, 400, "Request must not have a body"},
    ErrorRow{Error::MalformedExtensions, 400, "Malformed header, 'Sec-WebSocket-Extensions'"},
    ErrorRow{Error::MalformedProtocol, 400, "Malformed header, 'Sec-WebSocket-Protocol'"},
    ErrorRow{Error::TooMuchEarlyData, 400, "Too much data before the connection was accepted"},
    ErrorRow{Error::BadAcceptToken, 0, "Bad accept token"},
    ErrorRow{Error::UnrecognizedSubprotocol, 0, "unrecognized subprotocol"},
    ErrorRow{Error::UnrecognizedExtension, 0, "unrecognized extension"},
    ErrorRow{Error::DataBeforeRequest, 0, "Data received before the request was sent"},
    ErrorRow{Error::HandshakeCutShort, 0, "Transport ended inside the handshake"},
};

constexpr const ErrorRow& error_row(Error error) noexcept {
    return error_table[static_cast<std::size_t>(error)];
}

constexpr bool error_table_is_in_order() {
    for (std::size_t index = 0; index != error_table.size(); ++index) {
        if (static_cast<std::size_t>(error_table[index].error) != index) {
            return false;
        }
    }
    return error_table.back().error == Error::HandshakeCutShort;
}
static_assert(error_table_is_in_order());

}  // namespace detail

/// What is wrong, in the words of wsproto 1.3 where the complaint is the same.
constexpr std::string_view message(Error error) noexcept {
    return detail::error_row(error).message;
}

/// The close code that answers a peer's mistake in a frame or message; else `InternalError`. RFC
/// 6455 §7.4.1.
constexpr CloseReason close_code(Error error) noexcept {
    const auto code = detail::error_row(error).code;
    return code >= 1000 ? static_cast<CloseReason>(code) : CloseReason::InternalError;
}

/// The HTTP status that answers a peer's mistake in its request; 0 where there is nothing to
/// answer.
constexpr unsigned http_status(Error error) noexcept {
    const auto code = detail::error_row(error).code;
    return code < 1000 ? code : 0U;
}

/// Whether the caller, not the peer, made the mistake: it is told by a `LocalProtocolError`.
constexpr bool is_local(Error error) noexcept {
    return error > Error::None && error <= Error::ExtensionRefusedToSend;
}

namespace detail {

class ErrorCategory final : public std::error_category {
  public:
    [[nodiscard]] const char* name() const noexcept override { return "wsproto"; }
    [[nodiscard]] std::string message(int value) const override {
        const auto known = value >= 0 && static_cast<std::size_t>(value) < error_table.size();
        return known ? std::string{wsproto::message(static_cast<Error>(value))} : "unknown error";
    }
};

}  // namespace detail

/// The category of every `std::error_code` that this library makes; its name is "wsproto".
inline const std::error_category& error_category() noexcept {
    // In here, so that who includes this and uses none of it has nothing of it in his object.
    static const detail::ErrorCategory category;
    return category;
}

/// What makes an `Error` convertible to `std::error_code`.
inline std::error_code make_error_code(Error error) noexcept {
    return {static_cast<int>(error), error_category()};
}

}  // namespace wsproto

template <>
struct std::is_error_code_enum<wsproto::Error> : std::true_type {};

#endif
