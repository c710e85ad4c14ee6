#include <wsproto/detail/request_rules.hpp>

#include "support.hpp"

#include <wsproto/detail/head_scanner.hpp>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

/// Fields that meet all demands, but for some that are changed.
Headers valid_fields() {
    return {{"Host", "example.com"},
            {"Upgrade", "websocket"},
            {"Connection", "Upgrade"},
            {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
            {"Sec-WebSocket-Version", "13"}};
}

Headers without(std::string_view name) {
    Headers fields = valid_fields();
    std::erase_if(fields, [&](const auto& field) { return field.first == name; });
    return fields;
}

Headers with(std::string_view name, std::string_view value) {
    Headers fields = valid_fields();
    fields.emplace_back(name, value);
    return fields;
}

Headers replaced(std::string_view name, std::string_view value) {
    Headers fields = without(name);
    fields.emplace_back(name, value);
    return fields;
}

/// "400 Missing header, 'Host' {name: value}": the status and the headers of the hint; or "met".
std::string complaint(const Headers& fields, std::string_view line = "GET / HTTP/1.1") {
    std::string text{line};
    for (const auto& [name, value] : fields) {
        text.append("\r\n").append(name).append(": ").append(value);
    }
    text += "\r\n\r\n";
    HeadScanner scanner{HeadKind::Request};
    scanner.scan(text, {.size = text.size(), .fields = fields.size()});
    REQUIRE(scanner.complete());
    const ReceivedRequest received{MessageHead{text, scanner.layout()}};
    const Error error = check_request(received);
    if (error == Error::None) {
        return "met";
    }
    const RejectConnection hint = make_hint(error, received.fields);
    CHECK_FALSE(hint.has_body);
    std::string described = std::to_string(hint.status_code) + ' ' + std::string{message(error)};
    for (const auto& [name, value] : hint.headers) {
        described.append(" {").append(name).append(": ").append(value).append("}");
    }
    return described;
}

}  // namespace

TEST_CASE("1: the method is GET", "[rfc6455-4.2.1-get]") {
    CHECK(complaint(valid_fields(), "POST / HTTP/1.1") ==
          "405 Request method must be GET {Allow: GET}");
    CHECK(complaint({}, "HEAD / HTTP/1.0") == "405 Request method must be GET {Allow: GET}");
}

TEST_CASE("2: the version is HTTP/1.1", "[rfc6455-4.2.1-get]") {
    CHECK(complaint(valid_fields(), "GET / HTTP/1.0") == "505 HTTP version must be 1.1");
    CHECK(complaint({}, "GET / HTTP/2.0") == "505 HTTP version must be 1.1");
}

TEST_CASE("3: the Connection is upgraded", "[rfc6455-4.2.1-connection]") {
    const std::string missing = "Missing header, 'Connection: Upgrade'";
    CHECK(complaint(without("Connection")) == "400 " + missing);
    CHECK(complaint(replaced("Connection", "keep-alive")) == "400 " + missing);
    CHECK(complaint({}) == "426 " + missing + " {Upgrade: websocket}");
    CHECK(complaint(replaced("Connection", "keep-alive, UPGRADE")) == "met");
    Headers two_lines = replaced("Connection", "keep-alive");
    two_lines.emplace_back("connection", "upgrade");
    CHECK(complaint(two_lines) == "met");
}

TEST_CASE("4: the version of the protocol is 13", "[rfc6455-4.2.1-version]") {
    const std::string missing = "Missing header, 'Sec-WebSocket-Version'";
    CHECK(complaint(without("Sec-WebSocket-Version")) ==
          "400 " + missing + " {Sec-WebSocket-Version: 13}");
    for (const std::string_view version : {"8", "", "013", "13, 8", "13.0"}) {
        CHECK(complaint(replaced("Sec-WebSocket-Version", version)) ==
              "426 " + missing + " {Upgrade: websocket} {Sec-WebSocket-Version: 13}");
    }
    CHECK(complaint(with("sec-websocket-version", "13")) ==
          "426 " + missing + " {Upgrade: websocket} {Sec-WebSocket-Version: 13}");
}

TEST_CASE("5: there is one key, of 16 bytes", "[rfc6455-4.2.1-key]") {
    CHECK(complaint(without("Sec-WebSocket-Key")) == "400 Missing header, 'Sec-WebSocket-Key'");
    for (const std::string_view key :
         {"", "AAAA", "dGhlIHNhbXBsZSBub25jZQ",
          "dGhlIHNhbXBsZSBub25jZR==", "dGhlIHNhbXBsZSBub25j!Q==", "dGhlIHNhbXBsZSBub25jZQ==AA"}) {
        CHECK(complaint(replaced("Sec-WebSocket-Key", key)) == "400 Bad Sec-WebSocket-Key");
    }
    CHECK(complaint(with("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")) ==
          "400 Bad Sec-WebSocket-Key");
}

TEST_CASE("6: the upgrade is to websocket", "[rfc6455-4.2.1-upgrade]") {
    const std::string missing = "Missing header, 'Upgrade: websocket'";
    CHECK(complaint(without("Upgrade")) == "426 " + missing + " {Upgrade: websocket}");
    CHECK(complaint(replaced("Upgrade", "h2c")) == "400 " + missing);
    CHECK(complaint(replaced("Upgrade", "")) == "400 " + missing);
    CHECK(complaint(replaced("Upgrade", "h2c, WebSocket")) == "met");
}

