// An open WebSocket: messages, pings and the closing handshake, as events. It begins where a
// handshake has ended, whether over HTTP/1.1, 2 or 3, and knows none of them.
#ifndef WSPROTO_CONNECTION_HPP
#define WSPROTO_CONNECTION_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/close_reason.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/attempt.hpp>
#include <wsproto/detail/endpoint.hpp>
#include <wsproto/detail/extension_stack.hpp>
#include <wsproto/detail/frame_event.hpp>
#include <wsproto/detail/input_buffer.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/errors.hpp>
#include <wsproto/events.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/frame_protocol.hpp>
#include <wsproto/options.hpp>
#include <wsproto/outgoing_frame.hpp>

#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <variant>

namespace wsproto {

/// One end of an open WebSocket. RFC 6455 §5 to §7.
///
/// Feed it with `receive_data`, drain `events()`, write what `send` returns. It is not thread-safe;
/// distinct connections are independent. Movable: its ranges end, and what was moved from is
/// closed, also onto itself.
class Connection : public detail::Endpoint<Connection> {
  public:
    /// Uses the `extensions` that a handshake has enabled; `trailing_data` came behind it.
    explicit Connection(ConnectionType role, const Extensions& extensions = {},
                        BytesView trailing_data = {}, const Options& options = {})
        : protocol_{role, extensions, options} {
        receive_data(trailing_data);
        // The last step: without memory for the others, the extensions are still free.
        extensions_error_ = detail::attach_extensions(extensions);
    }

    /// Continues a handshake whose extensions are attached and whose input is half read.
    ///
    /// A template, so that `{}` means no trailing data.
    template <std::same_as<detail::InputBuffer> Input>
    Connection(ConnectionType role, const Extensions& extensions, Input input,
               const Options& options)
        : input_{std::move(input)}, protocol_{role, extensions, options} {}

    [[nodiscard]] ConnectionState state() const noexcept { return state_; }

    /// Takes a copy of what the transport has received. `bad_alloc`: nothing was taken.
    void receive_data(BytesView data) {
        if (accepts_input()) {
            protocol_.keep_input();
            input_.append(data);
        }
    }

    /// Borrows what the transport has received, and unmasks inside it; events view it.
    ///
    /// The caller keeps `data` alive and untouched until `events()` was iterated; what is not
    /// consumed when that range ends is copied. `slack`: how many bytes behind it exist, and may be
    /// read and rewritten unchanged; 64 let the last frame take the fastest path.
    void receive_data_in_place(MutableBytesView data, std::size_t slack = 0) {
        if (accepts_input()) {
            protocol_.keep_input();
            input_.lend(data, slack);
        }
    }

    /// The transport has ended: nothing more can be received.
    void receive_eof() noexcept {
        ended_ = true;
        settled_ = false;
    }

    /// The Pong or CloseConnection that is owed for `event`, if any. Its payload is that of
    /// `event`.
    [[nodiscard]] std::optional<Event> response_to(const Event& event) const {
        const auto* const ping = std::get_if<Ping>(&event);
        if (ping != nullptr && detail::next_state(state_, detail::Action::SendPingOrPong)) {
            return ping->response();
        }
        const auto* const close = std::get_if<CloseConnection>(&event);
        if (close != nullptr && state_ == ConnectionState::RemoteClosing) {
            return close->response();
        }
        return std::nullopt;
    }

    /// After the peer's mistake: the CloseConnection to send, while it may be sent.
    [[nodiscard]] std::optional<Event> event_hint() const {
        if (error_ == Error::None || state_ != ConnectionState::RemoteClosing) {
            return std::nullopt;
        }
        return CloseConnection{.code = close_code(error_), .reason = error_message()};
    }

    /// Holds from the next frame on.
    void set_limits(const Limits& limits) noexcept {
        protocol_.set_limits(limits);
        settled_ = false;
    }

