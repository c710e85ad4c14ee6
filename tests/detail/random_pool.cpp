#include <wsproto/detail/random_pool.hpp>

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <set>
#include <thread>
#include <vector>

#if !defined(_WIN32)
#include <sys/wait.h>
#include <unistd.h>
#endif

using namespace wsproto;
using namespace wsproto::detail;

namespace {

using Draw = std::array<std::byte, 16>;

Draw draw() {
    Draw bytes{};
    this_threads_random_pool().take(bytes);
    return bytes;
}

/// What is found where a pool lies in memory.
std::array<std::byte, sizeof(RandomPool)> memory_of(const RandomPool& pool) {
    return std::bit_cast<std::array<std::byte, sizeof(RandomPool)>>(pool);
}

}  // namespace

TEST_CASE("predictable masking keys: a pool never hands out the same bytes twice",
          "[attack][rfc6455-5.3-unpredictable]") {
    RandomPool pool;
    std::set<Draw> seen;
    for (int i = 0; i < 2000; ++i) {
        Draw bytes{};
        pool.take(bytes);
        CHECK(seen.insert(bytes).second);
    }
}

TEST_CASE("a pool fills requests of every size, whatever it has left") {
    RandomPool pool;
    for (std::size_t size = 0; size <= RandomPool::size + 1; ++size) {
        Bytes changed(size, std::byte{});
        for (int run = 0; run < 8; ++run) {
            Bytes bytes(size);
            pool.take(bytes);
            std::transform(bytes.begin(), bytes.end(), changed.begin(), changed.begin(),
                           [](std::byte now, std::byte before) { return now | before; });
        }
        CHECK(std::count(changed.begin(), changed.end(), std::byte{}) == 0);
    }
}

TEST_CASE("a pool forgets the bytes that it hands out", "[rfc6455-5.3-unpredictable]") {
    RandomPool pool;
    for (int i = 0; i < 100; ++i) {
        Draw bytes{};
        pool.take(bytes);
        const auto memory = memory_of(pool);
        CHECK(std::search(memory.begin(), memory.end(), bytes.begin(), bytes.end()) ==
              memory.end());
    }
}

TEST_CASE("a pool gives from its stock what is there, each byte once, and then nothing") {
    RandomPool pool;
    Draw bytes{};
    CHECK(!pool.take_from_stock(bytes));
    CHECK(bytes == Draw{});
    pool.take(bytes);
    std::set<Draw> seen{bytes};
    while (pool.take_from_stock(bytes)) {
        CHECK(seen.insert(bytes).second);
    }
    CHECK(seen.size() == RandomPool::size / sizeof(Draw));
    const auto memory = memory_of(pool);
    CHECK(std::search(memory.begin(), memory.end(), bytes.begin(), bytes.end()) == memory.end());
}

TEST_CASE("a pool draws as much as it holds at once") {
    RandomPool pool;
    std::array<std::byte, 4> key{};
    pool.take(key);
    const auto memory = memory_of(pool);
    CHECK(std::count(memory.begin(), memory.end(), std::byte{}) < 64);
}

TEST_CASE("a pool goes on from its own key, and from one of the operating system every 64 times",
          "[attack][rfc6455-5.3-entropy]") {
    RandomPool pool;
    std::vector<int> seeded;
    for (int batch = 0; batch != 129; ++batch) {
        ChaChaKey key{};
        std::memcpy(key.data(), memory_of(pool).data(), sizeof key);
        std::array<std::byte, RandomPool::size> all{};
        pool.take(all);
        std::array<std::byte, 512> next{};
        fill_with_chacha20(next, key);
        if (std::memcmp(memory_of(pool).data(), next.data(), sizeof key) != 0) {
            seeded.push_back(batch);
        }
    }
    CHECK(seeded == std::vector{0, 64, 128});
}

TEST_CASE("each thread has a pool of its own") {
    RandomPool* const here = &this_threads_random_pool();
    CHECK(here == &this_threads_random_pool());
    RandomPool* there = here;
    std::thread{[&] { there = &this_threads_random_pool(); }}.join();
    CHECK(here != there);
}

TEST_CASE("the objects of a thread may draw while it ends") {
    struct DrawsAtTheEnd {
        Draw* to = nullptr;
        ~DrawsAtTheEnd() { *to = draw(); }
    };
    Draw before{};
    Draw at_the_end{};
    std::thread{[&] {
        static thread_local DrawsAtTheEnd last{&at_the_end};
        before = draw();
        CHECK(last.to != nullptr);
    }}.join();
    CHECK(at_the_end != Draw{});
    CHECK(at_the_end != before);
}

#if !defined(_WIN32)

namespace {

/// The bytes that `make` returns in a forked child, or zeros if they cannot be had. Asserts
/// nothing, because it runs in children too.
template <typename Make>
Draw in_forked_child(Make make) {
    std::array<int, 2> ends{};
    if (::pipe(ends.data()) != 0) {
        return {};
    }
    const pid_t child = ::fork();
    if (child == 0) {
        const Draw bytes = make();
        ::_exit(::write(ends[1], bytes.data(), bytes.size()) == ssize_t{sizeof bytes} ? 0 : 1);
    }
    Draw bytes{};
    ::close(ends[1]);
    const bool whole = ::read(ends[0], bytes.data(), bytes.size()) == ssize_t{sizeof bytes};
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return whole ? bytes : Draw{};
}

}  // namespace

TEST_CASE("predictable masking keys: a forked child never repeats its parent",
          "[attack][rfc6455-5.3-unpredictable]") {
    draw();  // so that there is something to repeat
    const Draw child = in_forked_child(draw);
    const Draw parent = draw();
    CHECK(child != Draw{});
    CHECK(child != parent);
}

TEST_CASE("predictable masking keys: the stock of a parent is none for its forked child",
          "[attack]") {
    draw();
    const Draw child = in_forked_child([] {
        Draw bytes{};
        const bool repeats = this_threads_random_pool().take_from_stock(bytes);
        return repeats ? Draw{} : draw();
    });
    CHECK(child != Draw{});
}

TEST_CASE("predictable masking keys: forked children never repeat each other", "[attack]") {
    draw();
    const Draw first = in_forked_child(draw);
    const Draw second = in_forked_child(draw);
    CHECK(first != Draw{});
    CHECK(first != second);
}

TEST_CASE("predictable masking keys: the child of a forked child never repeats its parent",
          "[attack]") {
    draw();
    const Draw grandchild = in_forked_child([] {
        draw();
        const Draw child_of_child = in_forked_child(draw);
        return child_of_child != draw() ? child_of_child : Draw{};
    });
    CHECK(grandchild != Draw{});
}

#endif
