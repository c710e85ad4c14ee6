#include <wsproto/random.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <concepts>
#include <functional>
#include <memory>
#include <stdexcept>
#include <type_traits>
#include <utility>

using namespace wsproto;

namespace {

static_assert(sizeof(RandomSource) <= 2 * sizeof(void*));
static_assert(std::is_nothrow_default_constructible_v<RandomSource>);
static_assert(std::is_nothrow_copy_constructible_v<RandomSource>);
static_assert(std::is_nothrow_move_constructible_v<RandomSource>);
static_assert(std::convertible_to<void (*)(MutableBytesView), RandomSource>);
static_assert(!std::convertible_to<void (*)(int), RandomSource>);
static_assert(!std::convertible_to<int, RandomSource>);

// Can be made of a null pointer, and not be compared with one.
struct Borrowing {
    explicit Borrowing(int* number) : counter{number} {}
    void operator()(MutableBytesView out) const {
        std::fill(out.begin(), out.end(), static_cast<std::byte>(++*counter));
    }
    int* counter;
};

using Four = std::array<std::byte, 4>;

Four draw(const RandomSource& random) {
    Four bytes{};
    random(bytes);
    return bytes;
}

Four all(int value) {
    Four bytes{};
    bytes.fill(static_cast<std::byte>(value));
    return bytes;
}

/// Fills with 1, then with 2, and so on.
struct Counter {
    int calls = 0;
    void operator()(MutableBytesView out) {
        ++calls;
        std::fill(out.begin(), out.end(), static_cast<std::byte>(calls));
    }
};

void fill_with_nines(MutableBytesView out) {
    std::fill(out.begin(), out.end(), std::byte{9});
}

}  // namespace

TEST_CASE("the default source gives other bytes each time") {
    std::array<std::byte, 16> first{};
    std::array<std::byte, 16> second{};
    RandomSource{}(first);
    RandomSource{}(second);
    CHECK(first != second);
    CHECK(first != std::array<std::byte, 16>{});
}

TEST_CASE("the default source has a stock once it was asked, and no other one has") {
    Four bytes{};
    RandomSource{}(bytes);
    CHECK(RandomSource{}.take_from_stock(bytes));
    CHECK(!RandomSource{fill_with_nines}.take_from_stock(bytes));
    CHECK(bytes != all(9));
}

TEST_CASE("a function is a source") {
    CHECK(draw(fill_with_nines) == all(9));
}

TEST_CASE("a lambda is a source") {
    const auto value = std::byte{7};
    const RandomSource random = [value](MutableBytesView out) {
        std::fill(out.begin(), out.end(), value);
    };
    CHECK(draw(random) == all(7));
}

TEST_CASE("a source that can only be moved is a source") {
    auto value = std::make_unique<int>(5);
    const RandomSource random = [value = std::move(value)](MutableBytesView out) {
        std::fill(out.begin(), out.end(), static_cast<std::byte>(*value));
    };
    CHECK(draw(random) == all(5));
}

TEST_CASE("copies share the state of their source") {
    const RandomSource random = Counter{};
    RandomSource copy;
    copy = random;
    CHECK(draw(random) == all(1));
    CHECK(draw(copy) == all(2));
    CHECK(draw(random) == all(3));
}

TEST_CASE("a source outlives what it was copied from") {
    RandomSource copy;
    {
        const RandomSource random = Counter{};
        copy = random;
    }
    CHECK(draw(copy) == all(1));
}

TEST_CASE("an empty source is the default one") {
    using Function = std::function<void(MutableBytesView)>;
    const RandomSource empty = GENERATE(0, 1) == 0
                                   ? RandomSource{Function{}}
                                   : RandomSource{static_cast<void (*)(MutableBytesView)>(nullptr)};
    std::array<std::byte, 16> first{};
    std::array<std::byte, 16> second{};
    empty(first);
    empty(second);
    CHECK(first != second);
    CHECK(draw(Function{fill_with_nines}) == all(9));
}

TEST_CASE("a source that cannot be compared with a null pointer is none") {
    int counter = 0;
    CHECK(draw(RandomSource{Borrowing{&counter}}) == all(1));
    CHECK(counter == 1);
}

TEST_CASE("what a source throws comes out of it") {
    const RandomSource random = [](MutableBytesView) { throw std::runtime_error{"none left"}; };
    CHECK_THROWS_WITH(draw(random), "none left");
}
