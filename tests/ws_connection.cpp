#include <wsproto/ws_connection.hpp>

#include "catch.hpp"
#include "support.hpp"

#include <wsproto/permessage_deflate.hpp>

#include <algorithm>
#include <concepts>
#include <memory>
#include <new>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

using namespace wsproto;
using support::concat;
using support::Feed;
using support::for_each_split;
using support::frame_to;
using support::Pair;
using support::receive;
using support::trace;
using support::Trace;

static_assert(std::movable<WSConnection> && !std::copyable<WSConnection>);

namespace {

constexpr std::string_view request_head =
    "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n";

WSConnection client_end(Options options = {}) {
    return WSConnection{ConnectionType::Client, std::move(options)};
}

WSConnection server_end(Options options = {}) {
    return WSConnection{ConnectionType::Server, std::move(options)};
}

Pair<WSConnection> open_pair(Extensions client = {}, Extensions server = {}) {
    Pair<WSConnection> pair{client_end(), server_end()};
    pair.client_sends(Request{.host = "example.com", .target = "/", .extensions = client});
    pair.server_sends(AcceptConnection{.extensions = server});
    REQUIRE(pair.states() == "Open Open");
    return pair;
}

// Drains, and accepts the request when it comes.
Trace accepting(WSConnection& server, const support::Pieces& pieces, Feed feed) {
    Trace lines;
    for (const BytesView piece : pieces) {
        Bytes buffer{piece.begin(), piece.end()};
        if (feed == Feed::Copied) {
            server.receive_data(buffer);
        } else {
            server.receive_data_in_place(buffer);
        }
        for (const Event& event : server.events()) {
            lines.push_back(support::line(event));
            if (std::holds_alternative<Request>(event)) {
                CHECK_FALSE(server.send(AcceptConnection{}).empty());
            }
        }
        std::fill(buffer.begin(), buffer.end(), std::byte{0xdd});
    }
    return support::joined(lines);
}

Bytes bytes_of(std::string_view text) {
    const BytesView view = as_bytes(text);
    return {view.begin(), view.end()};
}

}  // namespace

TEST_CASE("two ends shake hands, talk, and close") {
    Pair<WSConnection> pair{client_end(), server_end()};
    CHECK(pair.states() == "Connecting Connecting");
    CHECK(pair.client_sends(Request{.host = "example.com", .target = "/chat"}).size() == 1);
    CHECK(pair.server_sends(AcceptConnection{}).size() == 1);
    CHECK(pair.states() == "Open Open");
    CHECK(pair.client_sends(TextMessage{"hello"}) == Trace{"text 'hello'"});
    CHECK(pair.server_sends(BytesMessage{as_bytes("world")}) == Trace{"binary 'world'"});
    CHECK(pair.server_sends(Ping{as_bytes("p")}) == Trace{"ping 'p'"});
    CHECK(pair.client_sends(CloseConnection{.reason = "bye"}) == Trace{"close 1000 'bye'"});
    CHECK(pair.states() == "LocalClosing RemoteClosing");
    CHECK(pair.server_sends(CloseConnection{.reason = "bye"}) == Trace{"close 1000 'bye'"});
    CHECK(pair.states() == "Closed Closed");
}

TEST_CASE("early frames lost: those in the same read as the request come once it is accepted",
          "[attack]") {
    const Bytes input =
        concat({as_bytes(request_head), frame_to(ConnectionType::Server, 0x81, "early"),
                frame_to(ConnectionType::Server, 0x89, "p")});
    for (const Feed feed : {Feed::Copied, Feed::InPlace}) {
        for_each_split(input, [feed](const support::Pieces& pieces) {
            WSConnection server = server_end();
            const Trace lines = accepting(server, pieces, feed);
            REQUIRE(lines.size() == 3);
            CHECK(lines[1] == "text 'early'");
            CHECK(lines[2] == "ping 'p'");
        });
    }
}

