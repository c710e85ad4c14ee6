#include <wsproto/detail/inflater.hpp>

#include "support_deflate.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

using namespace wsproto;
using namespace wsproto::detail;
using namespace deflate_support;
using support::for_each_split;
using support::Pieces;

namespace {

/// One message, whose payload comes in these pieces.
Inflated inflate_message(Inflater& inflater, const Pieces& pieces, std::size_t out_size = 4096) {
    Inflated inflated;
    for (const BytesView piece : pieces) {
        feed(inflated, piece, out_size,
             [&](BytesView& in, MutableBytesView out) { return inflater.inflate(in, out); });
        if (inflated.error != Error::None) return inflated;
    }
    inflated.error = inflater.finish();
    return inflated;
}

Inflated inflate_message(Inflater& inflater, const Bytes& payload, std::size_t out_size = 4096) {
    return inflate_message(inflater, Pieces{payload}, out_size);
}

Inflated inflate_alone(const Bytes& payload, std::size_t out_size = 4096) {
    Inflater inflater;
    return inflate_message(inflater, payload, out_size);
}

/// A message gives this text and error, whatever the size of `out` and the cuts.
void check_in_every_split(const Bytes& payload, std::string_view text, Error error) {
    for (const std::size_t out_size : {1U, 2U, 3U, 5U, 64U}) {
        CAPTURE(out_size);
        for_each_split(payload, [&](const Pieces& pieces) {
            Inflater inflater;
            const auto inflated = inflate_message(inflater, pieces, out_size);
            CHECK(inflated.text == text);
            CHECK(inflated.error == error);
        });
    }
}

Pieces in_single_bytes(const Bytes& payload) {
    Pieces pieces;
    for (const std::byte& byte : payload) {
        pieces.emplace_back(&byte, 1);
    }
    return pieces;
}

// RFC 7692 §7.2.3.1; §7.2.3.2; §7.2.3.4 without its last byte.
Bytes hello() {
    return hex("f2 48 cd c9 c9 07 00");
}
Bytes hello_again() {
    return hex("f2 00 11 00 00");
}
Bytes final_hello() {
    return hex("f3 48 cd c9 c9 07 00");
}

}  // namespace

TEST_CASE("the examples of RFC 7692 inflate to Hello, in every split", "[rfc7692-7.2.2-tail]") {
    const std::string_view payload =
        GENERATE("f2 48 cd c9 c9 07 00",              // §7.2.3.1, a compressed message
                 "00 05 00 fa ff 48 65 6c 6c 6f 00",  // §7.2.3.3, a block without compression
                 "f3 48 cd c9 c9 07 00 00",           // §7.2.3.4, a final block
                 "f2 48 05 00 00 00 ff ff ca c9 c9 07 00");  // §7.2.3.5, two blocks
    CAPTURE(payload);
    check_in_every_split(hex(payload), "Hello", Error::None);
}

TEST_CASE("a message may use the window of the one before",
          "[rfc7692-7.2.2-client-window][rfc7692-7.2.2-server-window]") {
    // RFC 7692 §7.2.3.2.
    Inflater inflater;
    CHECK(inflate_message(inflater, hello()).text == "Hello");
    CHECK(inflate_message(inflater, hello_again()).text == "Hello");
    CHECK(inflate_message(inflater, hello_again()).text == "Hello");
}

TEST_CASE("a message may not use a window that was forgotten") {
    Inflater inflater;
    CHECK(inflate_message(inflater, hello()).text == "Hello");
    inflater.forget();
    const auto inflated = inflate_message(inflater, hello_again());
    CHECK(inflated.error == Error::InvalidDeflateData);
    CHECK(inflated.text == "H");
}

TEST_CASE("an empty block is an empty message") {
    // RFC 7692 §7.2.3.6.
    Inflater inflater;
    for (int message = 0; message < 3; ++message) {
        const auto inflated = inflate_message(inflater, hex("00"));
        CHECK(inflated.text.empty());
        CHECK(inflated.error == Error::None);
    }
    CHECK(inflate_message(inflater, hello()).text == "Hello");
}

TEST_CASE("pieces without bytes change nothing") {
    Inflater inflater;
    const Bytes payload = hello();
    const BytesView view{payload};
    for (std::size_t cut = 0; cut <= view.size(); ++cut) {
        const Pieces pieces{{}, view.first(cut), {}, {}, view.subspan(cut), {}};
        const auto inflated = inflate_message(inflater, pieces);
        CHECK(inflated.text == "Hello");
        CHECK(inflated.error == Error::None);
    }
}