    /// Whether it is now this side's turn to close the transport, once all bytes are written.
    ///
    /// After a clean closing handshake the server closes first (RFC 6455 §7.1.1).
    [[nodiscard]] bool should_close_transport() const noexcept {
        const bool waits = protocol_.role() == ConnectionType::Client && clean_ && !ended_;
        return state_ == ConnectionState::Closed && !waits;
    }

    /// What the last `events()` complained about: the options, or the peer.
    [[nodiscard]] Error error() const noexcept {
        return options_error() != Error::None ? options_error() : error_;
    }

    /// The last complaint about the peer, with what it complains about.
    [[nodiscard]] std::string error_message() const {
        return error_ == protocol_.error() ? protocol_.error_message()
                                           : std::string{message(error_)};
    }

    /// Always empty: an open connection has no request. See `RemoteProtocolError::method`.
    [[nodiscard]] RefusedRequest refused_request() const { return {}; }

    /// Makes the next event in `slot`; what `EventRange` is advanced with.
    [[nodiscard, gnu::noinline]] Progress next_event(Event& slot) {
        return settled_ && show_whole(slot) ? Progress::Ready : next_if_any(slot);
    }

    /// Copies what is left of a borrowed buffer; called when a range ends.
    void release_input() noexcept {
        const bool holds_none = input_.idle() && !protocol_.holds_input();
        if (holds_none || !detail::is_receiving(state_)) {
            return;
        }
        const bool kept = detail::attempt([this] {
            protocol_.keep_input();
            input_.release();
        });
        stepping_ = stepping_ || !kept;
        settled_ = settled_ && kept;
    }

    /// What `send` is made of: any event that cannot be sent here, and those that can.
    template <typename E>
    Error try_send(const E&, Bytes&) const noexcept {
        return options_error() != Error::None ? options_error() : Error::EventNotAllowed;
    }

    template <typename Data>
    Error try_send(const Message<Data>& event, Bytes& out) {
        return send_in_state(detail::Action::SendMessage,
                             [&] { return protocol_.send_data(outgoing(event), out); });
    }

    Error try_send(const Ping& event, Bytes& out) {
        return send_in_state(detail::Action::SendPingOrPong,
                             [&] { return protocol_.ping(event.payload, out); });
    }

    Error try_send(const Pong& event, Bytes& out) {
        return send_in_state(detail::Action::SendPingOrPong,
                             [&] { return protocol_.pong(event.payload, out); });
    }

    Error try_send(const CloseConnection& event, Bytes& out) {
        return send_in_state(detail::Action::SendClose,
                             [&] { return protocol_.close(event.code, event.reason, out); });
    }

    /// What `send_gather` is made of.
    template <typename M>
    Error try_send_gather(const M& message, OutgoingFrame& frame, Bytes& scratch) {
        return send_in_state(detail::Action::SendMessage, [&] {
            return protocol_.send_data(outgoing(message), frame, scratch);
        });
    }

  private:
    // What the caller did wrong before the first event.
    [[nodiscard]] Error options_error() const noexcept {
        const bool valid = protocol_.chunk_size() >= min_chunk_size;
        return extensions_error_ == Error::None && !valid ? Error::OptionsOutOfRange
                                                          : extensions_error_;
    }

    Progress step(Event& slot) override { return next_event(slot); }
    void release() noexcept override { release_input(); }
    [[nodiscard]] Error step_error() const noexcept override { return error(); }

    [[nodiscard]] bool accepts_input() const noexcept {
        return detail::is_receiving(state_) && !ended_ && !stepping_;
    }

    // Memory lacked in the middle of the last step, or for what was borrowed: that is lost.
    [[noreturn]] void give_up() {
        stepping_ = false;
        state_ = ConnectionState::Closed;
        input_.drop();
        detail::throw_bad_alloc();
    }

    // Whether all that came in was shown.
    [[nodiscard]] bool starves() const noexcept {
        return input_.size() == 0 && !protocol_.holds_input();
    }

    // The fast path: nothing is pending, and the next message lies whole in the input.
    [[gnu::always_inline]] bool show_whole(Event& slot) {
        Frame frame;
        if (!protocol_.next_whole(input_.front(), input_.slack(), frame)) {
            return false;
        }
        detail::show_message(frame, slot);
        return true;
    }