TEST_CASE("7: there is one Host, and it says something", "[attack][rfc6455-4.2.1-host]") {
    CHECK(complaint(without("Host")) == "400 Missing header, 'Host'");
    CHECK(complaint(with("host", "example.com")) == "400 Bad HTTP message");
    CHECK(complaint(replaced("Host", "")) == "400 Bad HTTP message");
    CHECK(complaint(replaced("Host", "a b")) == "400 Bad HTTP message");
    CHECK(complaint(replaced("Host",
                             "b\xc3\xbc"
                             "cher.example")) == "400 Bad HTTP message");
}

TEST_CASE("8: there is no body", "[attack]") {
    const std::string has_body = "400 Request must not have a body";
    CHECK(complaint(with("Content-Length", "0")) == "met");
    CHECK(complaint(with("Content-Length", "1")) == has_body);
    CHECK(complaint(with("Content-Length", "00")) == has_body);
    CHECK(complaint(with("Transfer-Encoding", "chunked")) == has_body);
    CHECK(complaint(with("Transfer-Encoding", "")) == has_body);
}

TEST_CASE("9: lists of extensions and subprotocols are well-formed", "[rfc6455-4.2.1-lists]") {
    const std::string extensions = "400 Malformed header, 'Sec-WebSocket-Extensions'";
    CHECK(complaint(with("Sec-WebSocket-Extensions", "")) == extensions);
    CHECK(complaint(with("Sec-WebSocket-Extensions", "a; =b")) == extensions);
    CHECK(complaint(with("Sec-WebSocket-Extensions", "a; b=\"c")) == extensions);
    CHECK(complaint(with("Sec-WebSocket-Extensions", "a; b=\"c\", d")) == "met");
    const std::string protocols = "400 Malformed header, 'Sec-WebSocket-Protocol'";
    CHECK(complaint(with("Sec-WebSocket-Protocol", "")) == protocols);
    CHECK(complaint(with("Sec-WebSocket-Protocol", "a b")) == protocols);
    CHECK(complaint(with("Sec-WebSocket-Protocol", "a, b, a")) == protocols);
    CHECK(complaint(with("Sec-WebSocket-Protocol", "a, b")) == "met");
}

TEST_CASE("all lines of a list count, joined") {
    Headers fields = with("Sec-WebSocket-Protocol", "a");
    fields.emplace_back("Sec-WebSocket-Protocol", "a");
    CHECK(complaint(fields) == "400 Malformed header, 'Sec-WebSocket-Protocol'");
    fields.back().second = "b";
    CHECK(complaint(fields) == "met");
}

TEST_CASE("the first demand that is not met is the complaint") {
    // Each takes away what the one before it complained about.
    Headers fields = {{"Transfer-Encoding", "x"}, {"Sec-WebSocket-Extensions", ""}};
    CHECK(complaint(fields).find("'Connection: Upgrade'") != std::string::npos);
    fields.emplace_back("Connection", "upgrade");
    CHECK(complaint(fields).find("'Sec-WebSocket-Version'") != std::string::npos);
    fields.emplace_back("Sec-WebSocket-Version", "13");
    CHECK(complaint(fields).find("'Sec-WebSocket-Key'") != std::string::npos);
    fields.emplace_back("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==");
    CHECK(complaint(fields).find("'Upgrade: websocket'") != std::string::npos);
    fields.emplace_back("Upgrade", "websocket");
    CHECK(complaint(fields) == "400 Missing header, 'Host'");
    fields.emplace_back("Host", "a");
    CHECK(complaint(fields) == "400 Request must not have a body");
    fields.erase(fields.begin());
    CHECK(complaint(fields) == "400 Malformed header, 'Sec-WebSocket-Extensions'");
}

TEST_CASE("a request shows seven of its fields as something else than headers") {
    const std::string_view text =
        "GET /x HTTP/1.1\r\nHost: h\r\nUpgrade: u\r\nContent-Length: 0\r\nConnection: c\r\n"
        "Sec-WebSocket-Key: k\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: a, b\r\n"
        "Sec-WebSocket-Extensions: x; y, z\r\nOrigin: o\r\nSec-WebSocket-Accept: s\r\n"
        "Transfer-Encoding: t\r\nORIGIN: p\r\n\r\n";
    HeadScanner scanner{HeadKind::Request};
    scanner.scan(text, {.size = text.size(), .fields = 20});
    REQUIRE(scanner.complete());
    ReceivedRequest received{MessageHead{text, scanner.layout()}};
    const Request request = make_request(received);
    CHECK(request.host == "h");
    CHECK(request.target == "/x");
    CHECK(request.subprotocols == std::vector<std::string>{"a", "b"});
    CHECK(request.offered_extensions == std::vector<std::string>{"x; y", "z"});
    CHECK(request.extra_headers == Headers{{"content-length", "0"},
                                           {"origin", "o"},
                                           {"sec-websocket-accept", "s"},
                                           {"transfer-encoding", "t"},
                                           {"origin", "p"}});
}
