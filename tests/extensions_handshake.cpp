#include <wsproto/extensions_handshake.hpp>

#include "catch.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

using namespace wsproto;

namespace {

using Texts = std::vector<std::string>;

/// Takes part as told, and writes down what it was asked.
struct Scripted : Extension {
    struct Script {
        std::string name = "x";
        RsvBits bits{};
        std::string only{};                     ///< Accepts this one; else any.
        std::optional<std::string> params{""};  ///< Its offer, and its answer.
    };

    explicit Scripted(Script script_of) : script{std::move(script_of)} {}

    std::string_view name() const override { return script.name; }
    RsvBits reserved_bits() const override { return script.bits; }
    std::optional<std::string> offer() const override { return script.params; }

    std::optional<std::string> accept(std::string_view offer) override {
        asked.emplace_back(offer);
        return fits(offer) ? script.params : std::nullopt;
    }

    Error finalize(std::string_view response) override {
        asked.emplace_back(response);
        return fits(response) ? Error::None : Error::ExtensionProtocolError;
    }

    bool fits(std::string_view text) const { return script.only.empty() || text == script.only; }

    Script script;
    Texts asked{};
};

std::shared_ptr<Scripted> scripted(Scripted::Script script) {
    return std::make_shared<Scripted>(std::move(script));
}

const RsvBits rsv1{.rsv1 = true};
const RsvBits rsv2{.rsv2 = true};

std::string failure(const Texts& accepted, const Extensions& proposed) {
    try {
        static_cast<void>(client_extensions_handshake(accepted, proposed));
    } catch (const RemoteProtocolError& error) {
        CHECK_FALSE(error.event_hint());
        std::error_code code;
        CHECK(client_extensions_handshake(accepted, proposed, code).empty());
        CHECK(code == error.code());
        return error.what();
    }
    return "none";
}

}  // namespace

// The server.

TEST_CASE("a server without offers or extensions answers nothing", "[rfc6455-4.2.2-extensions]") {
    const auto x = scripted({});
    CHECK_FALSE(server_extensions_handshake(Texts{}, {x}));
    CHECK_FALSE(server_extensions_handshake(Texts{"x"}, {}));
    CHECK_FALSE(server_extensions_handshake(Texts{"y"}, {x}));
    CHECK(x->asked.empty());
    CHECK_FALSE(x->enabled());
}

TEST_CASE("a server's answer has the names, and the parameters that there are") {
    const auto x = scripted({.name = "x", .params = "a; b=1"});
    const auto y = scripted({.name = "y"});
    CHECK(server_extensions_handshake(Texts{"x; c", "y"}, {x, y}) == "x; a; b=1, y");
    CHECK(x->asked == Texts{"x; c"});
}

TEST_CASE("a server answers in the client's order, and the extensions know their places") {
    const auto x = scripted({.name = "x"});
    const auto y = scripted({.name = "y"});
    const auto z = scripted({.name = "z"});
    CHECK(server_extensions_handshake(Texts{"z", "unknown", "x"}, {x, y, z}) == "z, x");
    CHECK(z->position() == 1);
    CHECK(x->position() == 2);
    CHECK(y->position() == 0);
    CHECK(z->enabled());
    CHECK(x->enabled());
    CHECK_FALSE(y->enabled());
}

TEST_CASE("of each name a server takes the first offer that is accepted",
          "[rfc7692-7-decline-unsupported]") {
    const auto x = scripted({.only = "x; b"});
    CHECK(server_extensions_handshake(Texts{"x; a", "x; b", "x; c"}, {x}) == "x");
    CHECK(x->asked == Texts{"x; a", "x; b"});
    CHECK(x->position() == 1);
}

TEST_CASE("a server finds an extension by its name in any case") {
    const auto x = scripted({.name = "x-y"});
    CHECK(server_extensions_handshake(Texts{"X-Y; a"}, {x}) == "x-y");
    CHECK(x->asked == Texts{"X-Y; a"});
}

TEST_CASE("a server declines an extension whose reserved bits are taken, without asking it",
          "[rfc7692-5-rsv1-server]") {
    const auto x = scripted({.name = "x", .bits = rsv1 | rsv2});
    const auto y = scripted({.name = "y", .bits = rsv2});
    const auto z = scripted({.name = "z", .bits = {.rsv3 = true}});
    CHECK(server_extensions_handshake(Texts{"x", "y", "z"}, {y, x, z}) == "x, z");
    CHECK(y->asked.empty());
    CHECK_FALSE(y->enabled());
    CHECK(z->position() == 2);
}

