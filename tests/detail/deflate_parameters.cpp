#include <wsproto/detail/deflate_parameters.hpp>

#include "catch.hpp"

#include <optional>
#include <string>
#include <string_view>

using namespace wsproto::detail;

namespace {

constexpr std::optional<DeflateParameters> parsed(std::string_view element) {
    return parse_deflate_parameters(element);
}

static_assert(parsed("permessage-deflate") == DeflateParameters{});
static_assert(parsed("permessage-deflate; server_max_window_bits=10") ==
              DeflateParameters{.server_max_window_bits = 10});
static_assert(!parsed("permessage-deflate; server_max_window_bits"));

/// What was parsed, written again; "declined" if it was.
std::string reformatted(std::string_view parameters) {
    const auto result = parsed("permessage-deflate; " + std::string{parameters});
    return result ? format_deflate_parameters(*result) : "declined";
}

std::string answer(std::string_view offer, const DeflateParameters& configured = {}) {
    const auto asked = parsed("permessage-deflate" + std::string{offer});
    REQUIRE(asked);
    return format_deflate_parameters(deflate_answer(*asked, configured));
}

bool acceptable(std::string_view response, const DeflateParameters& offer) {
    const auto answered = parsed("permessage-deflate" + std::string{response});
    REQUIRE(answered);
    return answers_offer(*answered, offer);
}

constexpr char to_upper(char c) {
    return static_cast<char>(c - ('a' - 'A'));
}

}  // namespace

TEST_CASE("the four parameters are read and written in the order of the RFC") {
    CHECK(reformatted("client_max_window_bits=9; server_max_window_bits=10; "
                      "client_no_context_takeover; server_no_context_takeover") ==
          "server_no_context_takeover; client_no_context_takeover; server_max_window_bits=10; "
          "client_max_window_bits=9");
    CHECK(reformatted("client_max_window_bits") == "client_max_window_bits");
    CHECK(format_deflate_parameters({}).empty());
}

TEST_CASE("the names of parameters are read in any case") {
    CHECK(reformatted("Server_No_Context_Takeover; CLIENT_MAX_WINDOW_BITS=12") ==
          "server_no_context_takeover; client_max_window_bits=12");
}

TEST_CASE("window bits are 8 to 15", "[rfc7692-7.1.2-spelling]") {
    for (int bits = 0; bits <= 20; ++bits) {
        CAPTURE(bits);
        for (const std::string name : {"server_max_window_bits", "client_max_window_bits"}) {
            const std::string parameter = name + "=" + std::to_string(bits);
            CHECK(reformatted(parameter) == (bits >= 8 && bits <= 15 ? parameter : "declined"));
        }
    }
}

TEST_CASE("window bits parsed loosely: every other spelling is declined",
          "[attack][rfc7692-7.1.2-spelling]") {
    const std::string spelling =
        GENERATE("=08", "=+9", "=-9", "=1000", "=abc", "=\"\"", "=", "= 8", " =8", "=\" 8\"",
                 "=\"8 \"", "=8.0", "=0x8", "=1e1", "=9a", "=010", "=115", "=4294967304",
                 "=18446744073709551624", "=\"08\"", "=\"16\"", "=8 9", "=8=8", "==8", "=\"8");
    CAPTURE(spelling);
    CHECK(reformatted("server_max_window_bits" + spelling) == "declined");
    CHECK(reformatted("client_max_window_bits" + spelling) == "declined");
}

TEST_CASE("window bits are understood in quotes") {
    CHECK(reformatted("server_max_window_bits=\"8\"") == "server_max_window_bits=8");
    CHECK(reformatted("client_max_window_bits=\"15\"") == "client_max_window_bits=15");
    CHECK(reformatted("client_max_window_bits=\"\\1\\0\"") == "client_max_window_bits=10");
}

TEST_CASE("only the client's window bits may lack a value") {
    CHECK(reformatted("server_max_window_bits") == "declined");
    CHECK(reformatted("client_max_window_bits") == "client_max_window_bits");
}

TEST_CASE("no_context_takeover has no value", "[rfc7692-7-decline-value]") {
    const std::string name = GENERATE("server_no_context_takeover", "client_no_context_takeover");
    CAPTURE(name);
    CHECK(reformatted(name) == name);
    CHECK(reformatted(name + "=1") == "declined");
    CHECK(reformatted(name + "=\"1\"") == "declined");
    CHECK(reformatted(name + "=\"\"") == "declined");
    CHECK(reformatted(name + "=") == "declined");
}

TEST_CASE("a parameter given twice is declined",
          "[rfc7692-7-decline-twice][rfc7692-7-fail-twice]") {
    const std::string name =
        GENERATE("server_no_context_takeover", "client_no_context_takeover",
                 "server_max_window_bits=9", "client_max_window_bits=9", "client_max_window_bits");
    CAPTURE(name);
    CHECK(reformatted(name) == name);
    CHECK(reformatted(name + "; " + name) == "declined");
    CHECK(reformatted(name + "; " + std::string(1, to_upper(name[0])) + name.substr(1)) ==
          "declined");
}

TEST_CASE("with and without a value, the client's window bits are the same parameter") {
    CHECK(reformatted("client_max_window_bits; client_max_window_bits=9") == "declined");
    CHECK(reformatted("client_max_window_bits=9; client_max_window_bits") == "declined");
}

TEST_CASE("an unknown parameter is declined", "[rfc7692-7-decline-undefined]") {
    const std::string name =
        GENERATE("x", "server_max_window_bit=9", "server_max_window_bitss=9", "max_window_bits=9",
                 "s2c_max_window_bits=9", "server-max-window-bits=9");
    CAPTURE(name);
    CHECK(reformatted(name) == "declined");
    CHECK(reformatted("client_max_window_bits; " + name) == "declined");
}

