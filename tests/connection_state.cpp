#include <wsproto/connection_state.hpp>

#include "catch.hpp"

#include <array>
#include <optional>
#include <utility>

using namespace wsproto;
using enum wsproto::ConnectionState;
using detail::Action;
using detail::is_receiving;
using detail::next_state;

namespace {

constexpr std::array states = {Connecting, Open, RemoteClosing, LocalClosing, Closed, Rejecting};
constexpr std::array actions = {Action::SendMessage,  Action::SendPingOrPong, Action::SendClose,
                                Action::ReceiveClose, Action::ReceiveError,   Action::ReceiveEnd};

static_assert(ConnectionType::Client != ConnectionType::Server);
static_assert(next_state(Open, Action::SendClose) == LocalClosing);
static_assert(!next_state(Closed, Action::SendClose));
static_assert(to_string(RemoteClosing) == "RemoteClosing");

}  // namespace

TEST_CASE("states have the names that complaints show") {
    CHECK(to_string(Connecting) == "Connecting");
    CHECK(to_string(Open) == "Open");
    CHECK(to_string(LocalClosing) == "LocalClosing");
    CHECK(to_string(Closed) == "Closed");
    CHECK(to_string(Rejecting) == "Rejecting");
}

TEST_CASE("an open connection moves as the table of behaviour says") {
    using Row = std::array<std::optional<ConnectionState>, actions.size()>;
    constexpr std::optional<ConnectionState> no{};
    const std::array<Row, states.size()> expected = {{
        // SendMessage, SendPingOrPong, SendClose, ReceiveClose, ReceiveError, ReceiveEnd
        {no, no, no, no, no, no},                                          // Connecting
        {Open, Open, LocalClosing, RemoteClosing, RemoteClosing, Closed},  // Open
        {no, no, Closed, no, no, Closed},                                  // RemoteClosing
        {no, LocalClosing, no, Closed, Closed, Closed},                    // LocalClosing
        {no, no, no, no, no, no},                                          // Closed
        {no, no, no, no, no, no},                                          // Rejecting
    }};
    for (std::size_t state = 0; state != states.size(); ++state) {
        for (std::size_t action = 0; action != actions.size(); ++action) {
            CAPTURE(to_string(states[state]), action);
            CHECK((next_state(states[state], actions[action]) == expected[state][action]));
        }
    }
}

TEST_CASE("bytes are looked at until the peer's Close") {
    for (const ConnectionState state : states) {
        CAPTURE(to_string(state));
        CHECK(is_receiving(state) == (state == Open || state == LocalClosing));
    }
}

TEST_CASE("of a moved state, what is left behind is Closed") {
    detail::StateCell from{LocalClosing};
    detail::StateCell to{std::move(from)};
    CHECK(to == LocalClosing);
    CHECK(from == Closed);
    detail::StateCell assigned{Open};
    assigned = std::move(to);
    CHECK(assigned == LocalClosing);
    CHECK(to == Closed);
}

TEST_CASE("a state that was moved from is Closed, also onto itself") {
    using wsproto::detail::StateCell;
    StateCell cell{ConnectionState::Open};
    StateCell other{std::move(cell)};
    CHECK(cell == ConnectionState::Closed);
    CHECK(other == ConnectionState::Open);
    cell = std::move(other);
    CHECK(cell == ConnectionState::Open);
    CHECK(other == ConnectionState::Closed);
    StateCell& itself = cell;
    cell = std::move(itself);
    CHECK(cell == ConnectionState::Closed);
}
