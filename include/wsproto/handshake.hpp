// The opening handshake over HTTP/1.1, either end of it. RFC 6455 §4.
//
// What is read and sent stands in detail/, a file for each end. Frames are not known here: what
// follows the handshake is kept for the connection.
#ifndef WSPROTO_HANDSHAKE_HPP
#define WSPROTO_HANDSHAKE_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/attempt.hpp>
#include <wsproto/detail/client_handshake.hpp>
#include <wsproto/detail/endpoint.hpp>
#include <wsproto/detail/handshake_core.hpp>
#include <wsproto/detail/input_buffer.hpp>
#include <wsproto/detail/server_handshake.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/errors.hpp>
#include <wsproto/events.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/headers.hpp>
#include <wsproto/options.hpp>
#include <wsproto/outgoing_frame.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace wsproto {

namespace detail {

using HandshakeEnd = std::variant<ClientHandshake, ServerHandshake>;

/// What `std::visit` does, at a fraction of what that costs to compile.
template <typename End, typename Visit>
auto at_end(End& end, Visit visit) {
    auto* const client = std::get_if<ClientHandshake>(&end);
    return client != nullptr ? visit(*client) : visit(*std::get_if<ServerHandshake>(&end));
}

}  // namespace detail

/// One end of an opening handshake. RFC 6455 §4.
///
/// Feed it with `receive_data`, drain `events()`, write what `send` returns. It is done once
/// `state()` is `Open`; `WSConnection` goes on with a `Connection`. Not thread-safe; movable: its
/// ranges end, what was moved from is closed.
class H11Handshake : public detail::Endpoint<H11Handshake> {
  public:
    /// `role` is ours. Options out of range are reported by the first `send` or `events`.
    explicit H11Handshake(ConnectionType role, const Options& options = {})
        : end_{make_end(role, options)} {
        set_limits(options.limits);
    }

    [[nodiscard]] ConnectionState state() const noexcept { return core_.state; }

    /// Takes a copy of what the transport has received.
    void receive_data(BytesView data) {
        if (accepts(data)) {
            core_.input.append(data);
            core_.received = true;
        }
    }

    /// Borrows what the transport has received.
    ///
    /// The caller keeps `data` alive and untouched until `events()` was iterated; what is not
    /// consumed when that range ends is copied. `slack`: how many bytes behind it exist, and may be
    /// read and rewritten unchanged; 64 let the last frame take the fastest path.
    void receive_data_in_place(MutableBytesView data, std::size_t slack = 0) {
        if (accepts(data)) {
            core_.input.lend(data, slack);
            core_.received = true;
        }
    }

    /// The transport has ended: nothing more can be received.
    void receive_eof() noexcept { core_.ended = true; }

#ifdef __cpp_exceptions
    /// A server's request that someone else has parsed; it, or what is wrong with it, comes out of
    /// `events()`.
    ///
    /// Throws `LocalProtocolError` on a client, a second time, or after any received byte.
    void initiate_upgrade_connection(const Headers& headers, std::string_view target) {
        if (const Error error = initiate(headers, target); error != Error::None) {
            throw LocalProtocolError{error, std::string{message(error)}};
        }
    }
#endif

    /// The same; where that would throw, `ec` is set.
    void initiate_upgrade_connection(const Headers& headers, std::string_view target,
                                     std::error_code& ec) {
        ec = initiate(headers, target);
    }

    /// After the peer's mistake: a server's RejectConnection to send, while it may be sent.
    [[nodiscard]] std::optional<Event> event_hint() const {
        return detail::at_end(end_, [this](const auto& end) { return end.hint(core_); });
    }

    /// A request whose head was complete but no WebSocket handshake; else everything is empty.
    [[nodiscard]] RefusedRequest refused_request() const {
        return detail::at_end(
            end_, [](const auto& end) -> RefusedRequest { return end.refused_request(); });
    }

