#include <wsproto/detail/server_handshake.hpp>

#include "support.hpp"

#include <wsproto/handshake.hpp>

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace wsproto;
using support::Feed;
using support::receive;
using support::trace;
using support::Trace;

namespace {

constexpr std::string_view request_head =
    "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n";

/// A request that meets all demands, with more header lines.
std::string request_with(std::string_view lines) {
    return std::string{request_head}.append(lines).append("\r\n");
}

H11Handshake server_end(const Limits& limits = {}) {
    return H11Handshake{ConnectionType::Server, {.limits = limits}};
}

/// A server that has delivered the request.
H11Handshake asked(std::string_view lines = "", const Limits& limits = {}) {
    H11Handshake server = server_end(limits);
    const Trace events = receive(server, as_bytes(request_with(lines)));
    REQUIRE(events.size() == 1);
    REQUIRE(events[0].starts_with("request example.com /chat"));
    return server;
}

std::string hint_of(const H11Handshake& server) {
    const auto hint = server.event_hint();
    return hint ? support::line(*hint) : "none";
}

template <typename E>
std::string sent_by(H11Handshake& server, const E& event) {
    return std::string{as_text(server.send(event))};
}

template <typename E>
Error refusal(H11Handshake& server, const E& event) {
    std::error_code ec;
    CHECK(server.send(event, ec).empty());
    return static_cast<Error>(ec.value());
}

class NamedExtension : public Extension {
  public:
    NamedExtension(std::string name, std::optional<std::string> answer)
        : name_{std::move(name)}, answer_{std::move(answer)} {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] std::optional<std::string> offer() const override { return ""; }
    std::optional<std::string> accept(std::string_view) override { return answer_; }

