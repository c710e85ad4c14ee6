#include <wsproto/bytes.hpp>

#include "catch.hpp"

#include <memory>
#include <string>
#include <type_traits>

using namespace wsproto;

namespace {

using Allocator = UninitializedAllocator<std::byte>;

static_assert(std::allocator_traits<Allocator>::is_always_equal::value);
static_assert(std::is_same_v<std::allocator_traits<Allocator>::rebind_alloc<int>,
                             UninitializedAllocator<int>>);
static_assert(Allocator{} == UninitializedAllocator<int>{});
static_assert(std::is_empty_v<Allocator>);
static_assert(std::is_nothrow_move_assignable_v<Bytes>);
static_assert(sizeof(Bytes) == sizeof(std::vector<std::byte>));

}  // namespace

TEST_CASE("bytes added without a value are not written") {
    Bytes bytes(64, std::byte{0x5a});
    bytes.clear();
    bytes.resize(64);
    CHECK(bytes == Bytes(64, std::byte{0x5a}));
}

TEST_CASE("bytes added with a value have it") {
    Bytes bytes(64, std::byte{0x5a});
    bytes.clear();
    bytes.resize(64, std::byte{0xff});
    CHECK(bytes == Bytes(64, std::byte{0xff}));
}

TEST_CASE("bytes survive growth, copy and move") {
    Bytes bytes(3, std::byte{1});
    bytes.resize(1000, std::byte{2});
    const Bytes copy = bytes;
    CHECK(copy == bytes);
    CHECK(copy[2] == std::byte{1});
    CHECK(copy[3] == std::byte{2});

    const std::byte* const memory = bytes.data();
    const Bytes moved = std::move(bytes);
    CHECK(moved.data() == memory);
}

TEST_CASE("all allocators are equal, so that memory can be taken over") {
    const Bytes bytes(3, std::byte{1});
    const std::vector<int, UninitializedAllocator<int>> numbers(3);
    CHECK(bytes.get_allocator() == numbers.get_allocator());
    CHECK_FALSE(bytes.get_allocator() != Allocator{});
}

TEST_CASE("the allocator runs the constructors of other types") {
    const std::vector<std::string, UninitializedAllocator<std::string>> texts(3);
    CHECK(texts[2].empty());
}

TEST_CASE("as_bytes and as_text view the same memory") {
    const std::string text{"h\0\xff", 3};
    const BytesView bytes = as_bytes(text);
    CHECK(static_cast<const void*>(bytes.data()) == text.data());
    CHECK(bytes.size() == text.size());
    CHECK(as_text(bytes).data() == text.data());
    CHECK(as_text(bytes) == text);
}

TEST_CASE("as_bytes and as_text of nothing are empty") {
    CHECK(as_bytes({}).empty());
    CHECK(as_text({}).empty());
}
