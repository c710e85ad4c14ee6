// The opening handshake and the connection that comes of it, as one object. Each half does its own
// work; this one only hands over from the first to the second.
#ifndef WSPROTO_WS_CONNECTION_HPP
#define WSPROTO_WS_CONNECTION_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/connection.hpp>
#include <wsproto/connection_state.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/detail/endpoint.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/errors.hpp>
#include <wsproto/event_range.hpp>
#include <wsproto/events.hpp>
#include <wsproto/frame.hpp>
#include <wsproto/handshake.hpp>
#include <wsproto/headers.hpp>
#include <wsproto/options.hpp>
#include <wsproto/outgoing_frame.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace wsproto {

/// One end of a WebSocket, from the HTTP/1.1 request on. RFC 6455.
///
/// Feed it with `receive_data`, drain `events()`, write what `send` returns. It is not thread-safe;
/// distinct connections are independent. Movable: its ranges end, what was moved from is closed.
/// Moved onto itself, one that is open is closed.
class WSConnection : public detail::Endpoint<WSConnection> {
  public:
    /// `role` is ours. Options out of range are reported by the first `send` or `events`.
    explicit WSConnection(ConnectionType role, Options options = {})
        : opening_{std::make_unique<Opening>(role, std::move(options))} {}

    [[nodiscard]] ConnectionState state() const noexcept {
        if (connection_) {
            return connection_->state();
        }
        return opening_ ? opening_->handshake.state() : ConnectionState::Closed;
    }

    /// Takes a copy of what the transport has received. `bad_alloc`: nothing was taken.
    void receive_data(BytesView data) {
        with_current([&](auto& current) { current.receive_data(data); });
    }

    /// Borrows what the transport has received, and unmasks inside it; events view it.
    ///
    /// The caller keeps `data` alive and untouched until `events()` was iterated; what is not
    /// consumed when that range ends is copied. `slack`: how many bytes behind it exist, and may be
    /// read and rewritten unchanged; 64 let the last frame take the fastest path.
    void receive_data_in_place(MutableBytesView data, std::size_t slack = 0) {
        with_current([&](auto& current) { current.receive_data_in_place(data, slack); });
    }

    /// The transport has ended: nothing more can be received.
    void receive_eof() {
        with_current([](auto& current) { current.receive_eof(); });
    }

#ifdef __cpp_exceptions
    /// A server's request that someone else has parsed; it, or what is wrong with it, comes out of
    /// `events()`.
    ///
    /// Throws `LocalProtocolError` on a client, a second time, or after any received byte.
    void initiate_upgrade_connection(const Headers& headers, std::string_view target) {
        std::error_code ec;
        initiate_upgrade_connection(headers, target, ec);
        if (ec) {
            throw LocalProtocolError{to_error(ec), ec.message()};
        }
    }
#endif

    /// The same; where that would throw, `ec` is set.
    void initiate_upgrade_connection(const Headers& headers, std::string_view target,
                                     std::error_code& ec) {
        ec = Error::UpgradeTooLate;
        if (opening_) {
            opening_->handshake.initiate_upgrade_connection(headers, target, ec);
        }
    }

    /// The Pong or CloseConnection that is owed for `event`, if any. Its payload is that of
    /// `event`.
    [[nodiscard]] std::optional<Event> response_to(const Event& event) const {
        return connection_ ? connection_->response_to(event) : std::nullopt;
    }

    /// What to send after the peer's mistake, while it may be sent: a CloseConnection once open, a
    /// RejectConnection on a server's handshake.
    [[nodiscard]] std::optional<Event> event_hint() const {
        if (connection_) {
            return connection_->event_hint();
        }
        return opening_ ? opening_->handshake.event_hint() : std::nullopt;
    }

    /// A request whose head was complete but no WebSocket handshake; else everything is empty.
    [[nodiscard]] RefusedRequest refused_request() const {
        return opening_ ? opening_->handshake.refused_request() : RefusedRequest{};
    }

