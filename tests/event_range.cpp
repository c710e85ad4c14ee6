#include <wsproto/event_range.hpp>

#include "support.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <optional>
#include <ranges>
#include <string>
#include <system_error>
#include <type_traits>
#include <utility>
#include <vector>

using namespace wsproto;
using namespace support;
using enum wsproto::ConnectionType;
using enum wsproto::ConnectionState;

namespace {

static_assert(std::ranges::input_range<EventRange>);
static_assert(!std::ranges::forward_range<EventRange>);
static_assert(std::same_as<std::ranges::range_value_t<EventRange>, Event>);
static_assert(std::same_as<std::ranges::range_reference_t<EventRange>, const Event&>);
static_assert(std::is_nothrow_move_constructible_v<EventRange>);
static_assert(!std::is_copy_constructible_v<EventRange>);

Bytes three(ConnectionType role) {
    return concat(
        {frame_to(role, 0x81, "one"), frame_to(role, 0x81, "two"), frame_to(role, 0x89, "three")});
}
const Trace three_lines{"text 'one'", "text 'two'", "ping 'three'"};

Trace rest_of(EventRange& range) {
    Trace lines;
    for (const Event& event : range) {
        lines.push_back(line(event));
    }
    return lines;
}

// A buffer that is lent, and overwritten to see who still looks at it.
struct Lent {
    explicit Lent(Bytes content) : bytes{std::move(content)} {}
    void scramble() { std::fill(bytes.begin(), bytes.end(), std::byte{0xdd}); }
    Bytes bytes;
};

// Text in which a code point is split, so that a piece waits behind it.
Bytes split_code_point(ConnectionType role) {
    return concat({frame_to(role, 0x01, "\xe2\x82"), frame_to(role, 0x80, "\xacyz"),
                   frame_to(role, 0x89, "p")});
}
const Trace split_lines{"text '\u20ac' more", "text 'yz'", "ping 'p'"};

}  // namespace

TEST_CASE("a range shows each event once") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(three(role));
    EventRange range = connection.events();
    CHECK_FALSE(range.ended());
    CHECK(rest_of(range) == three_lines);
    CHECK(range.ended());
    CHECK(rest_of(range).empty());
    CHECK(trace(connection).empty());
}

TEST_CASE("a range works with algorithms") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(three(role));
    const auto is_ping = [](const Event& event) { return std::holds_alternative<Ping>(event); };
    EventRange range = connection.events();
    const auto found = std::ranges::find_if(range, is_ping);
    REQUIRE(found != range.end());
    CHECK(line(*found) == "ping 'three'");
    CHECK(found->index() == Event{Ping{}}.index());
}

TEST_CASE("events are made one by one, as the range is advanced") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(concat({frame_to(role, 0x81, "x"), frame_to(role, 0x88, "")}));
    EventRange range = connection.events();
    auto at = range.begin();
    CHECK(connection.state() == Open);
    ++at;
    CHECK(connection.state() == RemoteClosing);
    CHECK(line(*at) == "close 1005 ''");
    at++;
    CHECK(at == range.end());
}

TEST_CASE("the beginning of a range is made once") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(three(role));
    EventRange range = connection.events();
    CHECK(line(*range.begin()) == "text 'one'");
    CHECK(line(*range.begin()) == "text 'one'");
}

TEST_CASE("a second range continues where the first stands, and the first has ended") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(three(role));
    EventRange first = connection.events();
    CHECK(line(*first.begin()) == "text 'one'");
    EventRange second = connection.events();
    CHECK(first.ended());
    CHECK(rest_of(second) == Trace{"text 'two'", "ping 'three'"});
    CHECK(rest_of(first).empty());
}

TEST_CASE("a range that is left early leaves the rest to the next") {
    const auto role = GENERATE(Client, Server);
    for (const auto feed : {Feed::Copied, Feed::InPlace}) {
        Connection connection{role};
        Lent lent{three(role)};
        feed == Feed::Copied ? connection.receive_data(lent.bytes)
                             : connection.receive_data_in_place(lent.bytes);
        for (const std::string& expected : three_lines) {
            CHECK(line(*connection.events().begin()) == expected);
            lent.scramble();
        }
        CHECK(trace(connection).empty());
    }
}