TEST_CASE("early frames lost: they wait for an accept that comes after the range", "[attack]") {
    WSConnection server = server_end();
    const Bytes input =
        concat({as_bytes(request_head), frame_to(ConnectionType::Server, 0x81, "early")});
    CHECK(receive(server, input, Feed::InPlace).size() == 1);
    CHECK_FALSE(server.send(AcceptConnection{}).empty());
    CHECK(trace(server) == Trace{"text 'early'"});
}

TEST_CASE("bytes after a rejected upgrade taken for a request: they are dropped",
          "[attack][rfc6455-4.2.2-refuse][rfc6455-7.2.2-abort]") {
    WSConnection server = server_end();
    const Bytes input = concat({as_bytes(request_head), as_bytes("GET / HTTP/1.1\r\n\r\n")});
    CHECK(receive(server, input).size() == 1);
    CHECK_FALSE(server.send(RejectConnection{.status_code = 403}).empty());
    CHECK(trace(server).empty());
    CHECK(server.state() == ConnectionState::Closed);
    CHECK(server.should_close_transport());
}

TEST_CASE("early frames without bound: a server takes the limit, and not a byte more", "[attack]") {
    for (const std::size_t beyond : {0U, 1U}) {
        CAPTURE(beyond);
        WSConnection server = server_end({.limits = {.early_data = 100}});
        const Bytes early(100 + beyond, std::byte{0x88});
        const Trace lines = receive(server, concat({as_bytes(request_head), early}));
        REQUIRE(lines.size() == 1 + beyond);
        CHECK(server.event_hint().has_value() == (beyond == 1));
        if (beyond == 1) {
            CHECK(lines[1] == "error 400 Too much data before the connection was accepted");
        }
    }
}

TEST_CASE("early frames lost: those in the same read as the 101 come out behind it", "[attack]") {
    WSConnection asks = client_end({.random = support::fixed_random({})});
    const Bytes request = asks.send(Request{.host = "example.com", .target = "/"});
    WSConnection server = server_end();
    receive(server, request);
    Bytes answer = server.send(AcceptConnection{});
    server.send(TextMessage{"first"}, answer);
    for (const Feed feed : {Feed::Copied, Feed::InPlace}) {
        for_each_split(answer, [feed](const support::Pieces& pieces) {
            WSConnection client = client_end({.random = support::fixed_random({})});
            CHECK_FALSE(client.send(Request{.host = "example.com", .target = "/"}).empty());
            const Trace lines = receive(client, pieces, feed);
            REQUIRE(lines.size() == 2);
            CHECK(lines[1] == "text 'first'");
        });
    }
}

TEST_CASE("the end of the transport is told behind early frames") {
    WSConnection server = server_end();
    server.receive_data(
        concat({as_bytes(request_head), frame_to(ConnectionType::Server, 0x82, "x")}));
    server.receive_eof();
    Trace lines;
    for (const Event& event : server.events()) {
        lines.push_back(support::line(event));
        if (std::holds_alternative<Request>(event)) {
            CHECK_FALSE(server.send(AcceptConnection{}).empty());
        }
    }
    REQUIRE(lines.size() == 3);
    CHECK(lines[1] == "binary 'x'");
    CHECK(lines[2] == "close 1006 ''");
    CHECK(server.state() == ConnectionState::Closed);
}

TEST_CASE("a transport that ends before the answer gives 1006") {
    WSConnection server = server_end();
    CHECK(receive(server, as_bytes(request_head)).size() == 1);
    server.receive_eof();
    CHECK(trace(server) == Trace{"close 1006 ''"});
    CHECK(server.state() == ConnectionState::Closed);
    CHECK(trace(server).empty());
}

