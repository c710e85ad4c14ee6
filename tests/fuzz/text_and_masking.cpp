// Invariant: every loop over payloads that this processor runs is the plain definition of masking
// and of UTF-8, from every state, for every key, and touches nothing around its bytes.
#include "fuzz.hpp"

#include <array>

namespace fuzz::text_and_masking {
namespace {

using namespace wsproto::detail;

Bytes copy_of(BytesView bytes) {
    return {bytes.begin(), bytes.end()};
}

template <typename Run>
void compare_run(Utf8State state, BytesView text, std::size_t min_size, Run run) {
    if (text.size() >= min_size) {
        ExactCopy exact{text};
        claim(run(state, exact.bytes()) == utf8_run_plain(state, text), "a UTF-8 loop");
    }
}

void compare_runs(Utf8State state, BytesView text) {
    compare_run(state, text, 0, [](auto... a) { return utf8_run(a...); });
    compare_run(state, text, 0, [](auto... a) { return utf8_run_any(a...); });
    compare_run(state, text, 0, [](auto... a) { return utf8_run_automaton(a...); });
#if WSPROTO_DETAIL_X86_64
    if (has_ssse3()) {
        compare_run(state, text, min_utf8_lookup, [](auto... a) { return utf8_run_lookup(a...); });
    }
    if (has_avx2()) {
        compare_run(state, text, min_utf8_avx2, [](auto... a) { return utf8_run_avx2(a...); });
    }
#elif WSPROTO_DETAIL_NEON
    compare_run(state, text, min_utf8_lookup, [](auto... a) { return utf8_run_lookup(a...); });
#endif
}

// The validator, piece by piece, against the grammar's plain reading of the whole.
void compare_validator(BytesView text, std::size_t piece_size) {
    const Utf8Result plain = utf8_plain(text);
    Utf8Validator validator;
    std::size_t at = 0;
    std::size_t complete = 0;
    bool valid = true;
    in_pieces(text, piece_size, [&](BytesView piece) {
        if (!valid) return;
        ExactCopy exact{piece};
        const std::size_t pending = validator.pending();
        const Utf8Result result = validator.feed(exact.bytes());
        valid = result.valid;
        if (result.complete > 0 || pending == 0) complete = at + result.complete;
        claim(!valid || validator.pending() == at + piece.size() - complete, "pending bytes");
        at += piece.size();
    });
    claim(valid == plain.valid, "valid text");
    claim(complete == plain.complete, "where the text is complete");
    claim(is_valid_utf8(text) == (plain.valid && plain.complete == text.size()), "a whole text");
}

// `mask(out, in)`, in place and from one buffer to another.
template <typename Mask>
void compare_mask(BytesView data, MaskingKey key, Mask mask) {
    Bytes expected(data.size());
    mask_copy_plain(expected.data(), data, key);
    ExactCopy in_place{data, 3, data.size() % 37};
    mask(in_place.bytes().data(), in_place.bytes().data());
    claim(std::equal(expected.begin(), expected.end(), in_place.bytes().begin()),
          "masked in place");
    claim(in_place.untouched_around(), "masks its bytes alone");
    ExactCopy from{data, 0, data.size() % 5};
    ExactCopy to{data, 0, data.size() % 33};
    mask(to.bytes().data(), from.bytes().data());
    claim(std::equal(expected.begin(), expected.end(), to.bytes().begin()), "masked elsewhere");
}

void compare_masks(BytesView data, MaskingKey key) {
    const std::size_t size = data.size();
    compare_mask(data, key, [&](auto* to, const auto* in) { mask_copy(to, {in, size}, key); });
    if (size <= max_short_payload) {
        compare_mask(data, key, [&](auto* to, const auto* in) { mask_short(to, in, size, key); });
        compare_mask(data, key, [&](auto* to, const auto* in) {
            mask_short<std::uint64_t>(to, in, size, key);
        });
        return;
    }
    compare_mask(data, key, [&](auto* to, const auto* in) { mask_pieces(to, in, size, key); });
    compare_mask(data, key,
                 [&](auto* to, const auto* in) { mask_pieces<std::uint64_t>(to, in, size, key); });
#if WSPROTO_DETAIL_X86_64
    if (has_avx2()) {
        compare_mask(data, key, [&](auto* to, const auto* in) { mask_avx2(to, in, size, key); });
    }
#endif
}

// `unmask` returns how many bytes at the front it has unmasked, which are ASCII, or a state.
template <typename Unmask>
void compare_unmask_ascii(BytesView data, MaskingKey key, std::size_t min_size, Unmask unmask) {
    if (data.size() < min_size) return;
    Bytes expected = copy_of(data);
    ExactCopy exact{data, 0, data.size() % 37};
    const std::size_t done = unmask(exact.bytes(), key);
    mask_in_place_plain(MutableBytesView{expected}.first(done), key);
    claim(std::equal(expected.begin(), expected.end(), exact.bytes().begin()), "unmasks the front");
    claim(std::none_of(expected.begin(), expected.begin() + static_cast<std::ptrdiff_t>(done),
                       [](std::byte byte) { return byte >= std::byte{0x80}; }),
          "unmasks ASCII alone");
}

void compare_unmask_text(Utf8State state, BytesView data, MaskingKey key) {
    Bytes expected = copy_of(data);
    mask_in_place_plain(expected, key);
    ExactCopy exact{data};
    claim(unmask_and_run(state, exact.bytes(), key) == utf8_run_plain(state, expected),
          "the state behind unmasked text");
    claim(std::equal(expected.begin(), expected.end(), exact.bytes().begin()), "unmasked text");
    for (const Opcode opcode : {Opcode::Text, Opcode::Binary}) {
        for (const std::size_t slack : {std::size_t{0}, std::size_t{64}}) {
            ExactCopy whole{data, slack};
            const bool valid = unmask_whole(whole.bytes(), key, slack, opcode);
            const bool is_text = utf8_run_plain(utf8_boundary, expected) == utf8_boundary;
            claim(valid == (opcode == Opcode::Binary || is_text), "a whole payload");
            claim(std::equal(expected.begin(), expected.end(), whole.bytes().begin()) &&
                      whole.untouched_around(),
                  "a whole payload, unmasked");
        }
    }
}

}  // namespace

void run(Input input) {
    const Utf8State state = input.byte() % 10 * utf8_state_bits;
    const std::size_t piece_size = input.byte();
    MaskingKey key{};
    for (std::byte& byte : key) {
        byte = static_cast<std::byte>(input.byte());
    }
    const BytesView data = input.rest();
    compare_runs(state, data);
    compare_runs(utf8_boundary, data);
    compare_validator(data, piece_size);
    compare_masks(data, key);
    compare_unmask_ascii(data, key, 0, [](auto... a) { return unmask_ascii_pieces(a...); });
    compare_unmask_ascii(data, key, 0,
                         [](auto... a) { return unmask_ascii_pieces<std::uint64_t>(a...); });
#if WSPROTO_DETAIL_X86_64
    if (has_avx2()) {
        compare_unmask_ascii(data, key, 32, [](auto... a) { return unmask_ascii_avx2(a...); });
    }
#endif
    compare_unmask_text(state, data, key);
}

}  // namespace fuzz::text_and_masking