  private:
    std::string name_;
    std::optional<std::string> answer_;
};

std::shared_ptr<Extension> extension(std::string name, std::optional<std::string> answer = "") {
    return std::make_shared<NamedExtension>(std::move(name), std::move(answer));
}

struct Refused {
    std::string text;
    std::string error;
    std::string hint;
};

const std::array refused_requests = {
    Refused{"POST / HTTP/1.1\r\n\r\n", "error 405 Request method must be GET",
            "reject 405 {Allow: GET}"},
    Refused{"GET / HTTP/1.0\r\n\r\n", "error 505 HTTP version must be 1.1", "reject 505"},
    Refused{"GET / HTTP/1.1\r\n\r\n", "error 400 Missing header, 'Connection: Upgrade'",
            "reject 426 {Upgrade: websocket}"},
    Refused{"GET / HTTP/1.1\r\nConnection: Upgrade\r\n\r\n",
            "error 400 Missing header, 'Sec-WebSocket-Version'",
            "reject 400 {Sec-WebSocket-Version: 13}"},
    Refused{"GET / HTTP/1.1\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 8\r\n\r\n",
            "error 400 Missing header, 'Sec-WebSocket-Version'",
            "reject 426 {Upgrade: websocket} {Sec-WebSocket-Version: 13}"},
    Refused{"GET / HTTP/1.1\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n",
            "error 400 Missing header, 'Sec-WebSocket-Key'", "reject 400"},
    Refused{request_with("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"),
            "error 400 Bad Sec-WebSocket-Key", "reject 400"},
    Refused{"GET / HTTP/1.1\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            "error 400 Missing header, 'Upgrade: websocket'", "reject 426 {Upgrade: websocket}"},
    Refused{"GET / HTTP/1.1\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nUpgrade: websocket\r\n\r\n",
            "error 400 Missing header, 'Host'", "reject 400"},
    Refused{request_with("Host: example.com\r\n"), "error 400 Bad HTTP message", "reject 400"},
    Refused{request_with("Content-Length: 1\r\n"), "error 400 Request must not have a body",
            "reject 400"},
    Refused{request_with("Transfer-Encoding: chunked\r\n"),
            "error 400 Request must not have a body", "reject 400"},
    Refused{request_with("Sec-WebSocket-Extensions: ;\r\n"),
            "error 400 Malformed header, 'Sec-WebSocket-Extensions'", "reject 400"},
    Refused{request_with("Sec-WebSocket-Protocol: a b\r\n"),
            "error 400 Malformed header, 'Sec-WebSocket-Protocol'", "reject 400"},
};

const std::array broken_requests = {
    std::string{"\r\nGET / HTTP/1.1\r\n"},
    std::string{"GXT / HTTP/1.1\r\n"},
    std::string{"GET / HTTP/9.9\r\n"},
    std::string{"GET /\r\n"},
    std::string{"GET /\xc3\xa4 HTTP/1.1\r\n"},
    std::string{"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    std::string{"\x16\x03\x01\x02"},
    std::string{"GET / HTTP/1.1\nHost: a\n\n"},
    std::string{"GET / HTTP/1.1\r\nHost : a\r\n"},
    std::string{"GET / HTTP/1.1\r\n: a\r\n"},
    std::string{"GET / HTTP/1.1\r\nHost: a\r\n b\r\n"},
    std::string{"GET / HTTP/1.1\r\nHost: a\0b\r\n", 27},
    std::string{"GET / HTTP/1.1\r\nContent-Length: x\r\n"},
};

}  // namespace

TEST_CASE("a request is an event, the same for every split") {
    const std::string text = request_with(
        "Origin: http://a\r\nsec-websocket-protocol: b, a\r\nX-Y:  z\t\r\n"
        "Sec-WebSocket-Extensions: x; p=\"1\", y\r\nSec-WebSocket-Protocol: c\r\nx-y: \r\n");
    for (const Feed feed : {Feed::Copied, Feed::InPlace, Feed::InPlaceWithSlack}) {
        support::for_each_split(as_bytes(text), [&](const support::Pieces& pieces) {
            H11Handshake server = server_end();
            CHECK(receive(server, pieces, feed) ==
                  Trace{"request example.com /chat protocols b, a, c offers x; p=\"1\" | y"
                        " {origin: http://a} {x-y: z} {x-y: }"});
            CHECK(server.state() == ConnectionState::Connecting);
            CHECK_FALSE(server.event_hint().has_value());
        });
    }
}

TEST_CASE("a demand that is not met gives its complaint and its hint, in every split",
          "[rfc6455-4.2.1-error-response][rfc6455-4.2.2-version][rfc6455-4.4-versions]") {
    for (const Refused& refused : refused_requests) {
        CAPTURE(refused.text);
        for (const Feed feed : {Feed::Copied, Feed::InPlace}) {
            support::for_each_split(as_bytes(refused.text), [&](const support::Pieces& pieces) {
                H11Handshake server = server_end();
                CHECK(receive(server, pieces, feed) == Trace{refused.error});
                CHECK(hint_of(server) == refused.hint);
                CHECK(server.state() == ConnectionState::Connecting);
                CHECK_FALSE(server.refused_request().method.empty());
            });
        }
    }
}

TEST_CASE("broken HTTP is a bad message, in every split", "[rfc6455-4.2.1-error-response]") {
    for (const std::string& text : broken_requests) {
        CAPTURE(text);
        support::for_each_split(as_bytes(text), [&](const support::Pieces& pieces) {
            H11Handshake server = server_end();
            CHECK(receive(server, pieces) == Trace{"error 400 Bad HTTP message"});
            CHECK(hint_of(server) == "reject 400");
            CHECK(server.refused_request().method.empty());
        });
    }
}

TEST_CASE("a head up to the limits passes, one byte or field more is told 431", "[attack]") {
    const std::string text = request_with("");
    for (const std::size_t less : {0U, 1U}) {
        H11Handshake by_size = server_end({.handshake_size = text.size() - less});
        const Trace lines = receive(by_size, as_bytes(text));
        CHECK((lines == Trace{"error 431 HTTP head exceeds the size limit"}) == (less == 1));
        CHECK(hint_of(by_size) == (less == 1 ? "reject 431" : "none"));
        H11Handshake by_fields = server_end({.handshake_headers = 5 - less});
        const Trace other_lines = receive(by_fields, as_bytes(text));
        CHECK((other_lines == Trace{"error 431 HTTP head has too many fields"}) == (less == 1));
        CHECK(hint_of(by_fields) == (less == 1 ? "reject 431" : "none"));
    }
}

TEST_CASE("a refused request is kept for a server that serves pages too") {
    H11Handshake server = server_end();
    server.receive_data(as_bytes("POST /form?a HTTP/1.1\r\nHost: b\r\nX-Y: 1\r\nX-Y: 2\r\n\r\n"));
    try {
        for (const Event& event : server.events()) {
            FAIL(support::line(event));
        }
    } catch (const RemoteProtocolError& error) {
        CHECK(error.error() == Error::MethodNotGet);
        CHECK(error.method() == "POST");
        CHECK(error.target() == "/form?a");
        CHECK(error.headers() == Headers{{"host", "b"}, {"x-y", "1"}, {"x-y", "2"}});
        REQUIRE(error.event_hint().has_value());
        CHECK(support::line(*error.event_hint()) == "reject 405 {Allow: GET}");
    }
}

TEST_CASE("after a mistake a server may send any rejection, and nothing else") {
    H11Handshake server = server_end();
    receive(server, as_bytes("GET / HTTP/1.1\r\n\r\n"));
    CHECK(receive(server, as_bytes(request_with(""))).empty());
    CHECK(refusal(server, AcceptConnection{}) == Error::EventNotAllowed);
    CHECK(refusal(server, RejectData{}) == Error::EventNotAllowed);
    CHECK(hint_of(server) == "reject 426 {Upgrade: websocket}");
    CHECK(sent_by(server, RejectConnection{.status_code = 200, .has_body = true})
              .starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(hint_of(server) == "none");
    CHECK(server.state() == ConnectionState::Rejecting);
}

TEST_CASE("the hint can be sent as it is", "[rfc6455-7.2.2-abort]") {
    for (const Refused& refused : refused_requests) {
        H11Handshake server = server_end();
        receive(server, as_bytes(refused.text));
        REQUIRE(server.event_hint().has_value());
        const std::string answer = sent_by(server, *server.event_hint());
        CHECK(answer.find("close\r\n") != std::string::npos);
        CHECK(answer.ends_with("Content-Length: 0\r\n\r\n"));
        CHECK(server.state() == ConnectionState::Closed);
        CHECK(server.should_close_transport());
    }
}

TEST_CASE("the end of the transport takes the last word from a server that had a complaint") {
    H11Handshake server = server_end();
    receive(server, as_bytes("GET / HTTP/1.1\r\n\r\n"));
    server.receive_eof();
    CHECK(server.state() == ConnectionState::Connecting);
    CHECK(trace(server).empty());
    CHECK(server.state() == ConnectionState::Closed);
    CHECK(hint_of(server) == "none");
}

TEST_CASE("a transport that ends before the first byte is no event") {
    H11Handshake server = server_end();
    server.receive_eof();
    CHECK(trace(server).empty());
    CHECK(server.state() == ConnectionState::Closed);
    CHECK(server.should_close_transport());
    CHECK(trace(server).empty());
}

TEST_CASE("a transport that ends inside a request is told, without a hint") {
    const std::string text = request_with("");
    for (std::size_t size = 1; size != text.size(); ++size) {
        H11Handshake server = server_end();
        CHECK(receive(server, as_bytes(text).first(size)).empty());
        server.receive_eof();
        CHECK(trace(server) == Trace{"error 0 Transport ended inside the handshake"});
        CHECK(server.state() == ConnectionState::Closed);
        CHECK(hint_of(server) == "none");
        CHECK(trace(server).empty());
    }
}

TEST_CASE("a transport that ends behind the request is told as 1006") {
    H11Handshake server = server_end();
    server.receive_data(as_bytes(request_with("") + "early"));
    server.receive_eof();
    CHECK(trace(server) == Trace{"request example.com /chat", "close 1006 ''"});
    CHECK(server.state() == ConnectionState::Closed);
    CHECK(refusal(server, AcceptConnection{}) == Error::EventNotAllowed);
    CHECK(refusal(server, RejectConnection{}) == Error::EventNotAllowed);
}

TEST_CASE("an accepted request opens the connection, and what followed it is kept") {
    H11Handshake server = asked("Sec-WebSocket-Protocol: chat, superchat\r\n");
    server.receive_data(as_bytes("ear"));
    CHECK(trace(server).empty());
    CHECK(sent_by(server, AcceptConnection{.subprotocol = "superchat"}) ==
          "HTTP/1.1 101 Switching Protocols\r\n"
          "Upgrade: websocket\r\n"
          "Connection: Upgrade\r\n"
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          "Sec-WebSocket-Protocol: superchat\r\n"
          "\r\n");
    CHECK(server.state() == ConnectionState::Open);
    server.receive_data(as_bytes("ly"));
    CHECK(trace(server).empty());
    auto input = server.take_input();
    CHECK(as_text(input.front()) == "early");
    CHECK_FALSE(server.should_close_transport());
}

TEST_CASE("a request is accepted once, and not before it came") {
    H11Handshake server = server_end();
    CHECK(refusal(server, AcceptConnection{}) == Error::EventNotAllowed);
    receive(server, as_bytes(request_with("")));
    CHECK(refusal(server, Request{}) == Error::EventNotAllowed);
    CHECK_FALSE(sent_by(server, AcceptConnection{}).empty());
    CHECK(refusal(server, AcceptConnection{}) == Error::EventNotAllowed);
    CHECK(refusal(server, RejectConnection{}) == Error::EventNotAllowed);
}

TEST_CASE("an acceptance that cannot be sent changes nothing", "[rfc6455-4.2.2-protocol]") {
    H11Handshake server = asked("Sec-WebSocket-Protocol: chat\r\nSec-WebSocket-Extensions: x\r\n");
    CHECK_THROWS_WITH(server.send(AcceptConnection{.subprotocol = "Chat"}),
                      "unexpected subprotocol Chat");
    CHECK(refusal(server, AcceptConnection{.subprotocol = ""}) == Error::UnexpectedSubprotocol);
    const auto free_one = extension("x");
    const auto used_one = extension("y");
    CHECK(used_one->attach());
    CHECK(refusal(server, AcceptConnection{.extensions = {free_one, used_one}}) ==
          Error::ExtensionInUse);
    CHECK(refusal(server, AcceptConnection{.extensions = {free_one, extension("X")}}) ==
          Error::DuplicateExtension);
    CHECK(refusal(server, AcceptConnection{.extensions = {free_one},
                                           .extra_headers = {{"a", "b\r\nc: d"}}}) ==
          Error::BadHeader);
    CHECK(refusal(server, AcceptConnection{.extra_headers = {{"Sec-WebSocket-Accept", "b"}}}) ==
          Error::ReservedHeader);
    CHECK_FALSE(free_one->attached());
    CHECK_FALSE(free_one->enabled());
    CHECK(server.state() == ConnectionState::Connecting);
    CHECK_FALSE(
        sent_by(server, AcceptConnection{.subprotocol = "chat", .extensions = {free_one}}).empty());
    CHECK(free_one->attached());
}

TEST_CASE("extensions are answered in the client's order of preference",
          "[rfc6455-4.2.2-extensions]") {
    H11Handshake server =
        asked("Sec-WebSocket-Extensions: c, x; p\r\nsec-websocket-extensions: a\r\n");
    const Extensions supported = {extension("a", "q=1"), extension("b"),
                                  extension("c", std::nullopt), extension("x")};
    const std::string answer = sent_by(server, AcceptConnection{.extensions = supported});
    CHECK(answer.find("Sec-WebSocket-Extensions: x, a; q=1\r\n") != std::string::npos);
    CHECK(server.take_extensions() == Extensions{supported[3], supported[0]});
    CHECK(supported[3]->position() == 1);
    CHECK_FALSE(supported[1]->attached());
    CHECK_FALSE(supported[2]->enabled());
}

TEST_CASE("CR/LF in outgoing headers: an extension cannot write lines of its own", "[attack]") {
    H11Handshake server = asked("Sec-WebSocket-Extensions: x\r\n");
    CHECK(refusal(server, AcceptConnection{.extensions = {extension("x", "a\r\nX-Evil: b")}}) ==
          Error::BadHeader);
    CHECK(server.state() == ConnectionState::Connecting);
}

TEST_CASE("no agreement on extensions, no such header", "[rfc6455-4.2.2-extensions]") {
    H11Handshake server = asked("Sec-WebSocket-Extensions: x\r\n");
    const std::string answer = sent_by(server, AcceptConnection{.extensions = {extension("y")}});
    CHECK(answer.find("Extensions") == std::string::npos);
    CHECK(server.take_extensions().empty());
}

TEST_CASE("early frames without bound: they pass up to the limit, and are refused beyond",
          "[attack]") {
    for (const Feed feed : {Feed::Copied, Feed::InPlace}) {
        H11Handshake server = asked("", {.early_data = 4});
        CHECK(receive(server, as_bytes("ab"), feed).empty());
        CHECK(receive(server, as_bytes("cd"), feed).empty());
        CHECK(receive(server, as_bytes("e"), feed) ==
              Trace{"error 400 Too much data before the connection was accepted"});
        CHECK(hint_of(server) == "reject 400");
        CHECK(refusal(server, AcceptConnection{}) == Error::EventNotAllowed);
    }
}

TEST_CASE("a request can be rejected before it came, and when it came", "[rfc6455-4.2.2-refuse]") {
    for (const std::string_view fed : {std::string_view{}, std::string_view{"GET / HT"}}) {
        H11Handshake server = server_end();
        CHECK(receive(server, as_bytes(fed)).empty());
        CHECK(sent_by(server, RejectConnection{.status_code = 503}) ==
              "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
        CHECK(server.state() == ConnectionState::Closed);
        CHECK(receive(server, as_bytes(request_with(""))).empty());
    }
    H11Handshake server = asked();
    CHECK_FALSE(sent_by(server, RejectConnection{.status_code = 403}).empty());
    CHECK(server.should_close_transport());
    CHECK(refusal(server, RejectConnection{}) == Error::EventNotAllowed);
    CHECK(refusal(server, RejectData{}) == Error::EventNotAllowed);
}

TEST_CASE("a rejection that cannot be sent changes nothing") {
    H11Handshake server = asked();
    CHECK(refusal(server, RejectConnection{.status_code = 101}) == Error::BadStatusCode);
    CHECK(refusal(server, RejectConnection{.status_code = 204, .has_body = true}) ==
          Error::BodyNotAllowed);
    CHECK(refusal(server, RejectConnection{.headers = {{"Connection", "x"}}}) ==
          Error::ReservedHeader);
    CHECK(refusal(server, RejectConnection{.headers = {{"Content-Length", "x"}},
                                           .has_body = true}) == Error::BadContentLength);
    CHECK(refusal(server, RejectConnection{.headers = {{"a", "\n"}}}) == Error::BadHeader);
    CHECK(server.state() == ConnectionState::Connecting);
    CHECK_FALSE(sent_by(server, AcceptConnection{}).empty());
}

TEST_CASE("a rejection with a body is Rejecting until its last piece") {
    H11Handshake server = asked();
    CHECK(sent_by(server, RejectConnection{.status_code = 404, .has_body = true}) ==
          "HTTP/1.1 404 Not Found\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
    CHECK(server.state() == ConnectionState::Rejecting);
    CHECK_FALSE(server.should_close_transport());
    CHECK(sent_by(server, RejectData{.data = as_bytes("Not"), .body_finished = false}) ==
          "3\r\nNot\r\n");
    CHECK(server.state() == ConnectionState::Rejecting);
    CHECK(sent_by(server, RejectData{as_bytes(" found")}) == "6\r\n found\r\n0\r\n\r\n");
    CHECK(server.state() == ConnectionState::Closed);
    CHECK(refusal(server, RejectData{}) == Error::EventNotAllowed);
}

TEST_CASE("the declared length of a body is enforced, and a mistake changes nothing") {
    H11Handshake server = asked();
    static_cast<void>(
        sent_by(server, RejectConnection{.headers = {{"Content-Length", "3"}}, .has_body = true}));
    CHECK(refusal(server, RejectData{as_bytes("Nope")}) == Error::BodyTooLong);
    CHECK(refusal(server, RejectData{as_bytes("No")}) == Error::BodyTooShort);
    CHECK(server.state() == ConnectionState::Rejecting);
    CHECK(sent_by(server, RejectData{as_bytes("Not")}) == "Not");
    CHECK(server.state() == ConnectionState::Closed);
}

TEST_CASE("while a server rejects, input is dropped and the end of the transport changes nothing") {
    H11Handshake server = asked();
    static_cast<void>(sent_by(server, RejectConnection{.has_body = true}));
    CHECK(receive(server, as_bytes(request_with(""))).empty());
    server.receive_eof();
    CHECK(trace(server).empty());
    CHECK(server.state() == ConnectionState::Rejecting);
    CHECK_FALSE(sent_by(server, RejectData{as_bytes("body")}).empty());
    CHECK(server.state() == ConnectionState::Closed);
}

TEST_CASE("frames and pings are not for a handshake") {
    H11Handshake server = asked();
    Bytes scratch;
    std::error_code ec;
    CHECK(refusal(server, TextMessage{"x"}) == Error::EventNotAllowed);
    CHECK(refusal(server, BytesMessage{}) == Error::EventNotAllowed);
    CHECK(refusal(server, Ping{}) == Error::EventNotAllowed);
    CHECK(refusal(server, Pong{}) == Error::EventNotAllowed);
    CHECK(refusal(server, CloseConnection{}) == Error::EventNotAllowed);
    CHECK(refusal(server, Event{Ping{}}) == Error::EventNotAllowed);
    CHECK(server.send_gather(TextMessage{"x"}, scratch, ec).size() == 0);
    CHECK(ec == Error::EventNotAllowed);
}

TEST_CASE("a request that was parsed elsewhere is checked like any other") {
    const Headers headers = {
        {"host", "example.com"},         {"upgrade", "websocket"},
        {"connection", "upgrade"},       {"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="},
        {"sec-websocket-version", "13"}, {"x", " y "}};
    H11Handshake server = server_end();
    server.initiate_upgrade_connection(headers, "/chat");
    CHECK(trace(server) == Trace{"request example.com /chat {x: y}"});
    CHECK(receive(server, as_bytes("early")).empty());
    CHECK_FALSE(sent_by(server, AcceptConnection{}).empty());

    H11Handshake other = server_end();
    other.initiate_upgrade_connection({{"Host", "a"}}, "/");
    CHECK(trace(other) == Trace{"error 400 Missing header, 'Connection: Upgrade'"});
    CHECK(other.refused_request().headers == Headers{{"host", "a"}});
}

TEST_CASE("CR/LF in outgoing headers: a request that was parsed elsewhere cannot smuggle lines",
          "[attack]") {
    for (const std::string_view target : {"", "/ HTTP/1.1\r\nHost: a\r\n", "/a b", "/\xc3\xa4"}) {
        H11Handshake server = server_end();
        server.initiate_upgrade_connection({{"Host", "a"}}, target);
        CHECK(trace(server) == Trace{"error 400 Bad HTTP message"});
    }
    for (const auto& [name, value] :
         Headers{{"a", "b\r\nHost: c"}, {"a\r\nHost", "b"}, {"", "a"}, {"a b", "c"}}) {
        H11Handshake server = server_end();
        server.initiate_upgrade_connection({{name, value}}, "/");
        CHECK(trace(server) == Trace{"error 400 Bad HTTP message"});
    }
}

TEST_CASE("an upgrade is initiated once, and before anything was received") {
    std::error_code ec;
    H11Handshake server = server_end();
    server.initiate_upgrade_connection({}, "/", ec);
    CHECK_FALSE(ec);
    server.initiate_upgrade_connection({}, "/", ec);
    CHECK(ec == Error::UpgradeTooLate);
    H11Handshake fed = server_end();
    fed.receive_data(as_bytes("G"));
    CHECK_THROWS_WITH(fed.initiate_upgrade_connection({}, "/"),
                      "Cannot initiate an upgrade connection after a request or received bytes");
    H11Handshake rejected = server_end();
    static_cast<void>(sent_by(rejected, RejectConnection{}));
    rejected.initiate_upgrade_connection({}, "/", ec);
    CHECK(ec == Error::UpgradeTooLate);
}