TEST_CASE("a range that was never begun leaves all to the next") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    Lent lent{three(role)};
    connection.receive_data_in_place(lent.bytes);
    static_cast<void>(connection.events());
    lent.scramble();
    CHECK(trace(connection) == three_lines);
}

TEST_CASE("a range that is left at any event has copied what was lent, pieces of text too") {
    const auto role = GENERATE(Client, Server);
    for (std::size_t shown = 1; shown <= split_lines.size(); ++shown) {
        CAPTURE(shown);
        Connection connection{role};
        Lent lent{split_code_point(role)};
        connection.receive_data_in_place(lent.bytes);
        Trace lines;
        for (const Event& event : connection.events()) {
            lines.push_back(line(event));
            if (lines.size() == shown) break;
        }
        lent.scramble();
        const Trace rest = trace(connection);
        lines.insert(lines.end(), rest.begin(), rest.end());
        CHECK(lines == split_lines);
    }
}

TEST_CASE("a moved range goes on, and the one it was moved from has ended") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(three(role));
    EventRange first = connection.events();
    CHECK(line(*first.begin()) == "text 'one'");
    EventRange second{std::move(first)};
    CHECK(first.ended());
    CHECK(line(*second.begin()) == "text 'one'");
    CHECK(line(*++second.begin()) == "text 'two'");
    CHECK(line(*++second.begin()) == "ping 'three'");
}

TEST_CASE("what a range was moved from can be moved itself, and stays without events") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(three(role));
    EventRange first = connection.events();
    EventRange second{std::move(first)};
    EventRange third{std::move(first)};
    CHECK(third.ended());
    CHECK(rest_of(third).empty());
    CHECK(line(*second.begin()) == "text 'one'");
}

TEST_CASE("a moved range ends when its connection does") {
    const auto role = GENERATE(Client, Server);
    std::optional<Connection> connection{std::in_place, role};
    connection->receive_data(three(role));
    EventRange first = connection->events();
    EventRange second{std::move(first)};
    connection.reset();
    CHECK(second.ended());
    CHECK(rest_of(second).empty());
}

TEST_CASE("moving the connection ends its range, and what was lent is free") {
    const auto role = GENERATE(Client, Server);
    const bool assigned = GENERATE(false, true);
    Connection connection{role};
    Lent lent{split_code_point(role)};
    connection.receive_data_in_place(lent.bytes);
    EventRange range = connection.events();
    CHECK(line(*range.begin()) == split_lines[0]);
    Connection target{role};
    std::optional<Connection> moved;
    if (assigned) {
        target = std::move(connection);
    } else {
        moved.emplace(std::move(connection));
    }
    CHECK(range.ended());
    lent.scramble();
    CHECK(trace(assigned ? target : *moved) == Trace{split_lines[1], split_lines[2]});
    CHECK(connection.state() == Closed);
    CHECK(trace(connection).empty());
}

TEST_CASE("assigning to a connection ends its range") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(three(role));
    EventRange range = connection.events();
    CHECK(line(*range.begin()) == "text 'one'");
    connection = Connection{role};
    CHECK(range.ended());
    CHECK(trace(connection).empty());
}

TEST_CASE("a range outlives its connection, and has ended") {
    const auto role = GENERATE(Client, Server);
    std::optional<Connection> connection{std::in_place, role};
    connection->receive_data(three(role));
    EventRange range = connection->events();
    auto at = range.begin();
    connection.reset();
    CHECK(range.ended());
    ++at;
    CHECK(at == range.end());
}

TEST_CASE("an error ends a range after all events before it") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(concat({three(role), hex("83")}));
    EventRange range = connection.events();
    Trace lines;
    try {
        for (const Event& event : range) {
            lines.push_back(line(event));
        }
        FAIL("nothing was thrown");
    } catch (const RemoteProtocolError& error) {
        CHECK(error.code() == Error::InvalidOpcode);
    }
    CHECK(lines == three_lines);
    CHECK(range.ended());
}

