#include <wsproto/detail/deflater.hpp>

#include "support_deflate.hpp"

#include <cstddef>
#include <new>
#include <optional>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;
using namespace deflate_support;

namespace {

Bytes tail() {
    return hex("00 00 ff ff");
}

Bytes deflated(Deflater& deflater, std::string_view fragment, bool last = true) {
    Bytes out;
    deflater.deflate(as_bytes(fragment), last, out);
    return out;
}

/// What zlib makes of the payload of one message.
std::optional<std::string> plain_message(BytesView payload, std::size_t size,
                                         int window_bits = 15) {
    return plain_inflate(concat({payload, tail()}), window_bits, size);
}

}  // namespace

TEST_CASE("Hello becomes the bytes of the examples of RFC 7692", "[rfc7692-7.2.1-tail]") {
    Deflater deflater;
    CHECK(deflated(deflater, "Hello") == hex("f2 48 cd c9 c9 07 00"));  // §7.2.3.1
    CHECK(deflated(deflater, "Hello") == hex("f2 00 11 00 00"));        // §7.2.3.2
}

TEST_CASE("Hello at level 0 is a block without compression") {
    Deflater deflater{15, 0};
    CHECK(deflated(deflater, "Hello") == hex("00 05 00 fa ff 48 65 6c 6c 6f 00"));  // §7.2.3.3
}

TEST_CASE("by default the level is 6 and the memory level 8, and no other") {
    const std::string text = sample_text(200'000) + mixed_data(200'000);
    Deflater deflater;
    const Bytes payload = deflated(deflater, text);
    const auto plain = [&](int level, int memory_level) {
        return PlainDeflate{15, {}, level, memory_level}.message(text);
    };
    CHECK((payload == plain(6, 8)));
    CHECK((payload != plain(5, 8)));
    CHECK((payload != plain(7, 8)));
    CHECK((payload != plain(6, 7)));
    CHECK((payload != plain(6, 9)));
}

TEST_CASE("without the window of those before, every message is like the first") {
    Deflater deflater;
    for (int message = 0; message < 3; ++message) {
        CHECK(deflated(deflater, "Hello") == hex("f2 48 cd c9 c9 07 00"));
        deflater.forget();
    }
}

TEST_CASE("an empty message is a single zero byte") {
    // RFC 7692 §7.2.3.6.
    Deflater deflater;
    CHECK(deflated(deflater, "") == hex("00"));
    CHECK(deflated(deflater, "") == hex("00"));
    CHECK(deflated(deflater, "Hello") == hex("f2 48 cd c9 c9 07 00"));
    CHECK(deflated(deflater, "") == hex("00"));
    CHECK(deflated(deflater, "Hello") == hex("f2 00 11 00 00"));
}

TEST_CASE("an empty fragment is empty, but a single zero byte at the end") {
    Deflater deflater;
    CHECK(deflated(deflater, "", false).empty());
    const Bytes first = deflated(deflater, "Hello", false);
    CHECK(deflated(deflater, "", false).empty());
    CHECK(deflated(deflater, "", true) == hex("00"));
    CHECK(plain_message(concat({first, hex("00")}), 5) == "Hello");
}

TEST_CASE("a reader of all fragments so far gets all of them") {
    Deflater deflater;
    const std::string text = sample_text(3000);
    Bytes payload;
    for (std::size_t at = 0; at < text.size(); at += 100) {
        const bool last = at + 100 == text.size();
        deflater.deflate(as_bytes(text).subspan(at, 100), last, payload);
        if (last) append(payload, tail());
        CHECK(plain_inflate(payload, 15, text.size()) == text.substr(0, at + 100));
    }
}

TEST_CASE("only the last fragment loses the end of its flush", "[rfc7692-7.2.1-tail]") {
    Deflater deflater;
    const Bytes first = deflated(deflater, "Hel", false);
    CHECK(Bytes(first.end() - 4, first.end()) == tail());
    const Bytes second = deflated(deflater, "lo");
    CHECK(second.back() == std::byte{0x00});
    CHECK(plain_message(concat({first, second}), 5) == "Hello");
}

TEST_CASE("every level, window and memory level compresses text, message after message") {
    const int level = GENERATE(range(-1, 10));
    const int bits = GENERATE(range(8, 16));
    for (int memory_level = 1; memory_level <= 9; ++memory_level) {
        CAPTURE(level, bits, memory_level);
        Deflater deflater{bits, level, memory_level};
        const std::string text = sample_text(3000) + mixed_data(3000) + sample_text(3000, 2);
        const Bytes first = deflated(deflater, text);
        const Bytes payload = concat({first, tail(), deflated(deflater, text)});
        CHECK(plain_message(payload, 2 * text.size(), bits) == text + text);
        CHECK((level == 0 || payload.size() < 2 * text.size()));
    }
}

