// The events: what a peer did, and what to tell it. Aggregates; the ones a client sends are the
// ones a server receives. Views in a received event live until the range is advanced or the
// connection is fed.
#ifndef WSPROTO_EVENTS_HPP
#define WSPROTO_EVENTS_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/close_reason.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/headers.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace wsproto {

/// The opening request. A client sends it once; a server answers with `AcceptConnection` or
/// `RejectConnection`. RFC 6455 §4.1.
struct Request {
    std::string host{};                       ///< ASCII, as in the Host header; no IDNA inside.
    std::string target{};                     ///< Path and query, "/chat?room=1".
    Extensions extensions{};                  ///< Sent: offered in this order. Received: empty.
    std::vector<std::string> subprotocols{};  ///< In the client's order of preference.
    Headers extra_headers{};                  ///< Received: names in lower case, order kept.
    std::vector<std::string>
        offered_extensions{};  ///< Received: one string an offer. Sent: ignored.
};

/// The agreement to a `Request`. RFC 6455 §4.2.2.
struct AcceptConnection {
    std::optional<std::string> subprotocol{};  ///< One that was offered, or none.
    Extensions extensions{};                   ///< Sent: supported ones. Received: those agreed on.
    Headers extra_headers{};                   ///< Received: names in lower case, order kept.
};

/// The refusal of a `Request`, an HTTP response. RFC 6455 §4.2.2.
///
/// A received one always has a body, maybe empty; `RejectData` follows.
struct RejectConnection {
    unsigned status_code = 400;  ///< 200 to 599.
    Headers headers{};           ///< Content-Length, with a body, is enforced to the byte.
    bool has_body = false;       ///< Sent: `RejectData` follows.
};

/// A piece of a rejection's body.
struct RejectData {
    BytesView data{};
    bool body_finished = true;  ///< The last piece, which may be empty.
};

/// A message, a frame of one, or a piece of that. RFC 6455 §5.4.
template <typename Data>
struct Message {
    Data data{};  ///< Text is valid UTF-8 and never cut inside a code point.
    bool frame_finished =
        true;  ///< Received: the frame ends here. Sent: ignored, one call is one frame.
    bool message_finished = true;  ///< The message ends here.
    bool compress = true;  ///< Sent: false keeps permessage-deflate away. Read at its first frame.
};

using TextMessage = Message<std::string_view>;
using BytesMessage = Message<BytesView>;

/// The answer to a `Ping`, or a heartbeat of its own. RFC 6455 §5.5.3.
struct Pong {
    BytesView payload{};  ///< At most 125 bytes.
};

/// A request for a `Pong`. RFC 6455 §5.5.2.
///
/// Nothing is answered automatically: send `response()` as soon as practical.
struct Ping {
    BytesView payload{};  ///< At most 125 bytes.

    [[nodiscard]] Pong response() const noexcept { return {.payload = payload}; }
};

/// The beginning or the end of the closing handshake. RFC 6455 §5.5.1, §7.
///
/// Received in state `Open` it asks for an answer: send `response()`. Code 1006 says that the
/// transport ended without one, and asks for nothing.
struct CloseConnection {
    CloseReason code = CloseReason::NormalClosure;  ///< `NoStatusRcvd`: no code on the wire.
    std::string reason{};                           ///< UTF-8; sent, it is cut to 123 bytes.

    [[nodiscard]] CloseConnection response() const { return *this; }
};

using Event = std::variant<Request, AcceptConnection, RejectConnection, RejectData, CloseConnection,
                           TextMessage, BytesMessage, Ping, Pong>;

/// Makes one visitor of several lambdas: `std::visit(overloaded{…}, event)`.
template <typename... Visitors>
struct overloaded : Visitors... {
    using Visitors::operator()...;
};
template <typename... Visitors>
overloaded(Visitors...) -> overloaded<Visitors...>;

namespace detail {

/// The name of an event, for complaints: never its payload.
constexpr std::string_view event_name(const Request&) noexcept {
    return "Request";
}
constexpr std::string_view event_name(const AcceptConnection&) noexcept {
    return "AcceptConnection";
}
constexpr std::string_view event_name(const RejectConnection&) noexcept {
    return "RejectConnection";
}
constexpr std::string_view event_name(const RejectData&) noexcept {
    return "RejectData";
}
constexpr std::string_view event_name(const CloseConnection&) noexcept {
    return "CloseConnection";
}
constexpr std::string_view event_name(const TextMessage&) noexcept {
    return "TextMessage";
}
constexpr std::string_view event_name(const BytesMessage&) noexcept {
    return "BytesMessage";
}
constexpr std::string_view event_name(const Ping&) noexcept {
    return "Ping";
}
constexpr std::string_view event_name(const Pong&) noexcept {
    return "Pong";
}

}  // namespace detail
}  // namespace wsproto

#endif
