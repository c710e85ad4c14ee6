#include <wsproto/detail/zlib_pool.hpp>

#include "catch.hpp"

#include <array>
#include <cstddef>
#include <thread>
#include <utility>
#include <vector>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

constexpr ZlibKey inflating{.direction = ZlibDirection::Inflate, .window_bits = 15};
constexpr ZlibKey deflating{
    .direction = ZlibDirection::Deflate, .window_bits = 9, .level = 1, .memory_level = 1};

ZlibPool& empty_pool() {
    ZlibPool& pool = *ZlibPool::of_this_thread();
    pool.clear();
    return pool;
}

/// What a deflating state makes of "Hello" when it knows nothing else.
Bytes deflate_hello(ZlibState& state) {
    Bytes out(100);
    state.set_input(as_bytes("Hello"));
    state.set_output(out);
    ::deflate(&state.stream(), Z_SYNC_FLUSH);
    out.resize(out.size() - state.stream().avail_out);
    return out;
}

}  // namespace

TEST_CASE("a state that was given back is used again for the same kind of stream") {
    ZlibPool& pool = empty_pool();
    const ZlibKey key = GENERATE(inflating, deflating);
    ZlibHandle first = acquire_zlib_state(key);
    const ZlibState* const address = first.get();
    CHECK(pool.size() == 0);
    first.reset();
    CHECK(pool.size() == 1);
    const ZlibHandle second = acquire_zlib_state(key);
    CHECK(second.get() == address);
    CHECK(pool.size() == 0);
}

TEST_CASE("a state is not used for another kind of stream") {
    ZlibPool& pool = empty_pool();
    ZlibKey other = deflating;
    SECTION("direction") {
        other.direction = ZlibDirection::Inflate;
    }
    SECTION("window bits") {
        other.window_bits = 10;
    }
    SECTION("level") {
        other.level = 2;
    }
    SECTION("memory level") {
        other.memory_level = 2;
    }
    acquire_zlib_state(deflating).reset();
    const ZlibHandle state = acquire_zlib_state(other);
    CHECK(state->key() == other);
    CHECK(pool.size() == 1);
}

TEST_CASE("a state from the pool knows nothing of what it saw before") {
    empty_pool();
    ZlibHandle state = acquire_zlib_state(deflating);
    const Bytes fresh = deflate_hello(*state);
    CHECK(deflate_hello(*state) != fresh);
    state.reset();
    state = acquire_zlib_state(deflating);
    CHECK(deflate_hello(*state) == fresh);
}

TEST_CASE("the pool holds a bounded number of states, and the latest of them") {
    ZlibPool& pool = empty_pool();
    for (int bits = 8; bits <= 15; ++bits) {
        acquire_zlib_state({.window_bits = bits}).reset();
    }
    CHECK(pool.size() == max_pooled_zlib_states);
    for (int level = 1; level <= 9; ++level) {
        ZlibKey key = deflating;
        key.level = level;
        acquire_zlib_state(key).reset();
        CHECK(pool.size() == max_pooled_zlib_states);
        CHECK(acquire_zlib_state(key)->key() == key);
    }
    CHECK(pool.take(inflating) == nullptr);
}

TEST_CASE("a thousand states given back at once leave a full pool") {
    ZlibPool& pool = empty_pool();
    std::vector<ZlibHandle> states(1000);
    for (auto& state : states) {
        state = acquire_zlib_state(inflating);
    }
    states.clear();
    CHECK(pool.size() == max_pooled_zlib_states);
    pool.clear();
    CHECK(pool.size() == 0);
}

TEST_CASE("a state may be given back on another thread, and goes to its pool") {
    ZlibPool& pool = empty_pool();
    ZlibHandle state = acquire_zlib_state(deflating);
    std::size_t there = 0;
    std::thread{[&] {
        state.reset();
        there = ZlibPool::of_this_thread()->size();
    }}.join();
    CHECK(there == 1);
    CHECK(pool.size() == 0);
}

TEST_CASE("a state outlives the thread that made it") {
    ZlibPool& pool = empty_pool();
    ZlibHandle state;
    std::thread{[&] { state = acquire_zlib_state(deflating); }}.join();
    CHECK(deflate_hello(*state).size() > 5);
    state.reset();
    CHECK(pool.size() == 1);
}

TEST_CASE("a state given back after the pool of its thread is gone is freed") {
    static bool pool_was_gone = false;
    struct Last {
        ZlibHandle state{};
        ~Last() {
            pool_was_gone = ZlibPool::of_this_thread() == nullptr;
            state = acquire_zlib_state(inflating);
        }
    };
    std::thread{[] {
        thread_local Last last;  // made before the pool, so it goes after it
        last.state = acquire_zlib_state(inflating);
    }}.join();
    CHECK(pool_was_gone);
}

TEST_CASE("a state that zlib cannot make is a lack of memory") {
    CHECK_THROWS_AS(acquire_zlib_state({.direction = ZlibDirection::Deflate, .level = 99}),
                    std::bad_alloc);
}

TEST_CASE("zlib reads and writes where it is told") {
    ZlibState state{inflating};
    std::array<std::byte, 3> in{};
    std::array<std::byte, 4> out{};
    CHECK(state.set_input(in) == 3);
    CHECK(state.set_output(out) == 4);
    CHECK(state.stream().next_in == reinterpret_cast<const Bytef*>(in.data()));
    CHECK(state.stream().next_out == reinterpret_cast<Bytef*>(out.data()));
    CHECK(state.set_input({}) == 0);
}
