#include <wsproto/detail/handshake_headers.hpp>

#include "support.hpp"

#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

static_assert(is_owned_by_handshake("HOST") && is_owned_by_handshake("content-length"));
static_assert(is_owned_by_handshake("Sec-WebSocket-Anything"));
static_assert(!is_owned_by_handshake("Sec-WebSocke") && !is_owned_by_handshake("Origin"));

namespace {

Error check_one(std::string_view name, std::string_view value) {
    return check_extra_headers({{"a", "b"}, {std::string{name}, std::string{value}}});
}

Error reject(unsigned status, const Headers& headers, bool has_body = false) {
    return check_rejection({.status_code = status, .headers = headers, .has_body = has_body});
}

}  // namespace

TEST_CASE("a header name is a token") {
    CHECK(check_one("X-Name", "value") == Error::None);
    for (const std::string_view name : {"", "a b", "a:", "a\r\nb", "\xc3\xa4", "a\t"}) {
        CHECK(check_one(name, "value") == Error::BadHeader);
    }
}

TEST_CASE("no CR, LF or other control gets into a header value") {
    CHECK(check_one("a", "") == Error::None);
    CHECK(check_one("a", "b\tc \xc3\xa4 d") == Error::None);
    for (const std::string_view value : {"a\r\nHost: b", "a\n", "\r", "a\x7f"}) {
        CHECK(check_one("a", value) == Error::BadHeader);
    }
    CHECK(check_one("a", {"\0", 1}) == Error::BadHeader);
}

TEST_CASE("headers that the handshake owns are refused") {
    for (const std::string_view name : {"Host", "upgrade", "Connection", "Sec-WebSocket-Key",
                                        "sec-websocket-x", "Content-Length", "TRANSFER-ENCODING"}) {
        CHECK(check_one(name, "a") == Error::ReservedHeader);
    }
}

TEST_CASE("a rejection may say more than a request") {
    CHECK(reject(426, {{"Upgrade", "websocket"}, {"Sec-WebSocket-Version", "13"}}) == Error::None);
    CHECK(reject(405, {{"Allow", "GET"}}) == Error::None);
    for (const std::string_view name :
         {"Host", "Connection", "Sec-WebSocket-Key", "Content-Length", "Transfer-Encoding"}) {
        CHECK(reject(400, {{std::string{name}, "0"}}) == Error::ReservedHeader);
    }
    CHECK(reject(400, {{"a", "b\n"}}) == Error::BadHeader);
}

TEST_CASE("a rejection has a final status") {
    CHECK(reject(200, {}) == Error::None);
    CHECK(reject(599, {}) == Error::None);
    for (const unsigned status : {0U, 101U, 199U, 600U, 1000U}) {
        CHECK(reject(status, {}) == Error::BadStatusCode);
    }
}

TEST_CASE("the length of a body is one decimal number") {
    const auto length = [](std::string_view value) {
        return reject(400, {{"content-length", std::string{value}}}, true);
    };
    CHECK(length("0") == Error::None);
    CHECK(length("18446744073709551615") == Error::None);
    for (const std::string_view value :
         {"", "-1", "+1", " 1", "1 ", "0x1", "1, 1", "1.0", "18446744073709551616"}) {
        CHECK(length(value) == Error::BadContentLength);
    }
    CHECK(reject(400, {{"Content-Length", "1"}, {"content-length", "1"}}, true) ==
          Error::BadContentLength);
}

TEST_CASE("some statuses have no body") {
    for (const unsigned status : {204U, 205U, 304U}) {
        CHECK(reject(status, {}, true) == Error::BodyNotAllowed);
        CHECK(reject(status, {}) == Error::None);
    }
}

TEST_CASE("a header is one line") {
    Bytes out = support::hex("78");
    append_texts(out, [](auto add) { add_headers(add, {{"A-b", "c d"}, {"e", ""}}); });
    CHECK(as_text(out) == "xA-b: c d\r\ne: \r\n");
}

TEST_CASE("texts are appended with one growth, which is exact") {
    Bytes out;
    append_texts(out, [](auto add) {
        add("ab");
        add({});
        add("c");
    });
    CHECK(as_text(out) == "abc");
    CHECK(out.capacity() == 3);
}
