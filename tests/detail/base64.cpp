#include <wsproto/detail/base64.hpp>

#include "catch.hpp"

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;
using namespace std::string_view_literals;

namespace {

static_assert(base64_size(16) == 24 && base64_size(20) == 28);
static_assert(is_base64_of_16_bytes("dGhlIHNhbXBsZSBub25jZQ=="));

}  // namespace

TEST_CASE("the texts of RFC 4648 have its encodings") {
    // RFC 4648 §10.
    CHECK(base64_string({}).empty());
    CHECK(base64_string(as_bytes("f")) == "Zg==");
    CHECK(base64_string(as_bytes("fo")) == "Zm8=");
    CHECK(base64_string(as_bytes("foo")) == "Zm9v");
    CHECK(base64_string(as_bytes("foob")) == "Zm9vYg==");
    CHECK(base64_string(as_bytes("fooba")) == "Zm9vYmE=");
    CHECK(base64_string(as_bytes("foobar")) == "Zm9vYmFy");
}

TEST_CASE("an array is written like a string") {
    CHECK(base64_array(std::array{std::byte{'f'}}) == std::array{'Z', 'g', '=', '='});
    CHECK(base64_array(std::array{std::byte{'f'}, std::byte{'o'}, std::byte{'o'}}) ==
          std::array{'Z', 'm', '9', 'v'});
}

TEST_CASE("the whole alphabet is used") {
    CHECK(base64_string(as_bytes("\x00\x10\x83\x10\x51\x87\x20\x92\x8b\x30\xd3\x8f"
                                 "\x41\x14\x93\x51\x55\x97\x61\x96\x9b\x71\xd7\x9f"
                                 "\x82\x18\xa3\x92\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf"
                                 "\xc3\x1c\xb3\xd3\x5d\xb7\xe3\x9e\xbb\xf3\xdf\xbf"sv)) ==
          base64_alphabet);
}

TEST_CASE("what 16 bytes encode to is recognised") {
    Bytes bytes(16);
    for (int i = 0; i < 256; ++i) {
        bytes.assign(16, static_cast<std::byte>(i));
        CHECK(is_base64_of_16_bytes(base64_string(bytes)));
    }
}

TEST_CASE("a text of another length is not base64 of 16 bytes") {
    CHECK_FALSE(is_base64_of_16_bytes(""));
    CHECK_FALSE(is_base64_of_16_bytes("=="));
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbXBsZSBub25jZQ="));
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbXBsZSBub25jZQ==="));
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbXBsZSBub25jZQ== "));
    CHECK_FALSE(is_base64_of_16_bytes(base64_string(Bytes(15))));
    CHECK_FALSE(is_base64_of_16_bytes(base64_string(Bytes(17))));
    CHECK_FALSE(is_base64_of_16_bytes(base64_string(Bytes(18))));
}

TEST_CASE("a text with a character outside of the alphabet is not base64") {
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbXBsZSBub25jZ==="));  // padding comes last
    CHECK_FALSE(is_base64_of_16_bytes("d=hlIHNhbXBsZSBub25jZQ=="));
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbX-sZSBub25jZQ=="));  // base64url
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbX_sZSBub25jZQ=="));
    CHECK_FALSE(is_base64_of_16_bytes(" GhlIHNhbXBsZSBub25jZQ=="));
    CHECK_FALSE(is_base64_of_16_bytes("dGhl\0HNhbXBsZSBub25jZQ=="sv));
    CHECK_FALSE(is_base64_of_16_bytes("dGhl\xc8HNhbXBsZSBub25jZQ=="));
}

TEST_CASE("a text without its padding is not base64 of 16 bytes") {
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbXBsZSBub25jZQAA"));
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbXBsZSBub25jZQA="));
    CHECK_FALSE(is_base64_of_16_bytes("dGhlIHNhbXBsZSBub25jZQ=A"));
}

TEST_CASE("a text with padding bits that are not zero is not base64") {
    // RFC 4648 §3.5: of the last digit four bits are left over.
    std::string accepted;
    for (const char last : std::string_view{base64_alphabet}) {
        const std::string text = "dGhlIHNhbXBsZSBub25jZ" + std::string{last} + "==";
        if (is_base64_of_16_bytes(text)) {
            accepted += last;
        }
    }
    CHECK(accepted == "AQgw");
}
