#include <wsproto/handshake.hpp>

#include "support.hpp"
#include "support_time.hpp"

#include <wsproto/permessage_deflate.hpp>

#include <algorithm>
#include <array>
#include <concepts>
#include <ctime>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

using namespace wsproto;
using support::Feed;
using support::Pair;
using support::receive;
using support::trace;
using support::Trace;

static_assert(std::movable<H11Handshake> && !std::copyable<H11Handshake>);

namespace {

constexpr std::string_view request_head =
    "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

std::string request_with(std::string_view lines) {
    return std::string{request_head}.append(lines).append("\r\n");
}

H11Handshake server_end(const Limits& limits = {}) {
    return H11Handshake{ConnectionType::Server, {.limits = limits}};
}

H11Handshake client_end(const Limits& limits = {}) {
    const BytesView nonce = as_bytes("the sample nonce");
    return H11Handshake{
        ConnectionType::Client,
        {.limits = limits, .random = support::fixed_random({nonce.begin(), nonce.end()})}};
}

H11Handshake waiting_client(const Limits& limits = {}) {
    H11Handshake client = client_end(limits);
    CHECK_FALSE(client.send(Request{.host = "a", .target = "/"}).empty());
    return client;
}

Pair<H11Handshake> asked_pair() {
    Pair<H11Handshake> pair{client_end(), server_end()};
    CHECK(pair.client_sends(Request{.host = "a", .target = "/", .subprotocols = {"p"}}) ==
          Trace{"request a / protocols p"});
    return pair;
}

const std::string switching_protocols =
    "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";

const Trace bad_message = {"error 400 Bad HTTP message"};

bool wants_more_after_each_byte(H11Handshake& end, std::string_view text) {
    Event event;
    return std::all_of(text.begin(), text.end(), [&](const char& byte) {
        end.receive_data(as_bytes({&byte, 1}));
        return end.next_event(event) == Progress::NeedMore;
    });
}

}  // namespace

TEST_CASE("the example of RFC 6455, section 1.3, is understood by a server",
          "[rfc6455-4.2.2-accept]") {
    constexpr std::string_view request =
        "GET /chat HTTP/1.1\r\n"
        "Host: server.example.com\r\n"
        "Upgrade: websocket\r\n"
        "Connection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "Origin: http://example.com\r\n"
        "Sec-WebSocket-Protocol: chat, superchat\r\n"
        "Sec-WebSocket-Version: 13\r\n"
        "\r\n";
    H11Handshake server = server_end();
    CHECK(receive(server, as_bytes(request)) ==
          Trace{"request server.example.com /chat protocols chat, superchat"
                " {origin: http://example.com}"});
    CHECK(as_text(server.send(AcceptConnection{.subprotocol = "chat"})) ==
          "HTTP/1.1 101 Switching Protocols\r\n"
          "Upgrade: websocket\r\n"
          "Connection: Upgrade\r\n"
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          "Sec-WebSocket-Protocol: chat\r\n"
          "\r\n");
    CHECK(server.state() == ConnectionState::Open);
}

TEST_CASE("the example of RFC 6455, section 1.3, is understood by a client",
          "[rfc6455-4.1-request-key]") {
    H11Handshake client = client_end();
    const Bytes request = client.send(Request{.host = "server.example.com",
                                              .target = "/chat",
                                              .subprotocols = {"chat", "superchat"},
                                              .extra_headers = {{"Origin", "http://example.com"}}});
    CHECK(as_text(request).find("\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n") !=
          std::string_view::npos);
    CHECK(receive(client, as_bytes("HTTP/1.1 101 Switching Protocols\r\n"
                                   "Upgrade: websocket\r\n"
                                   "Connection: Upgrade\r\n"
                                   "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
                                   "Sec-WebSocket-Protocol: chat\r\n"
                                   "\r\n")) == Trace{"accept protocol chat"});
    CHECK(client.state() == ConnectionState::Open);
}

TEST_CASE("two ends open a connection, byte by byte too") {
    for (const std::size_t piece_size : {1U, 7U, 4096U}) {
        Pair<H11Handshake> pair{client_end(), server_end()};
        pair.piece_size = piece_size;
        CHECK(pair.client_sends(Request{.host = "a", .target = "/"}) == Trace{"request a /"});
        CHECK(pair.server_sends(AcceptConnection{.extra_headers = {{"Server", "s"}}}) ==
              Trace{"accept {server: s}"});
        CHECK(pair.states() == "Open Open");
    }
}