TEST_CASE("an offer that breaks the grammar is declined") {
    CHECK(reformatted("") == "declined");
    CHECK(reformatted("client_max_window_bits;") == "declined");
    CHECK(reformatted("client_max_window_bits=9 x") == "declined");
    CHECK_FALSE(parsed(""));
    CHECK_FALSE(parsed("permessage-deflate,"));
}

TEST_CASE("an answer has what was asked", "[rfc7692-7.1.1.1-answer]") {
    const std::string asked = GENERATE(
        "", "server_no_context_takeover", "client_no_context_takeover", "server_max_window_bits=8",
        "server_max_window_bits=15", "client_max_window_bits=9", "client_max_window_bits=15",
        "server_no_context_takeover; client_no_context_takeover; "
        "server_max_window_bits=10; client_max_window_bits=9");
    CAPTURE(asked);
    CHECK(answer(asked.empty() ? "" : "; " + asked) == asked);
}

TEST_CASE("a client that leaves its window to the server gets an answer without it") {
    CHECK(answer("; client_max_window_bits").empty());
}

TEST_CASE("an answer has what is configured, asked or not") {
    CHECK(answer("", {.server_no_context_takeover = true}) == "server_no_context_takeover");
    CHECK(answer("", {.client_no_context_takeover = true}) == "client_no_context_takeover");
    CHECK(answer("", {.server_max_window_bits = 9}) == "server_max_window_bits=9");
    CHECK(answer("; client_max_window_bits", {.client_max_window_bits = 9}) ==
          "client_max_window_bits=9");
}

TEST_CASE("an answer limits the client's window only if the offer lets it",
          "[rfc7692-7.1.2.2-unasked]") {
    CHECK(answer("", {.client_max_window_bits = 9}).empty());
    CHECK(answer("; server_max_window_bits=9", {.client_max_window_bits = 9}) ==
          "server_max_window_bits=9");
}

TEST_CASE("an answer has the smaller of what was asked and what is configured",
          "[rfc7692-7.1.2.1-answer]") {
    for (int asked = 8; asked <= 15; ++asked) {
        for (int configured = 8; configured <= 15; ++configured) {
            CAPTURE(asked, configured);
            const std::string value = std::to_string(std::min(asked, configured));
            const std::string offer = "_max_window_bits=" + std::to_string(asked);
            CHECK(answer("; server" + offer, {.server_max_window_bits = configured}) ==
                  "server_max_window_bits=" + value);
            CHECK(answer("; client" + offer, {.client_max_window_bits = configured}) ==
                  "client_max_window_bits=" + value);
        }
    }
}

TEST_CASE("a client accepts what a server may add unasked") {
    const DeflateParameters offer{.bare_client_max_window_bits = true};
    CHECK(acceptable("", offer));
    CHECK(acceptable("; server_no_context_takeover", offer));
    CHECK(acceptable("; client_no_context_takeover", offer));
    CHECK(acceptable("; server_max_window_bits=8", offer));
    CHECK(acceptable("; server_max_window_bits=15", offer));
    CHECK(acceptable("; client_max_window_bits=8", offer));
    CHECK(acceptable("; client_max_window_bits=15", offer));
}

TEST_CASE("a client refuses an answer that lacks what it asked for", "[rfc7692-7.1.1.1-answer]") {
    CHECK_FALSE(acceptable("", {.server_no_context_takeover = true}));
    CHECK(acceptable("; server_no_context_takeover", {.server_no_context_takeover = true}));
    CHECK_FALSE(acceptable("", {.server_max_window_bits = 9}));
    CHECK(acceptable("; server_max_window_bits=9", {.server_max_window_bits = 9}));
}

TEST_CASE("what a client announces of itself may be missing in the answer") {
    CHECK(acceptable("", {.client_no_context_takeover = true}));
    CHECK(acceptable("", {.client_max_window_bits = 9}));
}

TEST_CASE("a client refuses an answer that exceeds a value of its own",
          "[rfc7692-7-fail-unsupported][rfc7692-7.1.2.1-answer]") {
    for (int asked = 8; asked <= 15; ++asked) {
        for (int answered = 8; answered <= 15; ++answered) {
            CAPTURE(asked, answered);
            const std::string value = "_max_window_bits=" + std::to_string(answered);
            CHECK(acceptable("; server" + value, {.server_max_window_bits = asked}) ==
                  (answered <= asked));
            CHECK(acceptable("; client" + value, {.client_max_window_bits = asked}) ==
                  (answered <= asked));
        }
    }
}

TEST_CASE("a client refuses an answer with window bits of its own that it did not offer",
          "[rfc7692-7.1.2.2-unasked-received]") {
    CHECK_FALSE(acceptable("; client_max_window_bits=15", {}));
    CHECK_FALSE(acceptable("; client_max_window_bits", {}));
}

TEST_CASE("a client refuses an answer with window bits that lack a value",
          "[rfc7692-7-fail-value]") {
    CHECK_FALSE(acceptable("; client_max_window_bits", {.bare_client_max_window_bits = true}));
    CHECK_FALSE(acceptable("; client_max_window_bits", {.client_max_window_bits = 9}));
}

TEST_CASE("a client does what it announced, whatever the answer says") {
    const DeflateParameters hints{.client_no_context_takeover = true, .client_max_window_bits = 9};
    CHECK(with_hints({}, hints) == hints);
    CHECK(with_hints({.client_max_window_bits = 8}, hints).client_max_window_bits == 8);
    CHECK(with_hints({.server_max_window_bits = 10}, {}) ==
          DeflateParameters{.server_max_window_bits = 10});
}
