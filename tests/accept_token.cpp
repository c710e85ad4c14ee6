#include <wsproto/accept_token.hpp>

#include "catch.hpp"

#include <algorithm>
#include <string>

using namespace wsproto;

TEST_CASE("the nonce of the RFC has the accept token of the RFC") {
    // RFC 6455 §1.3.
    CHECK(generate_accept_token("dGhlIHNhbXBsZSBub25jZQ==") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST_CASE("a nonce is the base64 of 16 bytes of its source", "[rfc6455-4.1-request-key]") {
    const RandomSource the_sample_nonce = [](MutableBytesView out) {
        const BytesView text = as_bytes("the sample nonce");
        REQUIRE(out.size() == text.size());
        std::copy(text.begin(), text.end(), out.begin());
    };
    CHECK(generate_nonce(the_sample_nonce) == "dGhlIHNhbXBsZSBub25jZQ==");
}

TEST_CASE("every nonce is legal and another", "[rfc6455-4.1-request-key-random]") {
    const std::string first = generate_nonce();
    const std::string second = generate_nonce();
    CHECK(detail::is_base64_of_16_bytes(first));
    CHECK(detail::is_base64_of_16_bytes(second));
    CHECK(first != second);
}

TEST_CASE("another nonce has another accept token") {
    CHECK(generate_accept_token("dGhlIHNhbXBsZSBub25jZQ=") != "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
    CHECK(generate_accept_token("") == "Kfh9QIsMVZcl6xEPYxPHzW8SZ8w=");
}
