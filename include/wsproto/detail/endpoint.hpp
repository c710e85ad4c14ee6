// The public forms of sending and draining that all connection objects share: returning or
// appending, throwing or with an `std::error_code`. The one place where an `Error` becomes either.
// What may be sent when, and how it looks on the wire, is the derived class's.
#ifndef WSPROTO_DETAIL_ENDPOINT_HPP
#define WSPROTO_DETAIL_ENDPOINT_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/errors.hpp>
#include <wsproto/event_range.hpp>
#include <wsproto/events.hpp>
#include <wsproto/outgoing_frame.hpp>

#include <concepts>
#include <string>
#include <string_view>
#include <system_error>
#include <type_traits>
#include <utility>
#include <variant>

namespace wsproto::detail {

/// Any message as one of the two alternatives of `Event`; other events as they are.
template <typename E>
constexpr decltype(auto) as_event(const E& event) noexcept {
    return (event);
}
template <std::convertible_to<std::string_view> Data>
constexpr TextMessage as_event(const Message<Data>& message) noexcept {
    return {message.data, message.frame_finished, message.message_finished, message.compress};
}
template <std::convertible_to<BytesView> Data>
constexpr BytesMessage as_event(const Message<Data>& message) noexcept {
    return {message.data, message.frame_finished, message.message_finished, message.compress};
}

template <typename E, typename... Alternatives>
constexpr bool is_one_of(const std::variant<Alternatives...>*) noexcept {
    return (std::same_as<E, Alternatives> || ...);
}

/// What can be sent: any type of event, any message of text or bytes, an `Event`.
template <typename E>
concept Sendable = std::same_as<E, Event> ||
    is_one_of<std::remove_cvref_t<decltype(as_event(std::declval<const E&>()))>>(
        static_cast<const Event*>(nullptr));

/// What a message can be made of: text or bytes, owned or viewed.
template <typename Data>
concept MessageData = Sendable<Message<Data>>;

/// A message that owns its data, which ends with the message.
template <typename Data>
concept OwnedMessageData =
    MessageData<Data> && !std::is_pointer_v<Data> && !std::ranges::enable_borrowed_range<Data>;

/// The text of a `LocalProtocolError`.
template <typename E>
std::string describe(Error error, const E& event, ConnectionState state) {
    std::string text{message(error)};
    if (error == Error::EventNotAllowed) {
        text = "Event ";
        text += event_name(event);
        text += " cannot be sent in state ";
        text += to_string(state);
    } else if constexpr (std::is_same_v<E, AcceptConnection>) {
        if (error == Error::UnexpectedSubprotocol) {
            text += ' ';
            text += event.subprotocol.value_or("");
        }
    }
    return text;
}

/// `Derived` has `state`, `try_send(event, out)`, `try_send_gather`, `error_message`, `event_hint`
/// and `refused_request`.
template <typename Derived>
class Endpoint : public EventSource {
  public:
#ifdef __cpp_exceptions
    /// The bytes to write for `event`, any event type or an `Event`.
    ///
    /// Throws `LocalProtocolError` if the event is not valid in this state; then nothing has
    /// changed. `bad_alloc` changes nothing either, with two exceptions: an opening connection may
    /// be closed by it, and a message that was under way through an extension is the last one to
    /// pass that (`ExtensionRefusedToSend`).
    template <Sendable E>
    [[nodiscard]] Bytes send(const E& event) {
        Bytes out;
        send(event, out);
        return out;
    }

    /// The same, appended to `out`, which holds nothing that `event` views: no allocation once
    /// `out` has grown.
    template <Sendable E>
    void send(const E& event, Bytes& out) {
        if (const Error error = dispatch(event, out); error != Error::None) {
            throw_local(error, event);
        }
    }

    /// A message as header and payload, to hand to `writev`; both live until the arguments change.
    ///
    /// The payload views `message` where nothing has to change it, else `scratch`, which is cleared
    /// first, and holds nothing that `message` views.
    template <MessageData Data>
    [[nodiscard]] OutgoingFrame send_gather(const Message<Data>& message, Bytes& scratch) {
        OutgoingFrame frame;
        if (const Error error = self().try_send_gather(as_event(message), frame, scratch);
            error != Error::None) {
            throw_local(error, message);
        }
        return frame;
    }

    /// The frame would view a message that has ended.
    template <OwnedMessageData Data>
    OutgoingFrame send_gather(Message<Data>&& message, Bytes& scratch) = delete;

    /// What the peer did. Throws `RemoteProtocolError` while it is iterated, if the peer made a
    /// mistake.
    ///
    /// After a `bad_alloc`, out of the range or as it ended, the connection goes on or is dead:
    /// then the next range throws it once more, and the state is Closed.
    [[nodiscard]] EventRange events() {
        return EventRange{self().source()};
    }
#endif

    /// The bytes to write for `event`; none and `ec` set if it is not valid in this state.
    template <Sendable E>
    [[nodiscard]] Bytes send(const E& event, std::error_code& ec) {
        Bytes out;
        send(event, out, ec);
        return out;
    }

    template <Sendable E>
    void send(const E& event, Bytes& out, std::error_code& ec) {
        ec = dispatch(event, out);
    }

    template <MessageData Data>
    [[nodiscard]] OutgoingFrame send_gather(const Message<Data>& message, Bytes& scratch,
                                            std::error_code& ec) {
        OutgoingFrame frame;
        ec = self().try_send_gather(as_event(message), frame, scratch);
        return frame;
    }

    template <OwnedMessageData Data>
    OutgoingFrame send_gather(Message<Data>&& message, Bytes& scratch,
                              std::error_code& ec) = delete;

    /// What the peer did. A mistake of the peer's ends the range and is stored in `ec`, which
    /// outlives it.
    [[nodiscard]] EventRange events(std::error_code& ec) {
        ec.clear();
        return EventRange{self().source(), &ec};
    }

  protected:
    Endpoint() = default;

    /// What `events()` drains.
    [[nodiscard]] EventSource& source() noexcept {
        return *this;
    }

#ifdef __cpp_exceptions
    [[noreturn]] void throw_step_error() const override {
        const auto& self = static_cast<const Derived&>(*this);
        const Error error = step_error();
        if (is_local(error)) {
            throw LocalProtocolError{error, std::string{message(error)}};
        }
        throw RemoteProtocolError{error, self.error_message(), self.event_hint(),
                                  self.refused_request()};
    }
#endif

  private:
    template <typename E>
    Error dispatch(const E& event, Bytes& out) {
        if constexpr (std::is_same_v<E, Event>) {
            return std::visit([&](const auto& any) { return self().try_send(any, out); }, event);
        } else {
            return self().try_send(as_event(event), out);
        }
    }

#ifdef __cpp_exceptions
    template <typename E>
    [[noreturn]] void throw_local(Error error, const E& event) const {
        const ConnectionState state = static_cast<const Derived&>(*this).state();
        if constexpr (std::is_same_v<E, Event>) {
            throw LocalProtocolError{
                error,
                std::visit([&](const auto& any) { return describe(error, any, state); }, event)};
        } else {
            throw LocalProtocolError{error, describe(error, as_event(event), state)};
        }
    }
#endif

    [[nodiscard]] Derived& self() noexcept {
        return static_cast<Derived&>(*this);
    }
};

}  // namespace wsproto::detail

#endif
