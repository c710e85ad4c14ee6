#include <wsproto/detail/sha1.hpp>

#include "catch.hpp"

#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

std::string hex_of(BytesView bytes) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte byte : bytes) {
        text += digits[std::to_integer<std::size_t>(byte >> 4)];
        text += digits[std::to_integer<std::size_t>(byte & std::byte{15})];
    }
    return text;
}

std::string hex_sha1(std::string_view message) {
    return hex_of(sha1(as_bytes(message)));
}

constexpr std::array abc{std::byte{'a'}, std::byte{'b'}, std::byte{'c'}};
static_assert(sha1(abc)[0] == std::byte{0xa9} && sha1(abc)[19] == std::byte{0x9d});

}  // namespace

TEST_CASE("a block with its schedule adds to the hash what the block adds") {
    std::array<std::byte, sha1_block_size> block{};
    for (std::size_t i = 0; i < block.size(); ++i) {
        block[i] = static_cast<std::byte>(i * 37);
    }
    Sha1State one = sha1_initial;
    Sha1State other = sha1_initial;
    for (int times = 0; times < 3; ++times) {
        sha1_add_block(one, block);
        sha1_add_schedule(other, sha1_schedule(block));
        CHECK(one == other);
    }
}

TEST_CASE("the messages of RFC 3174 have its digests") {
    // RFC 3174 §7.3, TEST1 to TEST4.
    CHECK(hex_sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d");
    CHECK(hex_sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq") ==
          "84983e441c3bd26ebaae4aa1f95129e5e54670f1");
    CHECK(hex_sha1(std::string(1'000'000, 'a')) == "34aa973cd4c4daa4f61eeb2bdbad27316534016f");

    std::string eighty_times_eight;
    for (int i = 0; i < 80; ++i) {
        eighty_times_eight += "01234567";
    }
    CHECK(hex_sha1(eighty_times_eight) == "dea356a2cddd90c7a7ecedc5ebb563934f460452");
}

TEST_CASE("the empty message has its digest") {
    CHECK(hex_sha1("") == "da39a3ee5e6b4b0d3255bfef95601890afd80709");
}

TEST_CASE("the digests of messages of 0 to 200 bytes are those of another implementation") {
    // The digest of all those digests, which Python's hashlib gave.
    Bytes message;
    Bytes digests;
    for (int size = 0; size <= 200; ++size) {
        const auto digest = sha1(message);
        digests.insert(digests.end(), digest.begin(), digest.end());
        message.push_back(static_cast<std::byte>(size * 7 + 1));
    }
    CHECK(hex_of(sha1(digests)) == "2002bd1c15bf88eb87c8352720e5f83a250d3cfb");
}