TEST_CASE("every window inflates what was compressed for it, message after message",
          "[rfc7692-7.2.1-window]") {
    const int bits = GENERATE(range(8, 16));
    CAPTURE(bits);
    PlainDeflate deflate{std::max(bits, 9)};
    Inflater inflater{bits};
    for (unsigned seed = 1; seed <= 5; ++seed) {
        const std::string text =
            seed % 2 == 0 ? mixed_data(40'000, seed) : sample_text(40'000, seed);
        const auto inflated = inflate_message(inflater, deflate.message(text), 1000);
        CHECK(inflated.error == Error::None);
        CHECK(inflated.text == text);
    }
}

TEST_CASE("large data inflates alike in steps of every size and from pieces of every size") {
    const std::string text = GENERATE(sample_text(20'000), mixed_data(20'000), noise(20'000));
    const Bytes payload = PlainDeflate{}.message(text);
    const std::size_t out_size = GENERATE(as<std::size_t>{}, 1, 2, 7, 63, 258, 4096, 32768);
    CAPTURE(out_size);
    Inflater inflater;
    CHECK(inflate_message(inflater, payload, out_size).text == text);
    CHECK(inflate_message(inflater, in_single_bytes(payload), out_size).text == text);
}

TEST_CASE("runs of every length come whole, although zlib holds them back for want of room") {
    for (std::size_t size = 1; size <= 600; ++size) {
        const std::string text(size, 'a');
        const Bytes payload = PlainDeflate{}(text, Z_FINISH);
        for (const std::size_t out_size : {1U, 2U, 100U}) {
            CAPTURE(size, out_size);
            Inflater inflater;
            CHECK(inflate_message(inflater, payload, out_size).text == text);
        }
    }
}

TEST_CASE("large data inflates alike wherever it is cut") {
    const std::string text = mixed_data(3000);
    Inflater inflater;
    for_each_split(PlainDeflate{}.message(text), [&](const Pieces& pieces) {
        const auto inflated = inflate_message(inflater, pieces, 100);
        CHECK(inflated.error == Error::None);
        CHECK(inflated.text == text);
    });
}

TEST_CASE("a final block may be followed by others, which use its window",
          "[rfc7692-7.2.3-blocks]") {
    const std::string first = sample_text(5000, 1);
    const std::string second = sample_text(5000, 2);
    const Bytes payload =
        concat({PlainDeflate{}(first, Z_FINISH), PlainDeflate{15, first}(second, Z_FINISH),
                PlainDeflate{15, first + second}.message(first)});
    const std::size_t out_size = GENERATE(as<std::size_t>{}, 1, 100, 5000, 20'000);
    Inflater inflater;
    CHECK(inflate_message(inflater, payload, out_size).text == first + second + first);
    CHECK(inflate_message(inflater, in_single_bytes(payload), out_size).text ==
          first + second + first);
}

TEST_CASE("the window survives a final block at the end of a message", "[rfc7692-7.2.3-blocks]") {
    const std::string text = sample_text(5000);
    const Bytes first = PlainDeflate{}(text, Z_FINISH);
    const Bytes second = PlainDeflate{15, text}.message(text);
    CHECK(inflate_alone(second).error == Error::InvalidDeflateData);
    const auto end_of_first = GENERATE("", "00");
    CAPTURE(end_of_first);
    Inflater inflater;
    CHECK(inflate_message(inflater, concat({first, hex(end_of_first)})).text == text);
    CHECK(inflate_message(inflater, second).text == text);
}

TEST_CASE("a match that reaches beyond the window finds nothing once that was forgotten") {
    const std::string before = noise(2000);
    const std::string text = before + before.substr(0, 200);
    const Bytes payload = PlainDeflate{15}.message(text);
    const Pieces pieces = in_single_bytes(payload);
    Inflater narrow{9};
    const auto inflated = inflate_message(narrow, pieces, 100);
    CHECK(inflated.error == Error::InvalidDeflateData);
    CHECK(inflated.text.size() < text.size());
    CHECK(text.starts_with(inflated.text));
    Inflater wide{11};
    CHECK(inflate_message(wide, pieces, 100).text == text);
}

TEST_CASE("a message may end with a final block, and nothing behind it") {
    check_in_every_split(final_hello(), "Hello", Error::None);
    check_in_every_split(concat({final_hello(), final_hello()}), "HelloHello", Error::None);
}

TEST_CASE("the end of a message may be an empty block that is final") {
    check_in_every_split(hex("01"), "", Error::None);
    check_in_every_split(concat({final_hello(), hex("01")}), "Hello", Error::None);
}

TEST_CASE("that a message ended with a final block is no excuse for the next one") {
    const Bytes payload = GENERATE(final_hello(), hex("01"));
    Inflater inflater;
    CHECK(inflate_message(inflater, payload).error == Error::None);
    CHECK(inflate_message(inflater, Bytes{}).error == Error::InvalidDeflateData);
}

TEST_CASE("a message that ends inside a block is invalid, and what came before is delivered") {
    const Bytes payload = GENERATE(hello(), final_hello());
    for (std::size_t size = 0; size < payload.size(); ++size) {
        CAPTURE(size);
        const auto inflated = inflate_alone(concat({BytesView{payload}.first(size)}));
        CHECK(inflated.error == Error::InvalidDeflateData);
        CHECK(std::string_view{"Hello"}.starts_with(inflated.text));
    }
}

TEST_CASE("what does not inflate is invalid, and what came before is delivered, in every split") {
    struct Row {
        std::string_view what, payload, text;
    };
    const auto row = GENERATE(
        Row{"a block of the reserved type", "06", ""},
        Row{"a stored block whose lengths differ", "00 05 00 fa fe 48", ""},
        Row{"no stored block behind its header", "00 00", ""},
        Row{"a match behind no data", "02 00 11 00 00", ""},
        Row{"a match too far back", "f2 00 11 00 00", "H"},
        Row{"too many code lengths", "fc ff ff ff", ""},
        Row{"a tail that was not removed", "f2 48 cd c9 c9 07 00 00 00 ff ff", "Hello"},
        Row{"a reserved type behind a stored block", "00 05 00 fa ff 48 65 6c 6c 6f 06", "Hello"},
        Row{"a reserved type behind a final block", "f3 48 cd c9 c9 07 00 06", "Hello"},
        Row{"a block cut off behind a final block", "f3 48 cd c9 c9 07 00 f2 48", "HelloH"},
        Row{"a stored block that takes the tail for its data", "00 04 00 fb ff", ""},
        Row{"a block that takes the tail for its own, but for one bit",
            "b4 c1 81 1c 80 51 10 83 70 7f e5 df ef f7 fb fd ff", ""},
        Row{"no deflate data at all", "48 65 6c 6c 6f", ""});
    CAPTURE(row.what);
    const auto whole = inflate_alone(hex(row.payload));
    CHECK(whole.text == row.text);
    check_in_every_split(hex(row.payload), row.text, Error::InvalidDeflateData);
}

TEST_CASE("random bytes inflate to something or are invalid, alike in every split") {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        const std::string data = noise(40, seed);
        const Bytes payload(as_bytes(data).begin(), as_bytes(data).end());
        const auto whole = inflate_alone(payload);
        Inflater inflater;
        const auto piecewise = inflate_message(inflater, in_single_bytes(payload), 1);
        CHECK(piecewise.text == whole.text);
        CHECK(piecewise.error == whole.error);
    }
}

TEST_CASE("inflation without limit: a step never gives more than it was asked for", "[attack]") {
    const std::string zeros(16 << 20, '\0');
    const Bytes payload = PlainDeflate{}.message(zeros);
    REQUIRE(payload.size() < zeros.size() / 1000);
    Inflater inflater;
    BytesView in{payload};
    Bytes out(4096 + 1, std::byte{'x'});
    std::size_t total = 0;
    for (Step step{.more = true}; step.more; total += step.produced) {
        step = inflater.inflate(in, MutableBytesView{out}.first(4096));
        CHECK(out.back() == std::byte{'x'});
        CHECK(step.produced <= 4096);
    }
    CHECK(total == zeros.size());
    CHECK(in.empty());
}

TEST_CASE("final blocks cost nothing but their bytes, however large the window") {
    Inflater inflater;
    const std::string text = noise(40'000);
    REQUIRE(inflate_message(inflater, PlainDeflate{}.message(text)).text == text);
    const Bytes final_block_without_data = hex("03 00");
    Bytes payload;
    while (payload.size() < 8'000'000) {
        append(payload, final_block_without_data);
    }
    const auto start = std::chrono::steady_clock::now();
    const auto inflated = inflate_message(inflater, payload);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds{10});
    CHECK(inflated.error == Error::None);
    CHECK(inflated.steps <= 3);
    CHECK(inflate_message(inflater, PlainDeflate{15, text}.message(text)).text == text);
}

TEST_CASE(
    "a decompressor's memory is taken when the first bytes come, and given back when forgotten") {
    ZlibPool& pool = *ZlibPool::of_this_thread();
    pool.clear();
    acquire_zlib_state({.window_bits = 15}).reset();
    Inflater inflater;
    CHECK(pool.size() == 1);
    inflate_message(inflater, hello());
    CHECK(pool.size() == 0);
    inflater.forget();
    CHECK(pool.size() == 1);
}