    // Nearly as fast: the next piece of a large message.
    bool show_piece(Event& slot) {
        Frame frame;
        const bool shown = protocol_.next_piece(input_.front(), frame);
        if (shown) {
            detail::show_message(frame, slot);
        }
        return shown;
    }

    // The end of most reads: nothing is left. Not inline, lest the fast path pay for its size.
    [[gnu::noinline]] Progress next_if_any(Event& slot) {
        return settled_ && starves() ? Progress::NeedMore : next_of_any_kind(slot);
    }

    // Nor is this, lest the end of a read pay for its size.
    [[gnu::noinline]] Progress next_of_any_kind(Event& slot) {
        if (settled_ && show_piece(slot)) {
            return Progress::Ready;
        }
        if (options_error() != Error::None) {
            return Progress::Failed;
        }
        const bool was_settled = std::exchange(settled_, accepts_input() && protocol_.settle());
        if (settled_ && !was_settled) {
            return next_event(slot);
        }
        settled_ = false;
        if (std::exchange(stepping_, true)) {
            give_up();
        }
        const Progress progress = detail::is_receiving(state_) ? receive(slot) : Progress::NeedMore;
        const bool at_end = progress == Progress::NeedMore && ended_;
        const Progress result = at_end ? finish(slot) : progress;
        stepping_ = false;
        return result;
    }

    Progress receive(Event& slot) {
        Frame frame;
        Progress progress = Progress::NeedMore;
        do {
            progress = protocol_.next(input_.front(), frame);
        } while (progress == Progress::NeedMore && input_.size() != 0);
        if (progress == Progress::Ready) {
            detail::show_frame(frame, slot);
            if (frame.opcode == Opcode::Close) {
                clean_ = state_ == ConnectionState::LocalClosing;
                move(detail::Action::ReceiveClose);
            }
        } else if (progress == Progress::Failed) {
            error_ = protocol_.error();
            move(detail::Action::ReceiveError);
        }
        return progress;
    }

    // RFC 6455 §7.1.5: without a Close from the peer, the code is 1006.
    Progress finish(Event& slot) {
        const bool tells = detail::is_receiving(state_);
        move(detail::Action::ReceiveEnd);
        if (!tells) {
            return Progress::NeedMore;
        }
        slot = CloseConnection{.code = CloseReason::AbnormalClosure};
        return Progress::Ready;
    }

    void move(detail::Action action) noexcept {
        state_ = detail::next_state(state_, action).value_or(state_);
        if (!detail::is_receiving(state_)) {
            input_.drop();
        }
    }

    // What is sent when: the table of connection_state.hpp. The state moves once `out` has the
    // bytes.
    template <typename Encode>
    Error send_in_state(detail::Action action, Encode encode) {
        if (options_error() != Error::None) {
            return options_error();
        }
        if (!detail::next_state(state_, action)) {
            return Error::EventNotAllowed;
        }
        const Error error = encode();
        if (error == Error::None && action == detail::Action::SendClose) {
            clean_ = state_ == ConnectionState::RemoteClosing && error_ == Error::None;
            move(action);
        }
        return error;
    }

    static OutgoingMessage outgoing(const TextMessage& message) noexcept {
        return {Opcode::Text, as_bytes(message.data), message.message_finished, message.compress};
    }
    static OutgoingMessage outgoing(const BytesMessage& message) noexcept {
        return {Opcode::Binary, message.data, message.message_finished, message.compress};
    }

    Error extensions_error_ = Error::None;
    Error error_ = Error::None;
    detail::StateCell state_{ConnectionState::Open};
    bool ended_ = false;     // the transport; told once everything before it was
    bool clean_ = false;     // both Closes were exchanged, without an error of the peer's
    bool stepping_ = false;  // a step has begun and not ended; nothing more can be received
    bool settled_ = false;   // the fast path may be tried
    detail::InputBuffer input_{};
    FrameProtocol protocol_;
};

}  // namespace wsproto

#endif
