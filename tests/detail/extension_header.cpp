#include <wsproto/detail/extension_header.hpp>

#include "catch.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace wsproto::detail;

namespace {

static_assert(is_well_formed_extension("permessage-deflate; client_max_window_bits"));
static_assert(!is_well_formed_extension("permessage-deflate;"));
static_assert(extension_name(" x-y ; a=1") == "x-y");
static_assert(ExtensionParameter{.name = "a", .value = "1"}.value_is("1"));

/// "name=value" of every parameter; quotes and spaces beside the "=" are shown.
std::vector<std::string> parameters_of(std::string_view element) {
    std::vector<std::string> parameters;
    ExtensionReader reader{element};
    while (const auto parameter = reader.next()) {
        std::string text{parameter->name};
        if (parameter->value) text += parameter->spaced ? " = " : "=";
        if (parameter->quoted) text += "quoted ";
        parameters.push_back(text += parameter->value.value_or(""));
    }
    return parameters;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("an extension is a token and parameters") {
    const std::string_view element = GENERATE(
        "x", "x;a", "x; a", "x ;a", "x\t;\ta", "x; a=1", "x; a=1; a=2; b", "x; a=\"1\"",
        "x; a=\"\\1\"", " x ", "x; a =1", "x; a= 1", "x; a = \"1\" ; b", "x!#$%&'*+-.^_`|~");
    CAPTURE(element);
    CHECK(is_well_formed_extension(element));
}

TEST_CASE("what is not a token and parameters is malformed",
          "[rfc6455-4.3-quoted][rfc6455-8.1-handshake]") {
    const std::string_view element =
        GENERATE("", " ", ";", "; a", "x;", "x; ", "x;;a", "x; a;", "x; =1", "x; a=", "x; a=;",
                 "x; a==1", "x; a=1 2", "x y", "x; a b", "x; a=1=2", "x/y", "x; a/b", "x; a=(1)",
                 "x; a=\"\"", "x; a=\"1", "x; a=\"", "x; a=\"1 2\"", "x; a=\" 1\"", "x; a=\"1,2\"",
                 "x; a=\"\\\"", "x; a=\"\\ \"", "x; a=\"1\"2", "x; a=1\"2\"", "x; \"a\"=1", "\"x\"",
                 "x=1", "x, y", "x; a\xe4", "\xe4");
    CAPTURE(element);
    CHECK_FALSE(is_well_formed_extension(element));
}

TEST_CASE("a NUL is malformed wherever it stands") {
    const std::string element = "x; a=\"12\"; b";
    for (std::size_t at = 0; at <= element.size(); ++at) {
        CAPTURE(at);
        std::string with_nul{element};
        CHECK_FALSE(is_well_formed_extension(with_nul.insert(at, 1, '\0')));
    }
}

TEST_CASE("parameters are read in their order") {
    CHECK(parameters_of("x").empty());
    CHECK(parameters_of("x; a; b=1;c=\"2\"") == Texts{"a", "b=1", "c=quoted 2"});
    CHECK(parameters_of("x; a; a; A") == Texts{"a", "a", "A"});
}

TEST_CASE("spaces beside the equals sign are told from those elsewhere") {
    CHECK(parameters_of("x; a =1; b= 2;\tc\t=\t3; d ; e=5 ") ==
          Texts{"a = 1", "b = 2", "c = 3", "d", "e=5"});
}

TEST_CASE("what stands before a mistake is read, and nothing behind it") {
    ExtensionReader reader{"x; a; b=; c"};
    CHECK(reader.name() == "x");
    CHECK(reader.next()->name == "a");
    CHECK_FALSE(reader.malformed());
    CHECK_FALSE(reader.next());
    CHECK(reader.malformed());
    CHECK_FALSE(reader.next());
}

TEST_CASE("a reader at its end stays there") {
    ExtensionReader reader{"x; a"};
    CHECK(reader.next());
    CHECK_FALSE(reader.next());
    CHECK_FALSE(reader.next());
    CHECK_FALSE(reader.malformed());
}

TEST_CASE("a quoted value is compared without its backslashes", "[rfc6455-4.3-quoted]") {
    const ExtensionParameter quoted{.value = "1\\0", .quoted = true};
    CHECK(quoted.value_is("10"));
    CHECK_FALSE(quoted.value_is("1"));
    CHECK_FALSE(quoted.value_is("100"));
    CHECK_FALSE(quoted.value_is("11"));
    CHECK_FALSE(quoted.value_is("1\\0"));
    CHECK_FALSE(quoted.value_is(""));
}

TEST_CASE("a parameter without value is equal to no text") {
    CHECK_FALSE(ExtensionParameter{.name = "a"}.value_is(""));
    CHECK_FALSE(ExtensionParameter{.name = "a"}.value_is("a"));
}

TEST_CASE("the name of an extension ends where its token ends") {
    CHECK(extension_name("x") == "x");
    CHECK(extension_name("x ; a") == "x");
    CHECK(extension_name("x,y") == "x");
    CHECK(extension_name("; a").empty());
}

TEST_CASE("a list of extensions has at least one, and all are well-formed") {
    CHECK(is_well_formed_extension_list("x"));
    CHECK(is_well_formed_extension_list("x; a=\"1\", y , x"));
    CHECK(is_well_formed_extension_list(", ,x,,y,"));
    CHECK_FALSE(is_well_formed_extension_list(""));
    CHECK_FALSE(is_well_formed_extension_list(" , ,\t,"));
    CHECK_FALSE(is_well_formed_extension_list("x, y;"));
    CHECK_FALSE(is_well_formed_extension_list("x; a=\"1, y"));
    CHECK_FALSE(is_well_formed_extension_list("x; a=\"1,2\", y"));
}

TEST_CASE("a list of protocols has at least one, all of them tokens and different") {
    CHECK(is_well_formed_protocol_list("chat"));
    CHECK(is_well_formed_protocol_list("chat, superchat,v1.x"));
    CHECK(is_well_formed_protocol_list(",chat, ,superchat,"));
    CHECK(is_well_formed_protocol_list("chat, Chat"));
    CHECK_FALSE(is_well_formed_protocol_list(""));
    CHECK_FALSE(is_well_formed_protocol_list(" , "));
    CHECK_FALSE(is_well_formed_protocol_list("chat, superchat, chat"));
    CHECK_FALSE(is_well_formed_protocol_list("chat superchat"));
    CHECK_FALSE(is_well_formed_protocol_list("\"chat\""));
    CHECK_FALSE(is_well_formed_protocol_list("chat; a"));
}

TEST_CASE("super-linear header tokenizers: a megabyte of anything is read at once", "[attack]") {
    const std::string_view piece =
        GENERATE("a", " ", "\t", ";", "a;", ";a", "a; b; ", "=", "a=", "\"", "\\", "a=\"", "\\\"",
                 ",", " ,", "a,", "\", ", "x; a=\"1\" ,", ";a=\"\\1\"", "; a = 1");
    CAPTURE(piece);
    std::string value = "x; a";
    while (value.size() < 1'000'000) {
        value += piece;
    }
    const auto start = std::chrono::steady_clock::now();
    static_cast<void>(is_well_formed_extension(value));
    static_cast<void>(is_well_formed_extension_list(value));
    static_cast<void>(is_well_formed_protocol_list(value));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
}

TEST_CASE("super-linear header tokenizers: a megabyte of different names is read at once",
          "[attack]") {
    std::string names;
    for (int number = 0; names.size() < 1'000'000; ++number) {
        names += "p" + std::to_string(number) + ",";
    }
    const auto start = std::chrono::steady_clock::now();
    CHECK(is_well_formed_protocol_list(names));
    CHECK(is_well_formed_extension_list(names));
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
}
