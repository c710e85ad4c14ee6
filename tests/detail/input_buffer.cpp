#include <wsproto/detail/input_buffer.hpp>

#include "support.hpp"

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <string_view>
#include <utility>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

static_assert(sizeof(InputBuffer) <= 80);

std::string take(InputBuffer& buffer, std::size_t count) {
    std::string taken;
    while (taken.size() != count && buffer.size() != 0) {
        MutableBytesView& front = buffer.front();
        const std::size_t here = std::min(count - taken.size(), front.size());
        taken += as_text(front.first(here));
        front = front.subspan(here);
    }
    return taken;
}

Bytes bytes_of(std::string_view text) {
    return concat({as_bytes(text)});
}

void scramble(Bytes& bytes) {
    std::fill(bytes.begin(), bytes.end(), std::byte{0xdd});
}

}  // namespace

TEST_CASE("a buffer gives what was appended, in order") {
    InputBuffer buffer;
    buffer.append(as_bytes("abc"));
    buffer.append(as_bytes("de"));
    CHECK(buffer.size() == 5);
    CHECK(take(buffer, 4) == "abcd");
    buffer.append(as_bytes("f"));
    CHECK(take(buffer, 9) == "ef");
    CHECK(buffer.size() == 0);
    CHECK(buffer.front().empty());
}

TEST_CASE("a buffer offers what was lent where it lies") {
    InputBuffer buffer;
    Bytes lent = bytes_of("abc");
    buffer.lend(lent, 7);
    CHECK(buffer.front().data() == lent.data());
    CHECK(buffer.slack() == 7);
}

TEST_CASE("a buffer offers its own bytes before the lent ones") {
    InputBuffer buffer;
    Bytes lent = bytes_of("cd");
    buffer.append(as_bytes("ab"));
    buffer.lend(lent, 7);
    CHECK(buffer.slack() == 0);
    CHECK(buffer.size() == 4);
    CHECK(take(buffer, 2) == "ab");
    CHECK(buffer.front().data() == lent.data());
    CHECK(buffer.slack() == 7);
    CHECK(take(buffer, 2) == "cd");
}

TEST_CASE("a released buffer no longer looks at what was lent") {
    for (const std::string_view own : {"", "ab"}) {
        for (std::size_t taken = 0; taken <= own.size() + 2; ++taken) {
            InputBuffer buffer;
            Bytes lent = bytes_of("cd");
            buffer.append(as_bytes(own));
            buffer.lend(lent, 7);
            const std::string front = take(buffer, taken);
            buffer.release();
            scramble(lent);
            CHECK(buffer.slack() == 0);
            CHECK(front + take(buffer, 9) == std::string{own} + "cd");
        }
    }
}

TEST_CASE("appending and lending release what was lent before") {
    InputBuffer buffer;
    Bytes first = bytes_of("ab");
    Bytes second = bytes_of("cd");
    buffer.lend(first, 0);
    buffer.lend(second, 0);
    scramble(first);
    buffer.append(as_bytes("ef"));
    scramble(second);
    CHECK(take(buffer, 9) == "abcdef");
}

TEST_CASE("a moved buffer takes everything along") {
    InputBuffer buffer;
    Bytes lent = bytes_of("cd");
    buffer.append(as_bytes("ab"));
    buffer.lend(lent, 7);
    CHECK(take(buffer, 1) == "a");
    InputBuffer moved{std::move(buffer)};
    InputBuffer assigned;
    assigned = std::move(moved);
    CHECK(take(assigned, 9) == "bcd");
    CHECK(assigned.slack() == 7);
}

TEST_CASE("a dropped buffer is empty, and can be used again") {
    InputBuffer buffer;
    Bytes lent = bytes_of("cd");
    buffer.append(as_bytes("ab"));
    buffer.lend(lent, 7);
    buffer.drop();
    CHECK(buffer.size() == 0);
    CHECK(buffer.front().empty());
    buffer.append(as_bytes("x"));
    CHECK(take(buffer, 9) == "x");
}