    /// Holds from the next frame, or head, on.
    void set_limits(const Limits& limits) {
        if (opening_) {
            opening_->options.limits = limits;
        }
        with_current([&](auto& current) { current.set_limits(limits); });
    }

    /// Whether it is now this side's turn to close the transport, once all bytes are written.
    ///
    /// After a clean closing handshake the server closes first (RFC 6455 §7.1.1).
    [[nodiscard]] bool should_close_transport() const noexcept {
        if (connection_) {
            return connection_->should_close_transport();
        }
        return !opening_ || opening_->handshake.should_close_transport();
    }

    /// What the last `events()` complained about: the options, or the peer.
    [[nodiscard]] Error error() const noexcept {
        if (connection_) {
            return connection_->error();
        }
        return opening_ ? opening_->handshake.error() : Error::None;
    }

    /// The last complaint about the peer, with what it complains about.
    [[nodiscard]] std::string error_message() const {
        if (connection_) {
            return connection_->error_message();
        }
        return opening_ ? opening_->handshake.error_message() : std::string{message(Error::None)};
    }

  private:
    friend detail::Endpoint<WSConnection>;

    // What is needed until the connection is open; then its memory is returned.
    struct Opening {
        Opening(ConnectionType own_role, Options own_options)
            : role{own_role}, options{std::move(own_options)}, handshake{role, options} {}

        ConnectionType role;
        Options options;
        H11Handshake handshake;
    };

    static Error to_error(const std::error_code& ec) noexcept {
        return static_cast<Error>(ec.value());
    }

    template <typename Action>
    void with_current(Action action) {
        if (connection_) {
            action(*connection_);
        } else if (opening_) {
            action(opening_->handshake);
        }
    }

    // Once open, without a detour.
    [[nodiscard]] detail::EventSource& source() noexcept {
        if (!connection_) {
            return *this;
        }
        end_range();
        return *connection_;
    }

    Progress step(Event& slot) override {
        if (connection_) {
            return connection_->next_event(slot);
        }
        if (!opening_) {
            return Progress::NeedMore;
        }
        const Progress progress = opening_->handshake.next_event(slot);
        open_when_agreed();
        return progress;
    }

    void release() noexcept override {
        with_current([](auto& current) { current.release_input(); });
    }

    [[nodiscard]] Error step_error() const noexcept override {
        return error();
    }

    template <typename E>
    Error try_send(const E& event, Bytes& out) {
        if (connection_) {
            return connection_->try_send(event, out);
        }
        return opening_ ? try_send_opening(event, out) : Error::EventNotAllowed;
    }

    template <typename E>
    Error try_send_opening(const E& event, Bytes& out) {
        detail::Appending appending{out};
        std::error_code ec;
        opening_->handshake.send(event, out, ec);
        open_when_agreed();
        appending.keep();
        return to_error(ec);
    }

    template <typename M>
    Error try_send_gather(const M& message, OutgoingFrame& frame, Bytes& scratch) {
        if (connection_) {
            return connection_->try_send_gather(message, frame, scratch);
        }
        std::error_code ec = Error::EventNotAllowed;
        if (opening_) {
            frame = opening_->handshake.send_gather(message, scratch, ec);
        }
        return to_error(ec);
    }

    void open_when_agreed() {
        if (!opening_ || opening_->handshake.state() != ConnectionState::Open) {
            return;
        }
        // Ends here in any case: without memory for the connection, all is closed.
        const auto opening = std::move(opening_);
        H11Handshake& handshake = opening->handshake;
        connection_.emplace(opening->role, handshake.take_extensions(), handshake.take_input(),
                            opening->options);
        if (handshake.transport_ended()) {
            connection_->receive_eof();
        }
    }

    std::unique_ptr<Opening> opening_;
    std::optional<Connection> connection_{};
};

}  // namespace wsproto

#endif