TEST_CASE("an error code takes the error when the range has ended") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    connection.receive_data(concat({three(role), hex("83")}));
    std::error_code ec = Error::BadKey;
    EventRange range = connection.events(ec);
    CHECK_FALSE(ec);
    CHECK(rest_of(range) == three_lines);
    CHECK(ec == Error::InvalidOpcode);
    EventRange next = connection.events(ec);
    CHECK(rest_of(next).empty());
    CHECK_FALSE(ec);
}

TEST_CASE("user code re-enters the parser: what is fed inside the loop comes in the same loop",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    const auto feed = GENERATE(Feed::Copied, Feed::InPlace);
    Connection connection{role};
    connection.receive_data(frame_to(role, 0x81, "x"));
    std::vector<Lent> lent;
    lent.reserve(5);
    Trace lines;
    for (const Event& event : connection.events()) {
        lines.push_back(line(event));
        if (lent.size() == 5) continue;
        lent.emplace_back(frame_to(role, 0x82, std::string(lent.size(), 'y')));
        feed == Feed::Copied ? connection.receive_data(lent.back().bytes)
                             : connection.receive_data_in_place(lent.back().bytes);
        if (lent.size() > 1) lent[lent.size() - 2].scramble();
    }
    CHECK(lines == Trace{"text 'x'", "binary ''", "binary 'y'", "binary 'yy'", "binary 'yyy'",
                         "binary 'yyyy'"});
}

TEST_CASE("user code re-enters the parser: what waits survives what is fed inside the loop",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    const auto first = GENERATE(Feed::Copied, Feed::InPlace);
    const auto second = GENERATE(Feed::Copied, Feed::InPlace);
    const auto feed = [](Connection& connection, Lent& lent, Feed how) {
        how == Feed::Copied ? connection.receive_data(lent.bytes)
                            : connection.receive_data_in_place(lent.bytes);
    };
    Connection connection{role};
    Lent begin{split_code_point(role)};
    Lent more{frame_to(role, 0x82, std::string(1000, 'x'))};
    feed(connection, begin, first);
    Trace lines;
    for (const Event& event : connection.events()) {
        lines.push_back(line(event));
        if (lines.size() == 1) {
            feed(connection, more, second);
            begin.scramble();
        }
    }
    Trace expected = split_lines;
    expected.push_back("binary '" + std::string(1000, 'x') + "'");
    CHECK(lines == expected);
}

TEST_CASE("user code re-enters the parser: answering, closing and limiting at any event",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    Connection peer{other(role)};
    connection.receive_data(split_code_point(role));
    Trace lines;
    Trace answers;
    for (const Event& event : connection.events()) {
        lines.push_back(line(event));
        connection.set_limits({.message_size = 1});
        if (const auto response = connection.response_to(event)) {
            answers.push_back(receive(peer, connection.send(*response)).front());
            connection.receive_data(frame_to(role, 0x88, ""));
            connection.receive_eof();
        }
    }
    CHECK(lines == Trace{split_lines[0], split_lines[1], split_lines[2], "close 1005 ''"});
    CHECK(answers == Trace{"pong 'p'", "close 1005 ''"});
    CHECK(connection.state() == Closed);
}

TEST_CASE("user code re-enters the parser: the connection may go while its event is shown",
          "[attack]") {
    const auto role = GENERATE(Client, Server);
    auto connection = std::make_unique<Connection>(role);
    connection->receive_data(three(role));
    Trace lines;
    for (const Event& event : connection->events()) {
        lines.push_back(line(event));
        connection.reset();
    }
    CHECK(lines == Trace{"text 'one'"});
}

TEST_CASE("user code re-enters the parser: a loop inside the loop takes what is left", "[attack]") {
    const auto role = GENERATE(Client, Server);
    Connection connection{role};
    Lent lent{three(role)};
    connection.receive_data_in_place(lent.bytes);
    Trace lines;
    for (const Event& event : connection.events()) {
        lines.push_back(line(event));
        const Trace inner = trace(connection);
        lent.scramble();
        lines.insert(lines.end(), inner.begin(), inner.end());
    }
    CHECK(lines == three_lines);
}