TEST_CASE("a plain HTTP request can be answered with a page") {
    WSConnection server = server_end();
    server.receive_data(as_bytes("GET /index.html HTTP/1.1\r\nHost: a\r\nX-Y: z\r\n\r\n"));
    std::error_code ec;
    for (const Event& event : server.events(ec)) {
        FAIL(support::line(event));
    }
    CHECK(ec == Error::MissingConnectionUpgrade);
    CHECK(server.refused_request().target == "/index.html");
    CHECK(find_header(server.refused_request().headers, "x-y") == "z");
    const Bytes page = server.send(RejectConnection{
        .status_code = 200, .headers = {{"Content-Length", "2"}}, .has_body = true});
    CHECK(as_text(page).starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(server.send(RejectData{as_bytes("hi")}) == bytes_of("hi"));
    CHECK(server.should_close_transport());
}

TEST_CASE("the hint answers the peer's mistake in each phase") {
    WSConnection server = server_end();
    CHECK(server.error() == Error::None);
    CHECK(receive(server, as_bytes("POST / HTTP/1.1\r\nHost: a\r\n\r\n")).size() == 1);
    CHECK(server.error() == Error::MethodNotGet);
    REQUIRE(server.event_hint().has_value());
    CHECK(as_text(server.send(*server.event_hint())).starts_with("HTTP/1.1 405 "));
    CHECK(server.state() == ConnectionState::Closed);

    auto pair = open_pair();
    CHECK(receive(pair.server, support::hex("83 80 00 00 00 00")) ==
          Trace{"error 1002 Invalid opcode 0x3"});
    CHECK(pair.server.error() == Error::InvalidOpcode);
    REQUIRE(pair.server.event_hint().has_value());
    CHECK(pair.server.send(*pair.server.event_hint()).at(0) == std::byte{0x88});
    CHECK_FALSE(pair.server.event_hint().has_value());
    CHECK(pair.server.should_close_transport());
}

TEST_CASE("what fits another state or role is refused by name", "[rfc6455-6.1-open]") {
    WSConnection client = client_end();
    CHECK_THROWS_WITH(client.send(TextMessage{"x"}),
                      "Event TextMessage cannot be sent in state Connecting");
    CHECK_THROWS_WITH(client.send(AcceptConnection{}),
                      "Event AcceptConnection cannot be sent in state Connecting");
    auto pair = open_pair();
    CHECK_THROWS_WITH(pair.server.send(AcceptConnection{}),
                      "Event AcceptConnection cannot be sent in state Open");
    std::error_code ec;
    CHECK(pair.client.send(Event{Request{}}, ec).empty());
    CHECK(ec == Error::EventNotAllowed);
}

TEST_CASE("the client waits for the server to close after a clean closing handshake",
          "[rfc6455-5.5.1-server-closes-first]") {
    auto pair = open_pair();
    pair.client_sends(CloseConnection{});
    CHECK_FALSE(pair.client.should_close_transport());
    CHECK_FALSE(pair.server.should_close_transport());
    pair.server_sends(CloseConnection{});
    CHECK(pair.server.should_close_transport());
    CHECK_FALSE(pair.client.should_close_transport());
    pair.client.receive_eof();
    CHECK(trace(pair.client).empty());
    CHECK(pair.client.should_close_transport());
}

TEST_CASE("a connection can be moved in the middle of its handshake and of a frame") {
    const Bytes input =
        concat({as_bytes(request_head), frame_to(ConnectionType::Server, 0x81, "moved")});
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
        CAPTURE(cut);
        WSConnection first = server_end();
        Trace lines = accepting(first, {BytesView{input}.first(cut)}, Feed::InPlace);
        WSConnection second = std::move(first);
        for (auto& line : accepting(second, {BytesView{input}.subspan(cut)}, Feed::Copied)) {
            lines.push_back(std::move(line));
        }
        CHECK(support::joined(lines).back() == "text 'moved'");
        CHECK(first.state() == ConnectionState::Closed);
        CHECK(trace(first).empty());
    }
}

TEST_CASE("an open connection has returned the memory of its handshake") {
    const std::size_t before = support::allocations().live;
    WSConnection server = server_end();
    accepting(server, {as_bytes(request_head)}, Feed::Copied);
    CHECK(server.state() == ConnectionState::Open);
    CHECK(sizeof server + support::allocations().live - before <= 512);
}