TEST_CASE("two ends reject, with and without a body") {
    auto bare = asked_pair();
    CHECK(bare.server_sends(RejectConnection{.status_code = 403}) ==
          Trace{"reject 403 body {connection: close} {content-length: 0}", "data ''"});
    CHECK(bare.states() == "Closed Closed");

    auto chunked = asked_pair();
    chunked.piece_size = 3;
    CHECK(chunked.server_sends(RejectConnection{.status_code = 404, .has_body = true}) ==
          Trace{"reject 404 body {connection: close} {transfer-encoding: chunked}"});
    CHECK(chunked.states() == "Rejecting Rejecting");
    CHECK(chunked.server_sends(RejectData{as_bytes("Not found"), false}) ==
          Trace{"data 'Not found' more"});
    CHECK(chunked.server_sends(RejectData{as_bytes("!")}) == Trace{"data '!'"});
    CHECK(chunked.states() == "Closed Closed");

    auto known = asked_pair();
    CHECK(known.server_sends(
              RejectConnection{.headers = {{"Content-Length", "2"}}, .has_body = true}) ==
          Trace{"reject 400 body {content-length: 2} {connection: close}"});
    CHECK(known.server_sends(RejectData{as_bytes("hi")}) == Trace{"data 'hi'"});
    CHECK(known.states() == "Closed Closed");
}

TEST_CASE("a client gets what a server has for its mistake") {
    H11Handshake server = server_end();
    receive(server, as_bytes("GET / HTTP/1.1\r\nUpgrade: x\r\nConnection: upgrade\r\n"
                             "Sec-WebSocket-Version: 8\r\n\r\n"));
    REQUIRE(server.event_hint().has_value());
    H11Handshake client = waiting_client();
    CHECK(receive(client, server.send(*server.event_hint())) ==
          Trace{"reject 426 body {upgrade: websocket} {sec-websocket-version: 13}"
                " {connection: Upgrade, close} {content-length: 0}",
                "data ''"});
}

TEST_CASE("a handshake can be moved at any point") {
    const std::string text = request_with("");
    for (std::size_t cut = 0; cut <= text.size(); ++cut) {
        CAPTURE(cut);
        H11Handshake first = server_end();
        Trace lines = receive(first, as_bytes(text).first(cut), Feed::InPlace);
        H11Handshake second = std::move(first);
        const Trace more = receive(second, as_bytes(text).subspan(cut));
        lines.insert(lines.end(), more.begin(), more.end());
        CHECK(lines == Trace{"request example.com /chat"});
        CHECK_FALSE(second.send(AcceptConnection{}).empty());
    }
}

TEST_CASE("an event can be sent inside the loop that shows the request") {
    H11Handshake server = server_end();
    server.receive_data(as_bytes(request_with("") + "frames"));
    std::size_t count = 0;
    for (const Event& event : server.events()) {
        CHECK(std::holds_alternative<Request>(event));
        CHECK_FALSE(server.send(AcceptConnection{}).empty());
        server.receive_data(as_bytes(" and more"));
        ++count;
    }
    CHECK(count == 1);
    CHECK(as_text(server.take_input().front()) == "frames and more");
}

TEST_CASE("a range that is left early loses nothing") {
    std::string text = "HTTP/1.1 404 x\r\nContent-Length: 9\r\n\r\nNot found";
    H11Handshake client = waiting_client();
    client.receive_data_in_place(std::as_writable_bytes(std::span{text}));
    {
        auto range = client.events();
        CHECK(support::line(*range.begin()) == "reject 404 body {content-length: 9}");
    }
    std::fill(text.begin(), text.end(), '?');
    CHECK(trace(client) == Trace{"data 'Not found'"});
}

TEST_CASE("what was received after the end of the transport is not looked at") {
    H11Handshake server = server_end();
    server.receive_eof();
    CHECK(server.transport_ended());
    CHECK(receive(server, as_bytes(request_with(""))).empty());
}

TEST_CASE("nothing throws in the forms with an error code") {
    H11Handshake server = server_end();
    server.receive_data(as_bytes("GET / HTTP/1.1\r\n\r\n"));
    std::error_code ec;
    CHECK(server.events(ec).begin() == std::default_sentinel);
    CHECK(ec == Error::MissingConnectionUpgrade);
    CHECK(server.error() == Error::MissingConnectionUpgrade);
    CHECK(server.error_message() == "Missing header, 'Connection: Upgrade'");
    Bytes out;
    server.send(AcceptConnection{}, out, ec);
    CHECK(ec == Error::EventNotAllowed);
    CHECK(out.empty());
}

