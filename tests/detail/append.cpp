#include <wsproto/detail/append.hpp>

#include "catch.hpp"

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
