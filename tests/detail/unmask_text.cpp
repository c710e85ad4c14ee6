#include <wsproto/detail/unmask_text.hpp>

#include "catch.hpp"

#include "support_kernels.hpp"
#include "support_text.hpp"

#include <random>
#include <string>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

/// Compares an unmasking with the plain one, and its verdict with what a validator says that is fed
/// with the unmasked text; both validators have been fed with `before`.
class Comparison {
  public:
    explicit Comparison(BytesView before = {}) {
        one_.feed(before);
        other_.feed(before);
    }

    bool agree(BytesView text, MaskingKey key, std::size_t offset = 0) {
        Bytes data = at_end_of_buffer(offset, masked_plain(text, key));
        const Bytes expected = at_end_of_buffer(offset, text);
        const MutableBytesView view = MutableBytesView{data}.subspan(offset, text.size());
        const Utf8Result result = unmask_and_validate(view, key, one_);
        return result == other_.feed(text) && data == expected && one_.state() == other_.state() &&
               one_.pending() == other_.pending();
    }

  private:
    Utf8Validator one_{};
    Utf8Validator other_{};
};

}  // namespace

TEST_CASE("text of every size and alignment is unmasked and validated as in two steps") {
    std::mt19937 random{20240609};
    const std::string mixed = random_text(random, max_size, 0);
    const std::string ascii(max_size, 'a');
    int wrong = 0;
    for (const std::string& text : {mixed, ascii}) {
        for_each_size_and_offset(0, [&](std::size_t size, std::size_t offset) {
            const BytesView piece = as_bytes(text).first(size);
            wrong += !Comparison{}.agree(piece, example_key, offset);
        });
    }
    CHECK(wrong == 0);
}

TEST_CASE("text with every mistake in every place is unmasked and validated as in two steps") {
    int wrong = 0;
    for (const std::size_t size : {20U, 120U, 264U}) {
        for_each_event_in_text(
            size, [&](BytesView text) { wrong += !Comparison{}.agree(text, example_key); });
    }
    CHECK(wrong == 0);
}

TEST_CASE("text that goes on inside a code point is unmasked and validated as in two steps") {
    int wrong = 0;
    for (const std::string_view before : {"\xc3", "\xe2", "\xe2\x82", "\xf0\x9f", "\xff"}) {
        for_each_event_in_text(140, [&](BytesView text) {
            wrong += !Comparison{as_bytes(before)}.agree(text, example_key);
            wrong += !Comparison{as_bytes(before)}.agree(text.first(text.size() % 8), example_key);
        });
    }
    CHECK(wrong == 0);
}

TEST_CASE("random text in two pieces, the key rotated, is as in two steps, for every split") {
    std::mt19937 random{20240610};
    int wrong = 0;
    for (unsigned i = 0; i < 100; ++i) {
        const std::string text = random_text(random, 400, i % 2 == 0 ? 0 : 60);
        const BytesView bytes = as_bytes(text);
        for (std::size_t split = 0; split <= bytes.size(); ++split) {
            Comparison comparison;
            wrong += !comparison.agree(bytes.first(split), example_key);
            wrong += !comparison.agree(bytes.subspan(split), rotate(example_key, split));
        }
    }
    CHECK(wrong == 0);
}

TEST_CASE("text longer than a strip, of one kind and of all, is as in two steps") {
    std::mt19937 random{20240611};
    int wrong = 0;
    for (std::size_t i = 0; i < 40; ++i) {
        const std::size_t size = 2 * unmasked_strip + random() % (2 * unmasked_strip);
        std::string text =
            i % 2 == 0 ? random_text(random, size, i % 4 == 0 ? 0 : 4000) : std::string(size, 'a');
        text.insert(text.begin() + static_cast<std::ptrdiff_t>(random() % size), 3, '\x7f');
        text += i % 8 == 1 ? "\xe2\x82" : "\u20ac";
        wrong += !Comparison{}.agree(as_bytes(text), example_key, i);
    }
    CHECK(wrong == 0);
}

TEST_CASE("everything is unmasked, though it fails at the first byte") {
    Comparison comparison;
    const Bytes wrong_text(40'000, std::byte{0xff});
    CHECK(comparison.agree(wrong_text, example_key));
    CHECK(comparison.agree(wrong_text, example_key));
}
