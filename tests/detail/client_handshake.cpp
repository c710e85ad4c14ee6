#include <wsproto/detail/client_handshake.hpp>

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

// What `client_end` asks with: "the sample nonce", RFC 6455 §1.3.
constexpr std::string_view accept_head =
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

std::string accept_with(std::string_view lines) {
    return std::string{accept_head}.append(lines).append("\r\n");
}

H11Handshake client_end(const Limits& limits = {}) {
    const BytesView nonce = as_bytes("the sample nonce");
    return H11Handshake{
        ConnectionType::Client,
        {.limits = limits, .random = support::fixed_random({nonce.begin(), nonce.end()})}};
}

/// A client that has sent its request.
H11Handshake waiting(const Request& request = {.host = "a", .target = "/"},
                     const Limits& limits = {}) {
    H11Handshake client = client_end(limits);
    CHECK_FALSE(client.send(request).empty());
    return client;
}

template <typename E>
Error refusal(H11Handshake& client, const E& event) {
    std::error_code ec;
    CHECK(client.send(event, ec).empty());
    return static_cast<Error>(ec.value());
}

class NamedExtension : public Extension {
  public:
    explicit NamedExtension(std::string name, std::optional<std::string> offer = "")
        : name_{std::move(name)}, offer_{std::move(offer)} {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] std::optional<std::string> offer() const override { return offer_; }

  private:
    std::string name_;
    std::optional<std::string> offer_;
};

std::shared_ptr<Extension> extension(std::string name, std::optional<std::string> offer = "") {
    return std::make_shared<NamedExtension>(std::move(name), std::move(offer));
}

/// What a client makes of `answer`, the same for every split; at the end the transport ends.
Trace answered(std::string_view answer, ConnectionState last, const Limits& limits = {}) {
    const Request request{.host = "a", .target = "/", .subprotocols = {"chat"}};
    const auto run = [&](const support::Pieces& pieces, Feed feed) {
        H11Handshake client = waiting(request, limits);
        Trace lines = receive(client, pieces, feed);
        client.receive_eof();
        const Trace more = trace(client);
        lines.insert(lines.end(), more.begin(), more.end());
        CHECK(client.state() == last);
        CHECK_FALSE(client.event_hint().has_value());
        CHECK(client.should_close_transport() == (last == ConnectionState::Closed));
        CHECK(trace(client).empty());
        return support::joined(lines);
    };
    Trace whole = run({as_bytes(answer)}, Feed::Copied);
    for (const Feed feed : {Feed::Copied, Feed::InPlace, Feed::InPlaceWithSlack}) {
        support::for_each_split(as_bytes(answer), [&](const support::Pieces& pieces) {
            CHECK(run(pieces, feed) == whole);
        });
    }
    return whole;
}

Trace closed(std::string_view answer, const Limits& limits = {}) {
    return answered(answer, ConnectionState::Closed, limits);
}

Trace failure(std::string_view complaint) {
    return {"error " + std::string{complaint}};
}

const std::string cut_short = "error 0 Transport ended inside the handshake";

}  // namespace

TEST_CASE("a client sends its request once") {
    H11Handshake client = client_end();
    const auto x = extension("x", "p=1");
    const auto hidden = extension("hidden", std::nullopt);
    const Bytes bytes = client.send(Request{.host = "example.com",
                                            .target = "/chat",
                                            .extensions = {x, hidden, extension("y")},
                                            .subprotocols = {"a", "b"},
                                            .extra_headers = {{"Origin", "http://a"}}});
    CHECK(as_text(bytes) ==
          "GET /chat HTTP/1.1\r\nHost: example.com\r\nUpgrade: websocket\r\n"
          "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a, b\r\n"
          "Sec-WebSocket-Extensions: x; p=1, y\r\nOrigin: http://a\r\n\r\n");
    CHECK(client.state() == ConnectionState::Connecting);
    CHECK(x->attached());
    CHECK(refusal(client, Request{.host = "a", .target = "/"}) == Error::EventNotAllowed);
}

TEST_CASE("each request has a key of its own", "[rfc6455-4.1-request-key-random]") {
    const auto key = [] {
        H11Handshake client{ConnectionType::Client};
        const Bytes bytes = client.send(Request{.host = "a", .target = "/"});
        const std::size_t at = as_text(bytes).find("Key: ");
        return std::string{as_text(bytes).substr(at, 29)};
    };
    CHECK(key() != key());
}