TEST_CASE("what is compressed for 256 bytes of window inflates with 256") {
    Deflater deflater{8};
    for (unsigned seed = 1; seed <= 100; ++seed) {
        CAPTURE(seed);
        const std::string data = mixed_data(5000, seed);
        const std::string text = noise(280, seed);
        deflater.forget();
        CHECK(plain_message(deflated(deflater, data), data.size(), 8) == data);
        deflater.forget();
        CHECK(plain_message(deflated(deflater, text + text), 2 * text.size(), 8) == text + text);
    }
}

TEST_CASE("data of every size that does not compress arrives, whatever room there was") {
    // Among them are sizes whose output just fills the room that the deflater makes.
    const int level = GENERATE(0, 1, 6);
    const int memory_level = GENERATE(1, 8);
    for (std::size_t size = 1; size < 4000; size += size < 600 ? 1 : 7) {
        const std::string data = noise(size);
        Deflater deflater{15, level, memory_level};
        const Bytes payload = deflated(deflater, data);
        CAPTURE(level, memory_level, size);
        CHECK(plain_message(payload, size) == data);
        CHECK(payload.size() <= size + size / 16 + 32);
    }
}

TEST_CASE("whatever the capacity of the output, the same data arrives") {
    const int level = GENERATE(0, 6);
    const std::string data = mixed_data(2000);
    for (std::size_t capacity = 0; capacity < 2500; ++capacity) {
        Bytes out;
        out.reserve(capacity);
        Deflater deflater{15, level};
        deflater.deflate(as_bytes(data), true, out);
        CAPTURE(level, capacity);
        CHECK(plain_message(out, data.size()) == data);
    }
}

TEST_CASE("megabytes arrive, compressible or not") {
    const std::string text = GENERATE(sample_text(3 << 20), noise(3 << 20));
    Deflater deflater;
    CHECK(plain_message(deflated(deflater, text), text.size()) == text);
}

TEST_CASE("compressed data stands behind what the output held") {
    Deflater deflater;
    Bytes out = hex("01 02 03");
    deflater.deflate(as_bytes("Hello"), true, out);
    CHECK(out == hex("01 02 03 f2 48 cd c9 c9 07 00"));
    deflater.deflate({}, true, out);
    CHECK(out == hex("01 02 03 f2 48 cd c9 c9 07 00 00"));
}

TEST_CASE("an output with room does not move") {
    Bytes out;
    out.reserve(10'000);
    const std::byte* const memory = out.data();
    Deflater deflater;
    for (int message = 0; message < 10; ++message) {
        deflater.deflate(as_bytes(sample_text(1000)), true, out);
    }
    CHECK(out.data() == memory);
}

TEST_CASE("a window that is lost between two fragments does not break the message") {
    Deflater deflater;
    const Bytes first = deflated(deflater, "Hello", false);
    deflater.forget();
    CHECK(plain_message(concat({first, deflated(deflater, "Hello")}), 10) == "HelloHello");
}

TEST_CASE("when memory runs out, nothing is referred to that was not sent") {
    Deflater deflater;
    std::string sent = "first";
    Bytes received = deflated(deflater, sent);
    unsigned failures = 0;
    const auto fails = [&](std::string_view text) {
        Bytes out;
        try {
            const support::FailingAllocations failing{failures};
            deflater.deflate(as_bytes(text), true, out);
            return false;
        } catch (const std::bad_alloc&) {
            return true;
        }
    };
    for (std::string text = noise(5000, 0); fails(text); text = noise(5000, ++failures)) {
        sent += text;
        received = concat({received, tail(), deflated(deflater, text)});
        CHECK(plain_message(received, sent.size()) == sent);
    }
    CHECK(failures > 1);
}

TEST_CASE(
    "a compressor's memory is taken when the first bytes come, and given back when forgotten") {
    ZlibPool& pool = *ZlibPool::of_this_thread();
    pool.clear();
    Bytes scratch;
    Deflater{}.deflate(as_bytes("Hello"), true, scratch);
    CHECK(pool.size() == 1);
    Deflater deflater;
    deflated(deflater, "");
    CHECK(pool.size() == 1);
    deflated(deflater, "Hello");
    CHECK(pool.size() == 0);
    deflater.forget();
    CHECK(pool.size() == 1);
}
