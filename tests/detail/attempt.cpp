#include <wsproto/detail/attempt.hpp>

#include "../catch.hpp"

#include <new>

using namespace wsproto::detail;

TEST_CASE("an attempt that goes well says so") {
    int calls = 0;
    CHECK(attempt([&] { ++calls; }));
    CHECK(calls == 1);
}

TEST_CASE("an attempt for which memory lacks says so") {
    CHECK_FALSE(attempt([] { throw std::bad_alloc{}; }));
    CHECK_FALSE(attempt([] { throw_bad_alloc(); }));
}

TEST_CASE("giving up throws what a failing new throws") {
    CHECK_THROWS_AS(throw_bad_alloc(), std::bad_alloc);
}