TEST_CASE("a request that cannot be sent changes nothing") {
    H11Handshake client = client_end();
    const auto used = extension("x");
    CHECK(used->attach());
    const auto free_one = extension("y");
    CHECK(refusal(client, Request{.host = "a"}) == Error::BadTarget);
    CHECK(refusal(client, Request{.host = "", .target = "/"}) == Error::BadHost);
    CHECK(refusal(client, Request{.host = "a", .target = "/", .subprotocols = {"a b"}}) ==
          Error::BadSubprotocol);
    CHECK(refusal(client, Request{.host = "a", .target = "/", .subprotocols = {"a", "a"}}) ==
          Error::DuplicateSubprotocol);
    CHECK(refusal(client, Request{.host = "a", .target = "/", .extensions = {free_one, used}}) ==
          Error::ExtensionInUse);
    CHECK(
        refusal(client, Request{.host = "a", .target = "/", .extensions = {free_one, free_one}}) ==
        Error::DuplicateExtension);
    CHECK(refusal(client, Request{.host = "a", .target = "/", .extensions = {extension("a b")}}) ==
          Error::BadHeader);
    CHECK(refusal(client, Request{.host = "a", .target = "/", .extra_headers = {{"a", "\r\n"}}}) ==
          Error::BadHeader);
    CHECK(refusal(client,
                  Request{.host = "a", .target = "/", .extra_headers = {{"Upgrade", "h2c"}}}) ==
          Error::ReservedHeader);
    CHECK_FALSE(free_one->attached());
    CHECK_FALSE(client.send(Request{.host = "a", .target = "/", .extensions = {free_one}}).empty());
}

TEST_CASE("a client sends nothing but its request", "[rfc6455-4.1-wait]") {
    for (const bool asked : {false, true}) {
        H11Handshake client = asked ? waiting() : client_end();
        CHECK(refusal(client, AcceptConnection{}) == Error::EventNotAllowed);
        CHECK(refusal(client, RejectConnection{}) == Error::EventNotAllowed);
        CHECK(refusal(client, RejectData{}) == Error::EventNotAllowed);
        CHECK(refusal(client, TextMessage{"early"}) == Error::EventNotAllowed);
        CHECK(refusal(client, Ping{}) == Error::EventNotAllowed);
        CHECK(refusal(client, CloseConnection{}) == Error::EventNotAllowed);
    }
}

TEST_CASE("a server that speaks before it is asked is refused") {
    H11Handshake client = client_end();
    CHECK(receive(client, as_bytes("H")) == failure("0 Data received before the request was sent"));
    CHECK(client.state() == ConnectionState::Closed);
    CHECK(refusal(client, Request{.host = "a", .target = "/"}) == Error::EventNotAllowed);

    H11Handshake undrained = client_end();
    undrained.receive_data(as_bytes(accept_with("")));
    CHECK_FALSE(undrained.send(Request{.host = "a", .target = "/"}).empty());
    CHECK(trace(undrained) == failure("0 Data received before the request was sent"));
}

TEST_CASE("a transport that ends before the request is no event") {
    H11Handshake client = client_end();
    client.receive_eof();
    CHECK(trace(client).empty());
    CHECK(client.state() == ConnectionState::Closed);
}

TEST_CASE("a transport that ends before a full answer is told", "[rfc6455-7.2.1-lost]") {
    const std::string answer = accept_with("");
    for (std::size_t size = 0; size != answer.size(); ++size) {
        H11Handshake client = waiting();
        CHECK(receive(client, as_bytes(answer).first(size)).empty());
        client.receive_eof();
        CHECK(trace(client) == Trace{cut_short});
        CHECK(client.state() == ConnectionState::Closed);
        CHECK_FALSE(client.event_hint().has_value());
    }
}

TEST_CASE("a 101 opens the connection") {
    CHECK(answered(accept_with("Sec-WebSocket-Protocol: chat\r\nSet-Cookie:  a \r\n"),
                   ConnectionState::Open) == Trace{"accept protocol chat {set-cookie: a}"});
}

TEST_CASE("what follows a 101 is kept, for every split") {
    const std::string answer = accept_with("Content-Length: 3\r\n") + "frames";
    for (const Feed feed : {Feed::Copied, Feed::InPlace}) {
        support::for_each_split(as_bytes(answer), [feed](const support::Pieces& pieces) {
            H11Handshake client = waiting();
            CHECK(receive(client, pieces, feed) == Trace{"accept {content-length: 3}"});
            auto input = client.take_input();
            CHECK(as_text(input.front()) == "frames");
        });
    }
}