    /// Holds from the next byte on.
    void set_limits(const Limits& limits) noexcept {
        const bool valid = limits.chunk_size >= min_chunk_size;
        options_error_ = valid ? Error::None : Error::OptionsOutOfRange;
        core_.head_limits = {.size = limits.handshake_size, .fields = limits.handshake_headers};
        core_.early_data_limit = limits.early_data;
    }

    /// Whether it is now this side's turn to close the transport, once all bytes are written.
    [[nodiscard]] bool should_close_transport() const noexcept {
        return core_.state == ConnectionState::Closed;
    }

    /// What the last `events()` complained about: the options, or the peer.
    [[nodiscard]] Error error() const noexcept {
        return options_error_ != Error::None ? options_error_ : core_.error;
    }

    /// The last complaint about the peer, with what it complains about.
    [[nodiscard]] std::string error_message() const {
        std::string text{message(core_.error)};
        return core_.culprit.empty() ? text : text + ' ' + core_.culprit;
    }

    /// Makes the next event in `slot`; what `EventRange` is advanced with.
    [[nodiscard]] Progress next_event(Event& slot) {
        if (options_error_ != Error::None) {
            return Progress::Failed;
        }
        if (std::exchange(stepping_, true)) {  // memory lacked in the middle of the last step
            stepping_ = false;
            core_.stop(ConnectionState::Closed);
            detail::throw_bad_alloc();
        }
        const Progress progress = advance(slot);
        stepping_ = false;
        return progress;
    }

    /// Copies what is left of a borrowed buffer; called when a range ends.
    void release_input() noexcept {
        if (!detail::attempt([this] { core_.input.release(); })) {
            core_.stop(ConnectionState::Closed);  // lest an accept goes on with what was lent
            stepping_ = true;
        }
    }

    /// Once open: the extensions agreed on, in the order of the response header.
    [[nodiscard]] Extensions take_extensions() noexcept {
        return std::move(core_.agreed);
    }

    /// Once open: what was received behind the handshake.
    [[nodiscard]] detail::InputBuffer take_input() noexcept {
        return std::move(core_.input);
    }

    /// Whether `receive_eof` was called.
    [[nodiscard]] bool transport_ended() const noexcept {
        return core_.ended;
    }

  private:
    friend detail::Endpoint<H11Handshake>;

    using End = detail::HandshakeEnd;

    static End make_end(ConnectionType role, const Options& options) {
        return role == ConnectionType::Client
                   ? End{std::in_place_type<detail::ClientHandshake>, options.random}
                   : End{std::in_place_type<detail::ServerHandshake>};
    }

    Progress step(Event& slot) override {
        return next_event(slot);
    }
    void release() noexcept override {
        release_input();
    }
    [[nodiscard]] Error step_error() const noexcept override {
        return error();
    }

    [[nodiscard]] bool accepts(BytesView data) const noexcept {
        return core_.listens() && !core_.ended && !data.empty();
    }

    Progress advance(Event& slot) {
        if (!core_.listens()) {
            return core_.rest();
        }
        if (core_.state == ConnectionState::Open) {
            return Progress::NeedMore;
        }
        return detail::at_end(end_, [&](auto& end) { return end.advance(core_, slot); });
    }

    Error initiate(const Headers& headers, std::string_view target) {
        return detail::at_end(end_,
                              [&](auto& end) { return end.initiate(core_, headers, target); });
    }

    template <typename E>
    Error try_send(const E& event, Bytes& out) {
        if (options_error_ != Error::None) {
            return options_error_;
        }
        return detail::at_end(end_, [&](auto& end) { return end.try_send(core_, event, out); });
    }

    template <typename M>
    Error try_send_gather(const M&, OutgoingFrame&, Bytes&) const noexcept {
        return options_error_ != Error::None ? options_error_ : Error::EventNotAllowed;
    }

    detail::HandshakeCore core_{};
    End end_;
    Error options_error_ = Error::None;
    bool stepping_ = false;
};

}  // namespace wsproto

#endif
