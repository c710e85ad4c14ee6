#include <wsproto/detail/response_rules.hpp>

#include "support.hpp"

#include <wsproto/detail/head_scanner.hpp>

#include <memory>
#include <optional>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

struct NamedExtension : Extension {
    [[nodiscard]] std::string_view name() const override { return "x"; }
    [[nodiscard]] std::optional<std::string> offer() const override { return ""; }
    Error finalize(std::string_view response) override {
        return response == "x; bad" ? Error::UnrecognizedExtension : Error::None;
    }
};

SentRequest sent() {
    return {.accept_token = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=",
            .subprotocols = {"chat", "superchat"},
            .extensions = {std::make_shared<NamedExtension>()}};
}

Headers valid_fields() {
    return {{"Upgrade", "websocket"},
            {"Connection", "Upgrade"},
            {"Sec-WebSocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="}};
}

Headers with(std::string_view name, std::string_view value) {
    Headers fields = valid_fields();
    std::erase_if(fields, [&](const auto& field) { return field.first == name; });
    fields.emplace_back(name, value);
    return fields;
}

Upgrade upgrade(const Headers& fields, std::string_view version = "HTTP/1.1") {
    std::string text = std::string{version} + " 101 x";
    for (const auto& [name, value] : fields) {
        text.append("\r\n").append(name).append(": ").append(value);
    }
    text += "\r\n\r\n";
    HeadScanner scanner{HeadKind::Response};
    scanner.scan(text, {.size = text.size(), .fields = fields.size()});
    REQUIRE(scanner.complete());
    const SentRequest request = sent();
    return read_upgrade({MessageHead{text, scanner.layout()}, request});
}

/// The complaint and its culprit, "" if there is none.
std::string complaint(const Headers& fields, std::string_view version = "HTTP/1.1") {
    const Upgrade result = upgrade(fields, version);
    if (result.error == Error::None) return "";
    const std::string text{message(result.error)};
    return result.culprit.empty() ? text : text + ' ' + result.culprit;
}

}  // namespace

TEST_CASE("a 101 that meets all demands is an AcceptConnection") {
    CHECK(complaint(valid_fields()).empty());
    Headers fields = valid_fields();
    fields.insert(fields.end(), {{"Sec-WebSocket-Protocol", "superchat"},
                                 {"Server", "s"},
                                 {"Sec-WebSocket-Extensions", "x; a=1"},
                                 {"Set-Cookie", "1"},
                                 {"set-cookie", "2"}});
    const Upgrade result = upgrade(fields);
    CHECK(support::line(Event{result.accepted}) ==
          "accept protocol superchat extensions x {server: s} {set-cookie: 1} {set-cookie: 2}");
    CHECK(result.accepted.extensions.at(0)->enabled());
}

TEST_CASE("an answer in another version of HTTP is refused") {
    CHECK(complaint(valid_fields(), "HTTP/1.0") == "HTTP version must be 1.1");
}

TEST_CASE("an answer that upgrades nothing is refused",
          "[rfc6455-4.1-answer-upgrade][rfc6455-4.1-answer-connection]") {
    CHECK(complaint(with("Connection", "close")) == "Missing header, 'Connection: Upgrade'");
    CHECK(complaint(with("Upgrade", "h2c")) == "Missing header, 'Upgrade: websocket'");
    CHECK(complaint({}) == "Missing header, 'Connection: Upgrade'");
    CHECK(complaint(with("Connection", "keep-alive, upgrade")).empty());
    CHECK(complaint(with("Upgrade", "WebSocket")).empty());
}

TEST_CASE("an accept token that is not there once, or another, is refused",
          "[rfc6455-4.1-answer-accept]") {
    const std::string_view right = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";
    Headers twice = valid_fields();
    twice.emplace_back("Sec-WebSocket-Accept", right);
    CHECK(complaint(twice) == "Bad accept token");
    CHECK(complaint({{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}) == "Bad accept token");
    for (const std::string_view token :
         {"", "S3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo"}) {
        CHECK(complaint(with("Sec-WebSocket-Accept", token)) == "Bad accept token");
    }
}

TEST_CASE("a subprotocol that was not requested is refused", "[rfc6455-4.1-answer-protocol]") {
    CHECK(complaint(with("Sec-WebSocket-Protocol", "chat")).empty());
    CHECK(complaint(with("Sec-WebSocket-Protocol", "Chat")) == "unrecognized subprotocol Chat");
    CHECK(complaint(with("Sec-WebSocket-Protocol", "chat, superchat")) ==
          "unrecognized subprotocol chat, superchat");
    CHECK(complaint(with("Sec-WebSocket-Protocol", "")) == "unrecognized subprotocol");
}

TEST_CASE("two lines of subprotocols are refused") {
    Headers fields = with("Sec-WebSocket-Protocol", "chat");
    fields.emplace_back("Sec-WebSocket-Protocol", "chat");
    CHECK(complaint(fields) == "unrecognized subprotocol chat, chat");
}

TEST_CASE("extensions that were not offered, or not so, are refused",
          "[rfc6455-4.1-answer-extension]") {
    const auto accepted = [](std::string_view value) {
        return complaint(with("Sec-WebSocket-Extensions", value));
    };
    CHECK(accepted("x").empty());
    CHECK(accepted("y") == "unrecognized extension y");
    CHECK(accepted("x, x") == "unrecognized extension x");
    CHECK(accepted("x; bad") == "unrecognized extension x");
    CHECK(accepted("x; =") == "Malformed header, 'Sec-WebSocket-Extensions'");
    CHECK(accepted("") == "Malformed header, 'Sec-WebSocket-Extensions'");
}

TEST_CASE("the extensions of all lines count") {
    Headers fields = with("Sec-WebSocket-Extensions", "x");
    fields.emplace_back("Sec-WebSocket-Extensions", "y");
    CHECK(complaint(fields) == "unrecognized extension y");
}