TEST_CASE("the extensions agreed on are known, in the order of the answer") {
    const Extensions offered = {extension("a"), extension("b"), extension("c")};
    H11Handshake client = waiting({.host = "a", .target = "/", .extensions = offered});
    CHECK(receive(client, as_bytes(accept_with("Sec-WebSocket-Extensions: c\r\n"
                                               "sec-websocket-extensions: a; p=1\r\n"))) ==
          Trace{"accept extensions c, a"});
    CHECK(client.take_extensions() == Extensions{offered[2], offered[0]});
    CHECK(offered[0]->position() == 2);
    CHECK_FALSE(offered[1]->enabled());
}

TEST_CASE("an answer that meets not all demands is a failure, in every split",
          "[rfc6455-4.1-answer-conforms]") {
    const std::string upgraded = "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n";
    CHECK(closed("HTTP/1.0 101 x\r\n\r\n") == failure("505 HTTP version must be 1.1"));
    CHECK(closed("HTTP/1.1 101 x\r\n\r\n") == failure("400 Missing header, 'Connection: Upgrade'"));
    CHECK(closed("HTTP/1.1 101 x\r\nConnection: Upgrade\r\n\r\n") ==
          failure("400 Missing header, 'Upgrade: websocket'"));
    CHECK(closed(upgraded + "\r\n") == failure("0 Bad accept token"));
    CHECK(closed(accept_with("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")) ==
          failure("0 Bad accept token"));
    CHECK(closed(accept_with("Sec-WebSocket-Protocol: other\r\n")) ==
          failure("0 unrecognized subprotocol other"));
    CHECK(closed(accept_with("Sec-WebSocket-Extensions: x\r\n")) ==
          failure("0 unrecognized extension x"));
    CHECK(closed(accept_with("Sec-WebSocket-Extensions: =\r\n")) ==
          failure("400 Malformed header, 'Sec-WebSocket-Extensions'"));
}

TEST_CASE("a subprotocol is refused when none was requested", "[rfc6455-4.1-answer-protocol]") {
    H11Handshake client = waiting();
    CHECK(receive(client, as_bytes(accept_with("Sec-WebSocket-Protocol: chat\r\n"))) ==
          failure("0 unrecognized subprotocol chat"));
}

TEST_CASE("an answer that is no HTTP is a failure, in every split",
          "[rfc6455-4.1-answer-conforms]") {
    CHECK(closed("SSH-2.0-x\r\n") == failure("400 Bad HTTP message"));
    CHECK(closed("HTTP/1.1 101 x\nUpgrade: websocket\r\n\r\n") == failure("400 Bad HTTP message"));
    CHECK(closed("HTTP/1.1 99 x\r\n\r\n") == failure("400 Bad HTTP message"));
    CHECK(closed("HTTP/1.1 200 x\r\nA : b\r\n\r\n") == failure("400 Bad HTTP message"));
    CHECK(closed("HTTP/1.1 200 x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n") ==
          failure("400 Bad HTTP message"));
}

TEST_CASE("a failure is final",
          "[rfc6455-7.1.7-close][rfc6455-7.1.7-deaf][rfc6455-7.2.1-handshake]") {
    H11Handshake client = waiting();
    CHECK(receive(client, as_bytes("HTTP/1.1 101 x\r\n\r\n")).size() == 1);
    CHECK(receive(client, as_bytes(accept_with(""))).empty());
    client.receive_eof();
    CHECK(trace(client).empty());
    CHECK(client.state() == ConnectionState::Closed);
    CHECK(client.refused_request().headers.empty());
}

TEST_CASE("interim answers are skipped") {
    const std::string interim =
        "HTTP/1.1 100 Continue\r\n\r\n"
        "HTTP/1.1 103 Early Hints\r\nConnection: close\r\nContent-Length: 5\r\n\r\n";
    CHECK(answered(interim + accept_with(""), ConnectionState::Open) == Trace{"accept"});
    CHECK(closed(interim + "HTTP/1.1 204 x\r\n\r\n") == Trace{"reject 204 body", "data ''"});
    CHECK(closed(interim) == Trace{cut_short});
    CHECK(answered("HTTP/1.0 103 x\r\n\r\n" + accept_with(""), ConnectionState::Open) ==
          Trace{"accept"});
}

TEST_CASE("interim responses without end: all heads of an answer count against the limits together",
          "[attack]") {
    const std::string interim = "HTTP/1.1 100 x\r\na: b\r\n\r\n";
    const std::string answer = interim + interim + accept_with("");
    CHECK(answered(answer, ConnectionState::Open, {.handshake_size = answer.size()}).size() == 1);
    CHECK(closed(answer, {.handshake_size = answer.size() - 1}) ==
          failure("431 HTTP head exceeds the size limit"));
    CHECK(answered(answer, ConnectionState::Open, {.handshake_headers = 5}).size() == 1);
    CHECK(closed(answer, {.handshake_headers = 4}) == failure("431 HTTP head has too many fields"));
}