TEST_CASE("options out of range are told by the first send or events of a handshake") {
    H11Handshake client = client_end({.chunk_size = 63});
    CHECK_THROWS_AS(client.send(Request{.host = "a", .target = "/"}), LocalProtocolError);
    H11Handshake server = server_end({.chunk_size = 63});
    CHECK(receive(server, as_bytes("x")) == Trace{"error 0 An option is out of its range"});
    CHECK_THROWS_AS(server.send(RejectConnection{}), LocalProtocolError);
    CHECK_FALSE(server.event_hint().has_value());
    server.set_limits({});
    CHECK_FALSE(server.send(RejectConnection{}).empty());
}

TEST_CASE("limits that are set while a head comes in hold from the next byte on") {
    H11Handshake server = server_end();
    CHECK(receive(server, as_bytes("GET / HTTP/1.1\r\n")).empty());
    server.set_limits({.handshake_size = 10});
    CHECK(receive(server, as_bytes("H")) == Trace{"error 431 HTTP head exceeds the size limit"});
}

TEST_CASE("where memory lacks, bad_alloc comes out, and the handshake is over") {
    const std::string text = request_with("Sec-WebSocket-Protocol: a, b\r\nX: y\r\n");
    bool whole = false;
    for (std::size_t successes = 0; !whole; ++successes) {
        H11Handshake server = server_end();
        server.receive_data(as_bytes(text));
        Event event;
        try {
            const support::FailingAllocations failing{successes};
            whole = server.next_event(event) == Progress::Ready;
        } catch (const std::bad_alloc&) {
        }
        if (!whole) {
            CHECK_THROWS_AS(server.next_event(event), std::bad_alloc);
            CHECK(server.state() == ConnectionState::Closed);
            CHECK(server.next_event(event) == Progress::NeedMore);
        }
    }
    CHECK(whole);
}

TEST_CASE("lenient HTTP: bare CR or LF, space before colon, obs-fold, TE and CL, two Hosts",
          "[attack]") {
    constexpr std::string_view line = "GET / HTTP/1.1\r\n";
    for (const std::string_view fields :
         {"Host: a\nX: y\r\n\r\n", "Host: a\rX: y\r\n\r\n", "Host: a\r\n\n", "Host : a\r\n\r\n",
          "Host: a\r\n X: y\r\n\r\n", "Host\r\n\r\n", ": a\r\n\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n"}) {
        CAPTURE(fields);
        H11Handshake server = server_end();
        CHECK(receive(server, as_bytes(std::string{line}.append(fields))) == bad_message);
        H11Handshake client = waiting_client();
        CHECK(receive(client, as_bytes(std::string{"HTTP/1.1 200 x\r\n"}.append(fields))) ==
              bad_message);
    }
    H11Handshake server = server_end();
    CHECK(receive(server, as_bytes(request_with("host: example.com\r\n"))) == bad_message);
}

