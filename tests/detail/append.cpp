#include <wsproto/detail/append.hpp>

#include "catch.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

TEST_CASE("appended pieces stand one behind the other") {
    Bytes bytes;
    std::string text;
    for (const std::string_view piece : {"a", "", "bc", "defghijklmnopq", "r"}) {
        append(bytes, as_bytes(piece));
        text += piece;
        CHECK(as_text(bytes) == text);
    }
}

TEST_CASE("copying writes all bytes and no others, at every length") {
    Bytes from(200);
    std::iota(reinterpret_cast<unsigned char*>(from.data()),
              reinterpret_cast<unsigned char*>(from.data() + from.size()),
              static_cast<unsigned char>(1));
    for (std::size_t size = 0; size <= from.size(); ++size) {
        CAPTURE(size);
        Bytes to(size + 2, std::byte{0xee});
        copy_bytes(to.data() + 1, BytesView{from}.first(size));
        CHECK(std::equal(from.begin(), from.begin() + static_cast<std::ptrdiff_t>(size),
                         to.begin() + 1));
        CHECK(to.front() == std::byte{0xee});
        CHECK(to.back() == std::byte{0xee});
    }
}

TEST_CASE("appending nothing to nothing allocates nothing") {
    Bytes bytes;
    append(bytes, {});
    CHECK(bytes.capacity() == 0);
}

TEST_CASE("extend keeps what was there and returns where the new bytes begin") {
    Bytes bytes(5, std::byte{7});
    std::byte* const begin = extend(bytes, 1000);
    CHECK(bytes.size() == 1005);
    CHECK(begin == bytes.data() + 5);
    bytes.resize(5);
    CHECK(bytes == Bytes(5, std::byte{7}));
}

TEST_CASE("extend stays in place while there is room") {
    Bytes bytes;
    bytes.reserve(100);
    const std::byte* const memory = bytes.data();
    extend(bytes, 60);
    extend(bytes, 40);
    CHECK(bytes.data() == memory);
    CHECK(bytes.size() == 100);
}

TEST_CASE("the first extension takes no more than it needs") {
    Bytes bytes;
    extend(bytes, 1234);
    CHECK(bytes.capacity() == 1234);
}

TEST_CASE("appending byte by byte moves the bytes a logarithmic number of times") {
    Bytes bytes;
    int moves = 0;
    for (int i = 0; i < 100'000; ++i) {
        const std::size_t capacity = bytes.capacity();
        append(bytes, as_bytes("x"));
        moves += bytes.capacity() != capacity;
    }
    CHECK(moves <= 18);
}

TEST_CASE("memory for what arrives grows with it, and never beyond what is to come") {
    STATIC_REQUIRE(capacity_for(100, std::nullopt) == 200);
    STATIC_REQUIRE(capacity_for(100, 0) == 100);
    STATIC_REQUIRE(capacity_for(100, 700) == 800);
    STATIC_REQUIRE(capacity_for(100, 701) == 400);
    Bytes bytes;
    append_arrived(bytes, as_bytes("abc"), std::uint64_t{1'000'000});
    CHECK(bytes.capacity() == 12);
    append_arrived(bytes, as_bytes("defghijklm"), std::uint64_t{7});
    CHECK(bytes.capacity() == 20);
    append_arrived(bytes, as_bytes("nopqrst"), std::uint64_t{0});
    CHECK(bytes.capacity() == 20);
    CHECK(as_text(bytes) == "abcdefghijklmnopqrst");
}
