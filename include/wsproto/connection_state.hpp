// The states of a WebSocket and the moves between them once its opening handshake is over, as one
// table. Knows neither roles nor bytes.
#ifndef WSPROTO_CONNECTION_STATE_HPP
#define WSPROTO_CONNECTION_STATE_HPP

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

namespace wsproto {

/// Which end of the connection this is.
enum class ConnectionType : std::uint8_t {
    Client = 1,  ///< Sends the request; masks what it sends.
    Server = 2,  ///< Accepts or rejects the request.
};

/// Where a connection stands. RFC 6455 §4 and §7.
enum class ConnectionState : std::uint8_t {
    Connecting,     ///< The opening handshake is in progress.
    Open,           ///< The opening handshake is complete.
    RemoteClosing,  ///< The peer's Close was received, or its mistake: one Close may be sent.
    LocalClosing,   ///< Our Close was sent; the peer's is awaited.
    Closed,         ///< Nothing more is sent or received.
    Rejecting,      ///< The handshake was rejected and the response's body is under way.
};

/// The name as it is spelled here, for messages.
constexpr std::string_view to_string(ConnectionState state) noexcept {
    constexpr std::array<std::string_view, 6> names{"Connecting",   "Open",   "RemoteClosing",
                                                    "LocalClosing", "Closed", "Rejecting"};
    return names[static_cast<std::size_t>(state)];
}

namespace detail {

enum class Action : std::uint8_t {
    SendMessage,
    SendPingOrPong,
    SendClose,
    ReceiveClose,
    ReceiveError,
    ReceiveEnd,
};

struct Transition {
    ConnectionState from;
    Action action;
    ConnectionState to;
};

// What is not listed is not allowed. A Ping that arrives while our Close is out must still
// be answered (RFC 6455 §5.5.2), so LocalClosing may send control frames but no messages.
inline constexpr std::array transitions = {
    Transition{ConnectionState::Open, Action::SendMessage, ConnectionState::Open},
    Transition{ConnectionState::Open, Action::SendPingOrPong, ConnectionState::Open},
    Transition{ConnectionState::Open, Action::SendClose, ConnectionState::LocalClosing},
    Transition{ConnectionState::Open, Action::ReceiveClose, ConnectionState::RemoteClosing},
    Transition{ConnectionState::Open, Action::ReceiveError, ConnectionState::RemoteClosing},
    Transition{ConnectionState::Open, Action::ReceiveEnd, ConnectionState::Closed},
    Transition{ConnectionState::LocalClosing, Action::SendPingOrPong,
               ConnectionState::LocalClosing},
    Transition{ConnectionState::LocalClosing, Action::ReceiveClose, ConnectionState::Closed},
    Transition{ConnectionState::LocalClosing, Action::ReceiveError, ConnectionState::Closed},
    Transition{ConnectionState::LocalClosing, Action::ReceiveEnd, ConnectionState::Closed},
    Transition{ConnectionState::RemoteClosing, Action::SendClose, ConnectionState::Closed},
    Transition{ConnectionState::RemoteClosing, Action::ReceiveEnd, ConnectionState::Closed},
};

// The same, to be looked up by state and action: the next state plus one, or 0 for nothing.
inline constexpr auto transition_grid = [] {
    std::array<std::array<std::uint8_t, 6>, 6> grid{};
    for (const Transition& transition : transitions) {
        grid[static_cast<std::size_t>(transition.from)]
            [static_cast<std::size_t>(transition.action)] =
                static_cast<std::uint8_t>(static_cast<unsigned>(transition.to) + 1);
    }
    return grid;
}();

constexpr std::optional<ConnectionState> next_state(ConnectionState from, Action action) noexcept {
    const unsigned next =
        transition_grid[static_cast<std::size_t>(from)][static_cast<std::size_t>(action)];
    return next != 0 ? std::optional{static_cast<ConnectionState>(next - 1)} : std::nullopt;
}

/// The state of one connection; what was moved from is `Closed`, also onto itself.
class StateCell {
  public:
    constexpr StateCell(ConnectionState state) noexcept : state_{state} {}
    constexpr StateCell(StateCell&& other) noexcept
        : state_{std::exchange(other.state_, ConnectionState::Closed)} {}
    constexpr StateCell& operator=(StateCell&& other) noexcept {
        state_ = other.state_;
        other.state_ = ConnectionState::Closed;
        return *this;
    }
    ~StateCell() = default;

    constexpr operator ConnectionState() const noexcept { return state_; }

  private:
    ConnectionState state_;
};

/// Whether bytes of the peer are still looked at.
constexpr bool is_receiving(ConnectionState state) noexcept {
    return state == ConnectionState::Open || state == ConnectionState::LocalClosing;
}

}  // namespace detail
}  // namespace wsproto

#endif
