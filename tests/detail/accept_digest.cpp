#include <wsproto/detail/accept_digest.hpp>

#include "catch.hpp"

#include <random>
#include <string>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

Sha1Digest expected_digest(const std::string& nonce) {
    return sha1(as_bytes(nonce + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"));
}

}  // namespace

TEST_CASE("a nonce of any size has the digest of the message with the GUID") {
    std::string nonce;
    for (int size = 0; size <= 100; ++size) {
        CHECK(accept_digest(nonce) == expected_digest(nonce));
        nonce += static_cast<char>('0' + size % 70);
    }
}

TEST_CASE("nonces of the legal size have their digests, portable and not") {
    std::mt19937 random{20240613};
    for (int i = 0; i < 1000; ++i) {
        std::string nonce(accept_nonce_size, '\0');
        for (char& character : nonce) {
            character = static_cast<char>(random());
        }
        const AcceptBlock block =
            accept_block(std::span<const char>{nonce}.first<accept_nonce_size>());
        CHECK(accept_digest(nonce) == expected_digest(nonce));
        CHECK(sha1_digest(accept_hash_portable(block)) == expected_digest(nonce));
    }
}