TEST_CASE("reserved bits of an extension that was declined are free") {
    const auto x = scripted({.name = "x", .bits = rsv1, .params = std::nullopt});
    const auto y = scripted({.name = "y", .bits = rsv1});
    CHECK(server_extensions_handshake(Texts{"x", "y"}, {x, y}) == "y");
    CHECK_FALSE(x->enabled());
}

TEST_CASE("a server declines an offer that breaks the grammar, without asking the extension") {
    const auto x = scripted({});
    CHECK(server_extensions_handshake(Texts{"x;", "x; a=", "", "x; b"}, {x}) == "x");
    CHECK(x->asked == Texts{"x; b"});
}

// The client.

TEST_CASE("a client without an answer has no extensions") {
    CHECK(client_extensions_handshake(Texts{}, {}).empty());
    const auto x = scripted({});
    CHECK(client_extensions_handshake(Texts{}, {x}).empty());
    CHECK_FALSE(x->enabled());
}

TEST_CASE("a client gets the extensions in the server's order, and they know their places") {
    const auto x = scripted({.name = "x"});
    const auto y = scripted({.name = "y"});
    const auto z = scripted({.name = "z"});
    const Extensions agreed = client_extensions_handshake(Texts{"z; a", "X"}, {x, y, z});
    CHECK(agreed == Extensions{z, x});
    CHECK(z->position() == 1);
    CHECK(x->position() == 2);
    CHECK(z->asked == Texts{"z; a"});
    CHECK(z->enabled());
    CHECK_FALSE(y->enabled());
}

TEST_CASE("a client fails on an extension that it did not propose",
          "[rfc6455-4.1-answer-extension]") {
    CHECK(failure({"y; a"}, {}) == "unrecognized extension y");
    CHECK(failure({"x", "Y"}, {scripted({})}) == "unrecognized extension Y");
}

TEST_CASE("a client fails on an extension that it has, but did not offer") {
    const auto x = scripted({.params = std::nullopt});
    CHECK(failure({"x"}, {x}) == "unrecognized extension x");
    CHECK(x->asked.empty());
}

TEST_CASE("a client fails on an extension that comes twice") {
    const auto x = scripted({});
    CHECK(failure({"x", "x"}, {x}) == "unrecognized extension x");
    CHECK(failure({"x; a", "X; b"}, {scripted({})}) == "unrecognized extension X");
    CHECK_FALSE(x->enabled());
}

TEST_CASE("a client fails on parameters that the extension refuses") {
    CHECK(failure({"x; a"}, {scripted({.only = "x"})}) == "unrecognized extension x");
}

TEST_CASE("a client that is given two extensions with the same reserved bit fails",
          "[rfc7692-5-rsv1-client]") {
    const auto x = scripted({.name = "x", .bits = rsv1});
    const auto y = scripted({.name = "y", .bits = rsv1 | rsv2});
    CHECK(failure({"y", "x"}, {x, y}) == "unrecognized extension x");
    CHECK(x->asked.empty());
}

TEST_CASE("a client may offer two extensions with the same reserved bit") {
    const auto x = scripted({.name = "x", .bits = rsv1});
    const auto y = scripted({.name = "y", .bits = rsv1});
    CHECK(client_extensions_handshake(Texts{"y"}, {x, y}) == Extensions{y});
}

TEST_CASE("a client fails on what is no extension") {
    const std::string_view element = GENERATE("", "x;", "x; a=", "x; a=\"", "x y", "; a", "x, y");
    CAPTURE(element);
    CHECK(failure({std::string{element}}, {scripted({})}) ==
          "Malformed header, 'Sec-WebSocket-Extensions'");
}

TEST_CASE("a client learns the complaint without an exception, too") {
    std::error_code error;
    const auto x = scripted({});
    CHECK(client_extensions_handshake(Texts{"x", "y"}, {x}, error).empty());
    CHECK(error == Error::UnrecognizedExtension);
    CHECK(client_extensions_handshake(Texts{"x;"}, {x}, error).empty());
    CHECK(error == Error::MalformedExtensions);
    CHECK(client_extensions_handshake(Texts{"x"}, {x}, error) == Extensions{x});
    CHECK_FALSE(error);
}

TEST_CASE("a failed handshake enables nothing") {
    const auto x = scripted({.name = "x"});
    const auto y = scripted({.name = "y"});
    CHECK(failure({"x", "y", "z"}, {x, y}) == "unrecognized extension z");
    CHECK_FALSE(x->enabled());
    CHECK(y->position() == 0);
}