TEST_CASE("heads parsed again from the start at each read: linear time, and 431 at the limit",
          "[attack]") {
    const bool of_server = GENERATE(true, false);
    const std::string_view piece = GENERATE(as<std::string_view>{}, "y", "yyyyyyyyyyyyy\r\nX: ");
    CAPTURE(of_server, piece);
    const auto read_in_single_bytes = [&](std::size_t size) {
        std::string head{of_server ? request_head : switching_protocols};
        head += "X: ";
        while (head.size() < size) {
            head += piece;
        }
        const Limits limits{.handshake_size = head.size(), .handshake_headers = size};
        H11Handshake end = of_server ? server_end(limits) : waiting_client(limits);
        CHECK(wants_more_after_each_byte(end, head));
        CHECK(receive(end, as_bytes("\r")) == Trace{"error 431 HTTP head exceeds the size limit"});
    };
    CHECK(support::growth_of_time(10'000, read_in_single_bytes) < support::linear_growth_limit);
}

TEST_CASE("super-linear header tokenizers: any bytes in Sec-WebSocket fields take linear time",
          "[attack]") {
    const bool of_server = GENERATE(true, false);
    const std::clock_t start = std::clock();  // of the processor, which others use too
    for (const std::string_view name : {"Extensions", "Protocol", "Key", "Version", "Accept"}) {
        for (const std::string_view piece : {",", " ", "\t", "\"", "\\", "\\\"", ";", "a,", "a;",
                                             "a=", " ,", "\",", "a; b=\"c\","}) {
            std::string fields = "Sec-WebSocket-" + std::string{name} + ": a";
            while (fields.size() < 200'000) {  // the square is out of reach
                fields += piece;
            }
            const Limits limits{.handshake_size = 300'000};
            H11Handshake end = of_server ? server_end(limits) : waiting_client(limits);
            const std::string head = of_server ? std::string{request_head} : switching_protocols;
            CHECK(receive(end, as_bytes(head + fields + "\r\n\r\n")).size() == 1);
        }
    }
    CHECK(std::clock() - start < 20 * CLOCKS_PER_SEC);
}

TEST_CASE("window bits parsed loosely: no value makes a handshake do anything but decline",
          "[attack]") {
    const std::string bits = GENERATE("=08", "=+9", "=1000", "=abc", "=\"\"", "", "=\"08\"", "= 8");
    const std::string extension = "permessage-deflate; server_max_window_bits" + bits;
    const std::string line = "Sec-WebSocket-Extensions: " + extension + "\r\n";
    const std::string malformed = "error 400 Malformed header, 'Sec-WebSocket-Extensions'";
    const bool is_malformed = bits == "=\"\"";
    CAPTURE(extension);
    const Extensions supported{std::make_shared<PerMessageDeflate>()};
    H11Handshake server = server_end();
    const Trace asked = receive(server, as_bytes(request_with(line)));
    CHECK(asked.front().starts_with(is_malformed ? malformed : "request"));
    if (!is_malformed) {
        const Bytes answer = server.send(AcceptConnection{.extensions = supported});
        CHECK(as_text(answer).find("permessage") == std::string_view::npos);
    }
    H11Handshake client = client_end();
    const Extensions offered{std::make_shared<PerMessageDeflate>()};
    CHECK_FALSE(client.send(Request{.host = "a", .target = "/", .extensions = offered}).empty());
    const std::string token = "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";
    const Trace answered = receive(client, as_bytes(switching_protocols + token + line + "\r\n"));
    CHECK(answered ==
          Trace{is_malformed ? malformed : "error 0 unrecognized extension permessage-deflate"});
}

TEST_CASE("compression that a client did not offer fails its connection",
          "[rfc7692-5-not-offered]") {
    H11Handshake client = waiting_client();
    const std::string answer = switching_protocols +
                               "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n" +
                               "Sec-WebSocket-Extensions: permessage-deflate\r\n\r\n";
    CHECK(receive(client, as_bytes(answer)) ==
          Trace{"error 0 unrecognized extension permessage-deflate"});
    CHECK(client.state() == ConnectionState::Closed);
}

TEST_CASE("interim responses without end: refused at the limit, in flat memory", "[attack]") {
    const std::string interim = "HTTP/1.1 102 Processing\r\nA: b\r\n\r\n";
    H11Handshake client = waiting_client({.handshake_size = 100'000, .handshake_headers = 10'000});
    const std::size_t before = support::allocations().live;
    Trace lines;
    while (lines.empty()) {
        lines = receive(client, as_bytes(interim).first(10));
        if (!lines.empty()) break;
        lines = receive(client, as_bytes(interim).subspan(10));
        REQUIRE(support::allocations().live - before < 2'000);
    }
    CHECK(lines == Trace{"error 431 HTTP head exceeds the size limit"});
    CHECK(client.state() == ConnectionState::Closed);
}

TEST_CASE("bytes after a rejected upgrade taken for a request: dropped, and the connection closes",
          "[attack]") {
    H11Handshake server = server_end();
    receive(server, as_bytes(request_with("") + "GET /admin HTTP/1.1\r\nHost: a\r\n\r\n"));
    const Bytes answer = server.send(RejectConnection{.status_code = 403});
    CHECK(as_text(answer).find("\r\nConnection: close\r\n") != std::string_view::npos);
    CHECK(trace(server).empty());
    const std::size_t before = support::allocations().live;
    CHECK(receive(server, as_bytes("GET /admin HTTP/1.1\r\n\r\n")).empty());
    server.receive_data(Bytes(100'000, std::byte{'G'}));
    CHECK(support::allocations().live < before + 50'000);
    CHECK(server.should_close_transport());
}

TEST_CASE("bytes after a rejected upgrade taken for a request: dropped while the body is sent, too",
          "[attack]") {
    H11Handshake server = server_end();
    receive(server, as_bytes(request_with("")));
    CHECK_FALSE(server.send(RejectConnection{.status_code = 403, .has_body = true}).empty());
    const std::size_t before = support::allocations().live;
    server.receive_data(Bytes(100'000, std::byte{'G'}));
    CHECK(trace(server).empty());
    CHECK(support::allocations().live < before + 50'000);
    CHECK(server.state() == ConnectionState::Rejecting);
    CHECK_FALSE(server.send(RejectData{.data = as_bytes("no")}).empty());
    CHECK(server.should_close_transport());
}

TEST_CASE("CR/LF in outgoing headers, targets, subprotocols: refused, nothing written",
          "[attack][rfc6455-4.1-request-http]") {
    const std::string evil = GENERATE("a\r\nX-Evil: b", "a\rb", "a\nb", "a\r\n", "\n", "\r");
    Bytes out;
    std::error_code ec;
    H11Handshake client = client_end();
    for (const Request& request :
         {Request{.host = evil, .target = "/"}, Request{.host = "a", .target = "/" + evil},
          Request{.host = "a", .target = "/", .subprotocols = {evil}},
          Request{.host = "a", .target = "/", .extra_headers = {{evil, "b"}}},
          Request{.host = "a", .target = "/", .extra_headers = {{"b", evil}}}}) {
        client.send(request, out, ec);
        CHECK((ec && is_local(static_cast<Error>(ec.value()))));
    }
    auto pair = asked_pair();
    for (const Event& event :
         {Event{AcceptConnection{.subprotocol = evil}},
          Event{AcceptConnection{.extra_headers = {{evil, "b"}}}},
          Event{AcceptConnection{.extra_headers = {{"b", evil}}}},
          Event{RejectConnection{.headers = {{evil, "b"}}}},
          Event{RejectConnection{.headers = {{"b", evil}}}},
          Event{RejectConnection{.headers = {{"Content-Length", evil}}, .has_body = true}}}) {
        pair.server.send(event, out, ec);
        CHECK((ec && is_local(static_cast<Error>(ec.value()))));
    }
    CHECK(out.empty());
    CHECK(pair.states() == "Connecting Connecting");
}

TEST_CASE("early frames without bound: refused beyond the limit", "[attack]") {
    H11Handshake server = server_end({.early_data = 64 * 1024});
    receive(server, as_bytes(request_with("")));
    const Bytes piece(1024, std::byte{0x82});
    for (int round = 0; round != 64; ++round) {
        CHECK(receive(server, piece).empty());
    }
    CHECK(receive(server, BytesView{piece}.first(1)) ==
          Trace{"error 400 Too much data before the connection was accepted"});
}

TEST_CASE("a loop that neither consumes nor returns: every step of a rejection makes progress",
          "[attack]") {
    std::string text = "HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n";
    for (int chunk = 0; chunk != 1000; ++chunk) {
        text += "1\r\nx\r\n";
    }
    H11Handshake client = waiting_client();
    client.receive_data(as_bytes(text));
    std::size_t steps = 0;
    Event event;
    while (client.next_event(event) == Progress::Ready && steps < 2000) {
        ++steps;
    }
    CHECK(steps == 1001);
}

TEST_CASE("a handshake that was moved from, or onto itself, is closed at any point") {
    const bool onto_itself = GENERATE(false, true);
    const std::string request = request_with("");
    const BytesView input = as_bytes(request);
    for (std::size_t cut = 0; cut <= input.size(); ++cut) {
        CAPTURE(cut);
        H11Handshake server = server_end();
        CHECK(receive(server, input.first(cut)).size() == (cut == input.size() ? 1 : 0));
        H11Handshake target = client_end();
        (onto_itself ? server : target) = std::move(server);
        CHECK(server.state() == ConnectionState::Closed);
        CHECK(receive(server, input.subspan(cut)).empty());
        CHECK(receive(server, input).empty());
        std::error_code ec;
        CHECK(server.send(AcceptConnection{}, ec).empty());
        CHECK(server.send(RejectConnection{}, ec).empty());
        CHECK(ec == Error::EventNotAllowed);
        server.initiate_upgrade_connection({}, "/", ec);
        CHECK(ec == Error::UpgradeTooLate);
        server.receive_eof();
        CHECK(trace(server).empty());
        CHECK_FALSE(server.event_hint());
        CHECK(server.should_close_transport());
    }
}

TEST_CASE("a handshake takes a request that was parsed elsewhere, once") {
    H11Handshake server = server_end();
    CHECK_NOTHROW(
        server.initiate_upgrade_connection({{"Host", "example.com"},
                                            {"Upgrade", "websocket"},
                                            {"Connection", "Upgrade"},
                                            {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                                            {"Sec-WebSocket-Version", "13"}},
                                           "/chat"));
    CHECK(trace(server).size() == 1);
    CHECK_THROWS_AS(server.initiate_upgrade_connection({}, "/"), LocalProtocolError);
}
