#include <wsproto/detail/endpoint.hpp>

#include "support.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>
#include <vector>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

// Sends lines that name what was sent, unless it has a complaint.
struct Echo : Endpoint<Echo> {
    Error complaint = Error::None;

    [[nodiscard]] ConnectionState state() const { return ConnectionState::LocalClosing; }
    Error try_send(const auto& event, Bytes& out) {
        if (complaint == Error::None) append(out, as_bytes(line(event)));
        return complaint;
    }
    Error try_send_gather(const auto& message, OutgoingFrame& frame, Bytes& scratch) {
        if (complaint != Error::None) return complaint;
        append(scratch, as_bytes(line(message)));
        frame = OutgoingFrame{std::byte{}, nullptr, scratch};
        return Error::None;
    }
    [[nodiscard]] std::string error_message() const { return "the peer's fault"; }
    [[nodiscard]] std::optional<Event> event_hint() const { return Pong{}; }
    [[nodiscard]] RefusedRequest refused_request() const { return {.method = "PUT"}; }

    Progress step(Event&) override { return Progress::Failed; }
    void release() noexcept override {}
    [[nodiscard]] Error step_error() const noexcept override { return complaint; }
};

template <typename E>
concept Accepted = requires(Echo echo, const E& event, Bytes out, std::error_code ec) {
    { echo.send(event) } -> std::same_as<Bytes>;
    { echo.send(event, ec) } -> std::same_as<Bytes>;
    echo.send(event, out);
    echo.send(event, out, ec);
};
template <typename M>
concept Gathered = requires(Echo echo, const M& message, Bytes scratch, std::error_code ec) {
    { echo.send_gather(message, scratch) } -> std::same_as<OutgoingFrame>;
    { echo.send_gather(message, scratch, ec) } -> std::same_as<OutgoingFrame>;
};

static_assert(Accepted<Event> && Accepted<Ping> && Accepted<CloseConnection> && Accepted<Request>);
static_assert(Accepted<TextMessage> && Accepted<Message<std::string>> &&
              Accepted<Message<const char*>>);
static_assert(Accepted<BytesMessage> && Accepted<Message<Bytes>> &&
              Accepted<Message<std::vector<std::byte>>> && Accepted<Message<MutableBytesView>>);
static_assert(!Accepted<int> && !Accepted<std::string> && !Accepted<Message<int>> &&
              !Accepted<std::optional<Event>> && !Accepted<Message<std::vector<int>>>);
static_assert(Gathered<TextMessage> && Gathered<Message<std::string>> && Gathered<Message<Bytes>>);

// A temporary message, as it stands in the call.
template <typename M>
concept GatheredAtOnce = requires(Echo echo, M message, Bytes scratch) {
    echo.send_gather(std::move(message), scratch);
};
template <typename M>
concept GatheredAtOnceWithCode = requires(Echo echo, M message, Bytes scratch, std::error_code ec) {
    echo.send_gather(std::move(message), scratch, ec);
};

static_assert(GatheredAtOnce<TextMessage> && GatheredAtOnceWithCode<BytesMessage> &&
              GatheredAtOnce<Message<const char*>> && GatheredAtOnce<Message<MutableBytesView>>);
static_assert(!GatheredAtOnce<Message<std::string>> && !GatheredAtOnce<Message<Bytes>> &&
              !GatheredAtOnceWithCode<Message<std::string>> &&
              !GatheredAtOnce<Message<std::array<std::byte, 4>>>);
static_assert(!Gathered<Ping> && !Gathered<Event> && !Gathered<Message<int>>);

}  // namespace

TEST_CASE("what is sent is returned or appended, with an exception or an error code") {
    Echo echo;
    std::error_code ec = Error::BadKey;
    Bytes out = hex("3e");
    echo.send(Ping{as_bytes("x")}, out);
    CHECK(as_text(out) == ">ping 'x'");
    echo.send(Ping{as_bytes("y")}, out, ec);
    CHECK_FALSE(ec);
    CHECK(as_text(out) == ">ping 'x'ping 'y'");
    CHECK(as_text(echo.send(Pong{})) == "pong ''");
    CHECK(as_text(echo.send(Pong{}, ec)) == "pong ''");
}

