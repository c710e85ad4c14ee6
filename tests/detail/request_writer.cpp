#include <wsproto/detail/request_writer.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

static_assert(is_target("/") && is_target("/chat?a=b") && is_target("ws://example.com/x"));
static_assert(!is_target("") && !is_target("chat") && !is_target("*") && !is_target("://x"));
static_assert(!is_target("/a b") && !is_target("/\r\n") && !is_target("/\xc3\xa4"));
static_assert(!is_target("a/b://c") && !is_target("example.com:80"));

namespace {

Request valid() {
    return {.host = "example.com", .target = "/"};
}

std::string request_text(const Request& request, std::string_view offers) {
    Bytes out;
    write_request(request, "dGhlIHNhbXBsZSBub25jZQ==", offers, out);
    return std::string{as_text(out)};
}

Error check_host(std::string_view host) {
    Request request = valid();
    request.host = host;
    return check_outgoing_request(request, "");
}

}  // namespace

TEST_CASE(
    "a request without options is this, byte for byte",
    "[rfc6455-4.1-request-http][rfc6455-4.1-request-get][rfc6455-4.1-request-host]"
    "[rfc6455-4.1-request-upgrade][rfc6455-4.1-request-connection][rfc6455-4.1-request-version]") {
    CHECK(check_outgoing_request(valid(), "") == Error::None);
    CHECK(request_text(valid(), "") ==
          "GET / HTTP/1.1\r\n"
          "Host: example.com\r\n"
          "Upgrade: websocket\r\n"
          "Connection: Upgrade\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "Sec-WebSocket-Version: 13\r\n"
          "\r\n");
}

TEST_CASE("a request with everything is this, byte for byte", "[rfc6455-4.1-request-uri]") {
    const Request request{.host = "example.com:8080",
                          .target = "/chat?room=1",
                          .subprotocols = {"a", "b"},
                          .extra_headers = {{"Origin", "http://example.com"}, {"x-Y", "z"}}};
    CHECK(request_text(request, "x; p=1, y") ==
          "GET /chat?room=1 HTTP/1.1\r\n"
          "Host: example.com:8080\r\n"
          "Upgrade: websocket\r\n"
          "Connection: Upgrade\r\n"
          "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
          "Sec-WebSocket-Version: 13\r\n"
          "Sec-WebSocket-Protocol: a, b\r\n"
          "Sec-WebSocket-Extensions: x; p=1, y\r\n"
          "Origin: http://example.com\r\n"
          "x-Y: z\r\n"
          "\r\n");
}

TEST_CASE("a host is visible ASCII", "[rfc6455-4.1-uri-components]") {
    CHECK(check_host("[::1]:80") == Error::None);
    for (const std::string_view host : {"", "a b", "a\r\nX: y",
                                        "b\xc3\xbc"
                                        "cher.example",
                                        "a\t"}) {
        CHECK(check_host(host) == Error::BadHost);
    }
}

TEST_CASE("a target is a path, or begins with a scheme",
          "[rfc6455-4.1-uri-components][rfc6455-4.1-request-uri]") {
    Request request = valid();
    for (const std::string_view target : {"/chat?a=b", "ws://example.com/x", "a+b://c"}) {
        request.target = target;
        CHECK(check_outgoing_request(request, "") == Error::None);
    }
    for (const std::string_view target :
         {"", "chat", "*", "/a b", "/a\r\nX: y", "://x", "a/b://c", "a://b c", "example.com:80"}) {
        request.target = target;
        CHECK(check_outgoing_request(request, "") == Error::BadTarget);
    }
}

TEST_CASE("subprotocols are tokens, all different", "[rfc6455-4.1-request-protocols]") {
    Request request = valid();
    for (const std::string_view name : {"", "a b", "a,b", "a\r\nX: y"}) {
        request.subprotocols = {"ok", std::string{name}};
        CHECK(check_outgoing_request(request, "") == Error::BadSubprotocol);
    }
    request.subprotocols = {"a", "b", "a"};
    CHECK(check_outgoing_request(request, "") == Error::DuplicateSubprotocol);
    request.subprotocols = {"a", "A"};
    CHECK(check_outgoing_request(request, "") == Error::None);
}

TEST_CASE("extra headers are checked") {
    Request request = valid();
    request.extra_headers = {{"a", "b\r\nc: d"}};
    CHECK(check_outgoing_request(request, "") == Error::BadHeader);
    request.extra_headers = {{"host", "b"}};
    CHECK(check_outgoing_request(request, "") == Error::ReservedHeader);
}

TEST_CASE("an extension cannot write what is no offer") {
    for (const std::string_view offers : {"x; a\r\nHost: b", "x; ", "x y", "\x7f"}) {
        CHECK(check_outgoing_request(valid(), offers) == Error::BadHeader);
    }
}