TEST_CASE("where memory lacks for what was lent, the connection is dead and does not look at it") {
    const auto role = GENERATE(Client, Server);
    const bool split = GENERATE(true, false);
    const Bytes wire = split ? split_code_point(role) : three(role);
    Connection connection{role};
    {
        auto lent = std::make_unique<Lent>(wire);
        connection.receive_data_in_place(lent->bytes);
        EventRange range = connection.events();
        CHECK(line(*range.begin()) == (split ? split_lines[0] : three_lines[0]));
        const FailingAllocations failing{0};
        const EventRange end{std::move(range)};
    }
    connection.receive_data(wire);
    CHECK_THROWS_AS(connection.events().begin(), std::bad_alloc);
    CHECK(connection.state() == Closed);
    CHECK(trace(connection).empty());
    CHECK(connection.should_close_transport());
}

TEST_CASE("a connection that is moved onto itself is closed, as all that was moved from") {
    const auto role = GENERATE(Client, Server);
    const auto delivery = GENERATE(Delivery::Chunks, Delivery::Messages);
    const bool in_place = GENERATE(false, true);
    const std::size_t shown = GENERATE(0U, 1U, 2U);
    Connection connection{role, {}, {}, {.delivery = delivery}};
    auto lent = std::make_unique<Lent>(concat({split_code_point(role), hex("81")}));
    in_place ? connection.receive_data_in_place(lent->bytes) : connection.receive_data(lent->bytes);
    EventRange range = connection.events();
    for (std::size_t at = 0; at != shown; ++at) {
        at == 0 ? static_cast<void>(range.begin()) : static_cast<void>(++range.begin());
    }
    Connection& itself = connection;
    connection = std::move(itself);
    lent.reset();
    CHECK(range.ended());
    CHECK(connection.state() == Closed);
    CHECK(trace(connection).empty());
    CHECK_THROWS_AS(connection.send(Ping{}), LocalProtocolError);
    connection = Connection{role};
    CHECK(receive(connection, three(role)) == three_lines);
}

TEST_CASE("a connection that is swapped with itself, or another, goes on") {
    const auto role = GENERATE(Client, Server);
    for (std::size_t cut = 0; cut <= split_code_point(role).size(); ++cut) {
        Connection one{role};
        Connection two{role};
        const Bytes wire = split_code_point(role);
        Trace lines = receive(one, BytesView{wire}.first(cut));
        std::swap(one, one);
        std::swap(one, two);
        const Trace rest = receive(two, BytesView{wire}.subspan(cut));
        lines.insert(lines.end(), rest.begin(), rest.end());
        CHECK(lines.front() == split_lines.front());
        CHECK(lines.back() == split_lines.back());
        CHECK(receive(one, three(role)) == three_lines);
    }
}

TEST_CASE("what was moved from takes nothing, and gives nothing") {
    const auto role = GENERATE(Client, Server);
    const std::size_t cut = GENERATE(0U, 1U, 7U, 9U);
    Connection connection{role};
    const Bytes wire = split_code_point(role);
    connection.receive_data(BytesView{wire}.first(cut));
    const Connection target{std::move(connection)};
    Bytes scratch;
    CHECK_THROWS_AS(connection.send(TextMessage{"x"}), LocalProtocolError);
    CHECK_THROWS_AS(connection.send_gather(TextMessage{"x"}, scratch), LocalProtocolError);
    CHECK_THROWS_AS(connection.send(CloseConnection{}), LocalProtocolError);
    CHECK(receive(connection, wire).empty());
    CHECK(receive(connection, wire, Feed::InPlace).empty());
    connection.set_limits({.message_size = 1});
    connection.receive_eof();
    CHECK(trace(connection).empty());
    CHECK_FALSE(connection.event_hint());
    CHECK_FALSE(connection.response_to(Ping{}));
    CHECK(connection.should_close_transport());
}