TEST_CASE("any message is sent as one of the two kinds of messages, with its flags") {
    Echo echo;
    CHECK(as_text(echo.send(Message<std::string>{"owned"})) == "text 'owned'");
    CHECK(as_text(echo.send(Message<const char*>{"literal", true, false})) ==
          "text 'literal' more frames");
    CHECK(as_text(echo.send(Message<Bytes>{hex("61")})) == "binary 'a'");
    CHECK(as_text(echo.send(Event{TextMessage{"variant"}})) == "text 'variant'");
    CHECK_FALSE(as_event(Message<std::string>{.data = "x", .compress = false}).compress);
}

TEST_CASE("any message can be gathered") {
    Echo echo;
    Bytes scratch;
    std::error_code ec = Error::BadKey;
    const Message<std::string> owned{"a"};
    CHECK(as_text(echo.send_gather(owned, scratch).payload()) == "text 'a'");
    CHECK(as_text(echo.send_gather(BytesMessage{}, scratch, ec).payload()) == "text 'a'binary ''");
    CHECK_FALSE(ec);
}

TEST_CASE("what must not be sent is a local error, told by its name and never its payload") {
    Echo echo;
    echo.complaint = Error::EventNotAllowed;
    const std::string expected = "Event TextMessage cannot be sent in state LocalClosing";
    Bytes scratch;
    CHECK_THROWS_WITH(echo.send(TextMessage{"secret"}), expected);
    CHECK_THROWS_WITH(echo.send(Message<std::string>{"secret"}), expected);
    CHECK_THROWS_WITH(echo.send(Event{TextMessage{"secret"}}), expected);
    CHECK_THROWS_WITH(echo.send_gather(TextMessage{"secret"}, scratch), expected);
    CHECK_THROWS_AS(echo.send(TextMessage{"secret"}), LocalProtocolError);
}

TEST_CASE("other complaints about what is sent have the words of the table") {
    Echo echo;
    echo.complaint = Error::BadCloseCode;
    CHECK_THROWS_WITH(echo.send(CloseConnection{}), "Close code must not be sent");
    echo.complaint = Error::UnexpectedSubprotocol;
    CHECK_THROWS_WITH(echo.send(AcceptConnection{.subprotocol = "chat"}),
                      "unexpected subprotocol chat");
}

TEST_CASE("what must not be sent is stored in an error code") {
    Echo echo;
    echo.complaint = Error::EventNotAllowed;
    std::error_code ec;
    Bytes out = hex("01");
    echo.send(Ping{}, out, ec);
    CHECK(ec == Error::EventNotAllowed);
    CHECK(out == hex("01"));
    CHECK(echo.send(Ping{}, ec).empty());
    CHECK(echo.send_gather(TextMessage{}, out, ec).size() == 0);
    CHECK(ec == Error::EventNotAllowed);
}

TEST_CASE("the mistake of a peer is thrown with what to answer and what it asked for") {
    Echo echo;
    echo.complaint = Error::InvalidOpcode;
    try {
        static_cast<void>(echo.events().begin());
        FAIL("nothing was thrown");
    } catch (const RemoteProtocolError& error) {
        CHECK(error.what() == std::string{"the peer's fault"});
        CHECK(std::holds_alternative<Pong>(error.event_hint().value()));
        CHECK(error.method() == "PUT");
    }
}

TEST_CASE("the mistake of the caller is thrown as his") {
    Echo echo;
    echo.complaint = Error::OptionsOutOfRange;
    CHECK_THROWS_AS(echo.events().begin(), LocalProtocolError);
    CHECK_THROWS_WITH(echo.events().begin(), "An option is out of its range");
}

TEST_CASE("an error code takes either mistake, and is cleared before") {
    Echo echo;
    std::error_code ec = Error::BadKey;
    EventRange range = echo.events(ec);
    CHECK_FALSE(ec);
    echo.complaint = Error::InvalidOpcode;
    CHECK(range.begin() == range.end());
    CHECK(ec == Error::InvalidOpcode);
}