TEST_CASE("lending what is used up at once allocates nothing") {
    const std::size_t before = allocations().count;
    InputBuffer buffer;
    std::array<std::byte, 100> lent{};
    for (int round = 0; round != 10; ++round) {
        buffer.lend(lent, 0);
        buffer.front() = {};
        buffer.release();
    }
    CHECK(allocations().count == before);
}

TEST_CASE("an empty buffer keeps little memory") {
    InputBuffer buffer;
    const Bytes large(100'000);
    const std::size_t before = allocations().live;
    buffer.append(large);
    buffer.front() = {};
    buffer.release();
    CHECK(allocations().live <= before + 128);
}

TEST_CASE("a buffer that is never empty keeps its memory flat and its work linear") {
    const bool lends = GENERATE(false, true);
    InputBuffer buffer;
    Bytes piece(1000);
    buffer.append(Bytes(5000));
    const Allocations before = allocations();
    for (int round = 0; round != 5'000; ++round) {
        lends ? buffer.lend(piece, 0) : buffer.append(piece);
        buffer.front() = buffer.front().subspan(1000);
        REQUIRE(buffer.size() == 5000);
        REQUIRE(allocations().live <= before.live + 20'000);
    }
    CHECK(allocations().bytes <= before.bytes + 100'000);
}

TEST_CASE("a buffer does as one long text does, whatever happens to it") {
    std::mt19937 random{20240229};
    for (int trial = 0; trial != 200; ++trial) {
        InputBuffer buffer;
        std::string oracle;
        Bytes lent;
        for (int step = 0; step != 50; ++step) {
            const std::string text(random() % 200, static_cast<char>('a' + random() % 26));
            const unsigned action = random() % 4;
            if (action == 0) {
                buffer.append(as_bytes(text));
                scramble(lent);
                oracle += text;
            } else if (action == 1) {
                Bytes next = bytes_of(text);
                buffer.lend(next, 0);
                scramble(lent);
                lent = std::move(next);
                oracle += text;
            } else if (action == 2) {
                buffer.release();
                scramble(lent);
            } else {
                const std::size_t count = std::min<std::size_t>(random() % 300, oracle.size());
                REQUIRE(take(buffer, count) == oracle.substr(0, count));
                oracle.erase(0, count);
            }
            REQUIRE(buffer.size() == oracle.size());
        }
    }
}

TEST_CASE("a buffer for which memory lacks is as it was") {
    const std::size_t lent_size = GENERATE(std::size_t{0}, std::size_t{1000});
    for (std::size_t successes = 0; successes != 3; ++successes) {
        InputBuffer buffer;
        buffer.append(as_bytes(std::string(500, 'a')));
        take(buffer, 400);
        Bytes lent(lent_size, std::byte{'b'});
        const Bytes more(100'000, std::byte{'c'});
        buffer.lend(lent, 0);
        bool appended = true;
        try {
            const FailingAllocations failing{successes};
            buffer.append(more);
        } catch (const std::bad_alloc&) {
            appended = false;
        }
        const std::string expected = std::string(100, 'a') + std::string(lent_size, 'b') +
                                     std::string(appended ? more.size() : 0, 'c');
        CHECK((take(buffer, 200'000) == expected));
    }
}

TEST_CASE("a buffer that is moved onto itself is empty, as all that was moved from") {
    const bool is_lent = GENERATE(false, true);
    InputBuffer buffer;
    Bytes memory = hex("01 02 03");
    is_lent ? buffer.lend(memory, 0) : buffer.append(memory);
    InputBuffer& itself = buffer;
    buffer = std::move(itself);
    CHECK(buffer.size() == 0);
    CHECK(buffer.front().empty());
    buffer.append(hex("04"));
    CHECK(to_hex(buffer.front()) == "04");
}

TEST_CASE("a buffer that was read keeps memory for 128 bytes, and not for one more") {
    for (const std::size_t size : {128U, 129U}) {
        const std::string text(size, 'x');
        const std::size_t before = allocations().live;
        InputBuffer buffer;
        buffer.append(as_bytes(text));
        CHECK(take(buffer, size) == text);
        buffer.release();
        CHECK((allocations().live - before) == (size == 128 ? size : 0));
    }
}