TEST_CASE("trailers count against the limits too") {
    const std::string head = "HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n";
    const std::string trailers = "a: b\r\n\r\n";
    const std::string answer = head + "2\r\nhi\r\n0\r\n" + trailers;
    const std::string rejection = "reject 404 body {transfer-encoding: chunked}";
    const std::size_t size = head.size() + trailers.size();
    CHECK(closed(answer, {.handshake_size = size}) == Trace{rejection, "data 'hi'"});
    CHECK(closed(answer, {.handshake_size = size - 1}) ==
          Trace{rejection, "data 'hi' more", "error 431 HTTP head exceeds the size limit"});
    CHECK(closed(answer, {.handshake_headers = 1}) ==
          Trace{rejection, "data 'hi' more", "error 431 HTTP head has too many fields"});
}

TEST_CASE("a rejection has a body, of the length that was declared") {
    CHECK(closed("HTTP/1.1 404 Not Found\r\nServer: s\r\nContent-Length: 9\r\n\r\nNot foundHTTP") ==
          Trace{"reject 404 body {server: s} {content-length: 9}", "data 'Not found'"});
    CHECK(closed("HTTP/1.0 599 \r\nContent-Length: 0\r\n\r\n") ==
          Trace{"reject 599 body {content-length: 0}", "data ''"});
    CHECK(closed("HTTP/1.1 304 x\r\nContent-Length: 9\r\n\r\n") ==
          Trace{"reject 304 body {content-length: 9}", "data ''"});
}

TEST_CASE("a rejection has a body, in chunks") {
    CHECK(closed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
                 "3\r\nNot\r\n6;x=y\r\n found\r\n0\r\nA: b\r\n\r\nmore") ==
          Trace{"reject 200 body {transfer-encoding: chunked}", "data 'Not found'"});
    CHECK(closed("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nNotx") ==
          Trace{"reject 200 body {transfer-encoding: chunked}", "data 'Not' more",
                "error 400 Bad HTTP message"});
}

TEST_CASE("a rejection has a body, up to the end of the transport") {
    CHECK(closed("HTTP/1.1 502 Bad Gateway\r\n\r\nGone") ==
          Trace{"reject 502 body", "data 'Gone'"});
    CHECK(closed("HTTP/1.1 502 Bad Gateway\r\n\r\n") == Trace{"reject 502 body", "data ''"});
}

TEST_CASE("a transport that ends inside a body of known end is told") {
    CHECK(closed("HTTP/1.1 404 x\r\nContent-Length: 9\r\n\r\nNot fo") ==
          Trace{"reject 404 body {content-length: 9}", "data 'Not fo' more", cut_short});
    for (const std::string_view chunks :
         {"", "3", "3\r\n", "3\r\nNot\r\n", "0\r\n", "0\r\na:b\r\n"}) {
        const Trace lines =
            closed("HTTP/1.1 404 x\r\nTransfer-Encoding: chunked\r\n\r\n" + std::string{chunks});
        CHECK(lines.back() == cut_short);
    }
}

TEST_CASE("the state moves with the events of a rejection") {
    H11Handshake client = waiting();
    client.receive_data(as_bytes("HTTP/1.1 404 x\r\nContent-Length: 3\r\n\r\nNot"));
    std::string states;
    for (const Event& event : client.events()) {
        states += support::line(event) + " in " + std::string{to_string(client.state())} + "; ";
    }
    CHECK(states == "reject 404 body {content-length: 3} in Rejecting; data 'Not' in Closed; ");
    CHECK(client.should_close_transport());
}

TEST_CASE("the pieces of a body lie in the buffer that was lent") {
    std::string text = "HTTP/1.1 404 x\r\nContent-Length: 9\r\n\r\nNot found";
    H11Handshake client = waiting();
    client.receive_data_in_place(std::as_writable_bytes(std::span{text}));
    for (const Event& event : client.events()) {
        if (const auto* const piece = std::get_if<RejectData>(&event)) {
            CHECK(as_text(piece->data).data() == text.data() + text.size() - 9);
        }
    }
}

TEST_CASE("a client has no upgrade to initiate") {
    H11Handshake client = client_end();
    CHECK_THROWS_WITH(client.initiate_upgrade_connection({}, "/"),
                      "Cannot initiate an upgrade connection when acting as the client");
    std::error_code ec;
    client.initiate_upgrade_connection({}, "/", ec);
    CHECK(ec == Error::UpgradeByClient);
    CHECK(ec.category() == error_category());
}