TEST_CASE("a request that was parsed elsewhere is accepted like any other") {
    WSConnection server = server_end();
    server.initiate_upgrade_connection({{"Host", "example.com"},
                                        {"Upgrade", "websocket"},
                                        {"Connection", "Upgrade"},
                                        {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                        {"Sec-WebSocket-Version", "13"}},
                                       "/chat");
    CHECK(trace(server).size() == 1);
    CHECK(as_text(server.send(AcceptConnection{}))
              .find("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n") !=
          std::string_view::npos);
    CHECK(receive(server, frame_to(ConnectionType::Server, 0x81, "x")) == Trace{"text 'x'"});
    CHECK_THROWS_AS(server.initiate_upgrade_connection({}, "/"), LocalProtocolError);
}

TEST_CASE("a client cannot initiate an upgrade") {
    WSConnection client = client_end();
    CHECK_THROWS_WITH(client.initiate_upgrade_connection({}, "/"),
                      "Cannot initiate an upgrade connection when acting as the client");
}

TEST_CASE("compression that both ends offer is used by both", "[rfc6455-5.8-negotiated]") {
    const auto client_deflate = std::make_shared<PerMessageDeflate>();
    const auto server_deflate = std::make_shared<PerMessageDeflate>();
    auto pair = open_pair({client_deflate}, {server_deflate});
    CHECK(client_deflate->enabled());
    CHECK(server_deflate->enabled());
    const std::string text(10'000, 'a');
    const Bytes wire = pair.client.send(TextMessage{text});
    CHECK(wire.size() < 200);
    CHECK(wire[0] == std::byte{0xC1});
    CHECK(receive(pair.server, support::Pieces{wire}) == Trace{"text '" + text + "'"});
}

TEST_CASE("an extension that the server does not know is not used",
          "[rfc6455-5.2-extension-data][rfc7692-5.1-not-agreed]") {
    const auto deflate = std::make_shared<PerMessageDeflate>();
    auto pair = open_pair({deflate}, {});
    CHECK_FALSE(deflate->enabled());
    CHECK(pair.client_sends(TextMessage{"plain"}) == Trace{"text 'plain'"});
    CHECK(pair.client.send(TextMessage{"plain"})[0] == std::byte{0x81});
}

TEST_CASE("limits that are set after a login hold from the next frame on") {
    auto pair = open_pair();
    pair.server.set_limits({.message_size = 4});
    CHECK(pair.client_sends(TextMessage{"four"}) == Trace{"text 'four'"});
    CHECK(pair.client_sends(TextMessage{"5five"}) ==
          Trace{"error 1009 Message exceeds the size limit"});
}

TEST_CASE("limits that are set before the handshake ends hold for it, and for what follows") {
    const auto limited_pair = [] {
        Pair<WSConnection> pair{client_end(), server_end()};
        pair.client.set_limits({.message_size = 4});
        pair.server.set_limits({.message_size = 4});
        pair.client_sends(Request{.host = "example.com", .target = "/"});
        pair.server_sends(AcceptConnection{});
        return pair;
    };
    CHECK(limited_pair().client_sends(TextMessage{"four"}) == Trace{"text 'four'"});
    CHECK(limited_pair().server_sends(TextMessage{"four"}) == Trace{"text 'four'"});
    const Trace too_big{"error 1009 Message exceeds the size limit"};
    CHECK(limited_pair().client_sends(TextMessage{"5five"}) == too_big);
    CHECK(limited_pair().server_sends(TextMessage{"5five"}) == too_big);
    WSConnection server = server_end();
    server.set_limits({.handshake_headers = 4});
    CHECK(receive(server, as_bytes(request_head)) ==
          Trace{"error 431 HTTP head has too many fields"});
}

TEST_CASE("a mistake in the same read as the handshake is told as any other") {
    WSConnection server = server_end();
    const Bytes input = concat({as_bytes(request_head), support::hex("83 80 00 00 00 00")});
    CHECK_THROWS_WITH(accepting(server, {BytesView{input}}, Feed::Copied), "Invalid opcode 0x3");
    CHECK(server.error_message() == "Invalid opcode 0x3");
    CHECK(server.event_hint().has_value());

    Pair<WSConnection> pair{client_end(), server_end()};
    pair.client_sends(Request{.host = "example.com", .target = "/"});
    const Bytes answer = concat({pair.server.send(AcceptConnection{}), support::hex("83 00")});
    CHECK(receive(pair.client, answer) == Trace{"accept", "error 1002 Invalid opcode 0x3"});
    CHECK(pair.client.error_message() == "Invalid opcode 0x3");
    CHECK(pair.client.event_hint().has_value());
}

TEST_CASE("a message is gathered once open, neither before nor after") {
    auto pair = open_pair();
    const TextMessage message{"x"};
    Bytes scratch;
    const OutgoingFrame plain = pair.server.send_gather(message, scratch);
    CHECK(support::to_hex(plain.header()) == "81 01");
    CHECK(as_text(plain.payload()) == "x");
    const OutgoingFrame masked = pair.client.send_gather(message, scratch);
    CHECK(receive(pair.server, concat({masked.header(), masked.payload()})) == Trace{"text 'x'"});

    const WSConnection elsewhere = std::move(pair.server);
    CHECK_THROWS_WITH(pair.server.send_gather(message, scratch),
                      "Event TextMessage cannot be sent in state Closed");
    for (const ConnectionType role : {ConnectionType::Client, ConnectionType::Server}) {
        CHECK_THROWS_WITH(WSConnection{role}.send_gather(message, scratch),
                          "Event TextMessage cannot be sent in state Connecting");
    }
}

TEST_CASE("what was moved from is closed, and takes nothing any more") {
    const bool open = GENERATE(false, true);
    auto pair = open ? open_pair() : Pair<WSConnection>{client_end(), server_end()};
    for (WSConnection* const end : {&pair.client, &pair.server}) {
        const WSConnection elsewhere = std::move(*end);
        CHECK(end->state() == ConnectionState::Closed);
        CHECK(end->should_close_transport());
        CHECK(end->error() == Error::None);
        CHECK(end->error_message() == "no error");
        CHECK(end->refused_request().target.empty());
        CHECK_FALSE(end->event_hint().has_value());
        CHECK_FALSE(end->response_to(Event{Ping{}}).has_value());
        end->set_limits({.message_size = 4});
        CHECK(receive(*end, support::hex("89 00")).empty());
        end->receive_eof();
        CHECK(trace(*end).empty());
        std::error_code ec;
        CHECK(end->send(Ping{}, ec).empty());
        CHECK(ec == Error::EventNotAllowed);
        Bytes scratch;
        CHECK(end->send_gather(TextMessage{"x"}, scratch, ec).payload().empty());
        CHECK(ec == Error::EventNotAllowed);
        end->initiate_upgrade_connection({}, "/", ec);
        CHECK(ec == Error::UpgradeTooLate);
        CHECK(elsewhere.state() == (open ? ConnectionState::Open : ConnectionState::Connecting));
    }
}

TEST_CASE("options out of range are told by the first send or events") {
    WSConnection client = client_end({.limits = {.chunk_size = 63}});
    CHECK_THROWS_AS(client.send(Request{.host = "a", .target = "/"}), LocalProtocolError);
    WSConnection server = server_end({.limits = {.chunk_size = 63}});
    std::error_code ec;
    CHECK(server.events(ec).begin() == std::default_sentinel);
    CHECK(ec == Error::OptionsOutOfRange);
    CHECK(server.error() == Error::OptionsOutOfRange);
}

TEST_CASE("a connection that finds no memory when it opens is closed, and nothing was sent") {
    const bool appended = GENERATE(false, true);
    const Bytes input =
        concat({as_bytes(request_head), frame_to(ConnectionType::Server, 0x81, "early")});
    bool failed = true;
    for (std::size_t successes = 0; failed; ++successes) {
        REQUIRE(successes < 100);
        WSConnection server = server_end();
        CHECK(receive(server, input).size() == 1);
        const auto deflate = std::make_shared<PerMessageDeflate>();
        const AcceptConnection accept{.extensions = {deflate}};
        Bytes out = support::hex("01");
        try {
            const support::FailingAllocations failing{successes};
            appended ? server.send(accept, out) : static_cast<void>(server.send(accept));
            failed = false;
        } catch (const std::bad_alloc&) {
            CHECK(out.size() == 1);
            if (server.state() == ConnectionState::Connecting) server.send(accept, out);
        }
        const bool opened = server.state() == ConnectionState::Open;
        CHECK((opened || server.state() == ConnectionState::Closed));
        CHECK(trace(server) == (opened ? Trace{"text 'early'"} : Trace{}));
    }
}

TEST_CASE("an open connection that is moved onto itself is closed, a handshake goes on") {
    WSConnection connecting = server_end();
    const BytesView head = as_bytes(request_head);
    connecting.receive_data(head.first(40));
    CHECK(trace(connecting).empty());
    auto pair = open_pair();
    pair.server.receive_data(frame_to(ConnectionType::Server, 0x81, "x"));
    for (WSConnection* const connection : {&connecting, &pair.server, &pair.client}) {
        WSConnection& itself = *connection;
        *connection = std::move(itself);
    }
    CHECK(receive(connecting, head.subspan(40)) == Trace{"request example.com /chat"});
    CHECK(pair.states() == "Closed Closed");
    CHECK(pair.client.should_close_transport());
    CHECK(receive(pair.server, frame_to(ConnectionType::Server, 0x81, "y")).empty());
    CHECK_THROWS_AS(pair.client.send(Ping{}), LocalProtocolError);
    CHECK_THROWS_AS(pair.server.send(AcceptConnection{}), LocalProtocolError);
    CHECK_FALSE(pair.server.event_hint());
}

TEST_CASE("a connection that is moved inside its loop goes on where it is now") {
    const Bytes input =
        concat({as_bytes(request_head), frame_to(ConnectionType::Server, 0x81, "one"),
                frame_to(ConnectionType::Server, 0x81, "two")});
    for (const bool after_accept : {false, true}) {
        WSConnection server = server_end();
        WSConnection target = client_end();
        Bytes buffer = input;
        server.receive_data_in_place(buffer);
        Trace lines;
        for (const Event& event : server.events()) {
            lines.push_back(support::line(event));
            if (lines.size() == 1) static_cast<void>(server.send(AcceptConnection{}));
            if (lines.size() == (after_accept ? 2 : 1)) target = std::move(server);
        }
        std::fill(buffer.begin(), buffer.end(), std::byte{0xdd});
        CHECK(lines.size() == (after_accept ? 2 : 1));
        CHECK(server.state() == ConnectionState::Closed);
        CHECK(trace(target) ==
              (after_accept ? Trace{"text 'two'"} : Trace{"text 'one'", "text 'two'"}));
        CHECK(target.send(Ping{}).size() == 2);
    }
}

TEST_CASE("one extension object cannot serve both ends") {
    const auto deflate = std::make_shared<PerMessageDeflate>();
    Pair<WSConnection> pair{client_end(), server_end()};
    CHECK_THROWS_WITH(
        pair.client.send(Request{.host = "a", .target = "/", .extensions = {deflate, deflate}}),
        "Two extensions have the same name");
    pair.client_sends(Request{.host = "a", .target = "/", .extensions = {deflate}});
    CHECK_THROWS_WITH(pair.server.send(AcceptConnection{.extensions = {deflate}}),
                      "Extension belongs to a connection already");
    CHECK(pair.states() == "Connecting Connecting");
    CHECK(pair.server_sends(AcceptConnection{}) == Trace{"accept"});
    CHECK(pair.client_sends(TextMessage{"x"}) == Trace{"text 'x'"});
}

TEST_CASE("where memory lacks for early frames that were lent, the handshake is closed") {
    WSConnection server = server_end();
    {
        Bytes lent =
            concat({as_bytes(request_head), frame_to(ConnectionType::Server, 0x81, "early")});
        server.receive_data_in_place(lent);
        EventRange range = server.events();
        CHECK(support::line(*range.begin()) == "request example.com /chat");
        const support::FailingAllocations failing{0};
        const EventRange end{std::move(range)};
    }
    CHECK(server.state() == ConnectionState::Closed);
    CHECK_THROWS_AS(server.send(AcceptConnection{}), LocalProtocolError);
    CHECK_THROWS_AS(server.events().begin(), std::bad_alloc);
    CHECK(trace(server).empty());
}
