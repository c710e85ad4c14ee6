#include "limits.hpp"

#if defined(__x86_64__) && defined(__GNUC__)

#include <immintrin.h>
#include <cstdint>
#include <cstring>

// The whole file is for AVX2, which is asked for here and not by a flag of the compiler.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

namespace benchmark::limits {
namespace {

using Vector = __m256i;
constexpr std::size_t width = sizeof(Vector);

inline Vector load(const char* from) {
    return _mm256_loadu_si256(reinterpret_cast<const Vector*>(from));
}

inline void store(char* to, Vector value) {
    _mm256_storeu_si256(reinterpret_cast<Vector*>(to), value);
}

inline Key rotated(Key key, std::size_t by) {
    const unsigned bits = static_cast<unsigned>(by % 4) * 8;
    return bits == 0 ? key : key >> bits | key << (32 - bits);
}

template <typename Word>
inline Word load_word(const char* from) {
    Word word;
    std::memcpy(&word, from, sizeof word);
    return word;
}

// A head and a tail of one size, which overlap where there is less than two of them.
template <typename Word>
inline void xor_ends(char* out, const char* in, std::size_t size, Word mask, Word tail_mask) {
    const Word head = load_word<Word>(in) ^ mask;
    const Word tail = load_word<Word>(in + size - sizeof(Word)) ^ tail_mask;
    std::memcpy(out, &head, sizeof head);
    std::memcpy(out + size - sizeof(Word), &tail, sizeof tail);
}

void xor_short(char* out, const char* in, std::size_t size, Key key) {
    const Key tail_key = rotated(key, size);
    if (size >= 16) {
        xor_ends<__m128i>(out, in, size, _mm_set1_epi32(static_cast<int>(key)),
                          _mm_set1_epi32(static_cast<int>(tail_key)));
    } else if (size >= 8) {
        xor_ends<std::uint64_t>(out, in, size, std::uint64_t{key} << 32 | key,
                                std::uint64_t{tail_key} << 32 | tail_key);
    } else if (size >= 4) {
        xor_ends<std::uint32_t>(out, in, size, key, tail_key);
    } else {
        for (std::size_t index = 0; index < size; ++index) {
            out[index] = static_cast<char>(in[index] ^ static_cast<char>(key >> 8 * index));
        }
    }
}

// How far it is to the first aligned vector behind `at`, 1 to 32 bytes.
inline std::size_t to_aligned(const char* at) {
    return width - reinterpret_cast<std::uintptr_t>(at) % width;
}

// Named, because lambdas are not compiled for AVX2.
struct Unchanged {
    Vector operator()(Vector vector) const { return vector; }
};

struct Masked {
    Vector mask;
    Vector operator()(Vector vector) const { return _mm256_xor_si256(vector, mask); }
};

inline Masked masked(Key key) {
    return {_mm256_set1_epi32(static_cast<int>(key))};
}

// Whole vectors, where `out` is aligned, through `change`.
template <typename Change>
inline void move_aligned(char* out, const char* in, std::size_t size, Change change) {
    std::size_t at = 0;
    for (; at + 4 * width <= size; at += 4 * width) {
        const Vector a = change(load(in + at));
        const Vector b = change(load(in + at + width));
        const Vector c = change(load(in + at + 2 * width));
        const Vector d = change(load(in + at + 3 * width));
        store(out + at, a);
        store(out + at + width, b);
        store(out + at + 2 * width, c);
        store(out + at + 3 * width, d);
    }
    for (; at + width <= size; at += width) {
        store(out + at, change(load(in + at)));
    }
}

// The first and the last vector are loaded first and stored last, over what was stored between
// them: neither head nor tail, and no store crosses a cache line.
void xor_copy(char* out, const char* in, std::size_t size, Key key) {
    if (size < width) {
        xor_short(out, in, size, key);
        return;
    }
    const std::size_t tail = size - width;
    const Vector first = masked(key)(load(in));
    const Vector last = masked(rotated(key, tail))(load(in + tail));
    const std::size_t skip = to_aligned(out);
    if (skip < size) {
        move_aligned(out + skip, in + skip, size - skip, masked(rotated(key, skip)));
    }
    store(out, first);
    store(out + tail, last);
}

void copy(char* out, const char* in, std::size_t size) {
    if (size < width) {
        std::memcpy(out, in, size);
        return;
    }
    const Vector first = load(in);
    const Vector last = load(in + size - width);
    const std::size_t skip = to_aligned(out);
    if (skip < size) {
        move_aligned(out + skip, in + skip, size - skip, Unchanged{});
    }
    store(out, first);
    store(out + size - width, last);
}

void xor_in_place(char* data, std::size_t size, Key key) {
    xor_copy(data, data, size, key);
}

// The last vector overlaps those before it: what is read twice changes nothing.
std::uint64_t read(const char* data, std::size_t size) {
    if (size < width) {
        std::uint64_t all = 0;
        for (std::size_t at = 0; at < size; ++at) {
            all |= static_cast<unsigned char>(data[at]);
        }
        return all;
    }
    Vector a = load(data + size - width);
    Vector b = a;
    Vector c = a;
    Vector d = a;
    std::size_t at = 0;
    for (; at + 4 * width <= size; at += 4 * width) {
        a = _mm256_or_si256(a, load(data + at));
        b = _mm256_or_si256(b, load(data + at + width));
        c = _mm256_or_si256(c, load(data + at + 2 * width));
        d = _mm256_or_si256(d, load(data + at + 3 * width));
    }
    for (; at + width <= size; at += width) {
        a = _mm256_or_si256(a, load(data + at));
    }
    const Vector all = _mm256_or_si256(_mm256_or_si256(a, b), _mm256_or_si256(c, d));
    return static_cast<std::uint64_t>(_mm256_movemask_epi8(all));
}

// Keiser and Lemire, "Validating UTF-8 In Less Than One Instruction Per Byte" (2020): each table
// says which mistakes a nibble may be part of; a mistake is what all three agree on.
class Utf8Checker {
  public:
    Utf8Checker() { error_ = previous_ = incomplete_ = _mm256_setzero_si256(); }

    void block(const char* data) {
        const Vector first = load(data);
        const Vector second = load(data + width);
        if (_mm256_movemask_epi8(_mm256_or_si256(first, second)) == 0) {
            error_ = _mm256_or_si256(error_, incomplete_);
            previous_ = second;
            incomplete_ = _mm256_setzero_si256();
            return;
        }
        check(first, previous_);
        check(second, first);
        previous_ = second;
        incomplete_ = _mm256_subs_epu8(second, most_of_complete());
    }

    bool finish(const char* data, std::size_t size) {
        char rest[2 * width] = {};
        std::memcpy(rest, data, size);
        block(rest);
        const Vector error = _mm256_or_si256(error_, incomplete_);
        return _mm256_testz_si256(error, error) != 0;
    }

  private:
    static constexpr char too_short = 1 << 0;
    static constexpr char too_long = 1 << 1;
    static constexpr char overlong_3 = 1 << 2;
    static constexpr char too_large = 1 << 3;
    static constexpr char surrogate = 1 << 4;
    static constexpr char overlong_2 = 1 << 5;
    static constexpr char too_large_1000 = 1 << 6;
    static constexpr char overlong_4 = 1 << 6;
    static constexpr char two_tails = static_cast<char>(1 << 7);
    static constexpr char carry = too_short | too_long | two_tails;
    static constexpr char huge = carry | too_large | too_large_1000;

    template <typename... Bytes>
    static Vector look_up(Vector nibbles, Bytes... table) {
        return _mm256_shuffle_epi8(_mm256_setr_epi8(table..., table...), nibbles);
    }

    static Vector most_of_complete() {
        return _mm256_setr_epi8(-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1,
                                static_cast<char>(0xEF), static_cast<char>(0xDF),
                                static_cast<char>(0xBF));
    }

    template <int N>
    static Vector before(Vector current, Vector previous) {
        return _mm256_alignr_epi8(current, _mm256_permute2x128_si256(previous, current, 0x21),
                                  16 - N);
    }

    static Vector high_nibbles(Vector bytes) {
        return _mm256_and_si256(_mm256_srli_epi16(bytes, 4), _mm256_set1_epi8(0x0F));
    }

    static Vector special_cases(Vector current, Vector one_before) {
        const Vector high =
            look_up(high_nibbles(one_before), too_long, too_long, too_long, too_long, too_long,
                    too_long, too_long, too_long, two_tails, two_tails, two_tails, two_tails,
                    static_cast<char>(too_short | overlong_2), too_short,
                    static_cast<char>(too_short | overlong_3 | surrogate),
                    static_cast<char>(too_short | too_large | too_large_1000 | overlong_4));
        const Vector low =
            look_up(_mm256_and_si256(one_before, _mm256_set1_epi8(0x0F)),
                    static_cast<char>(carry | overlong_3 | overlong_2 | overlong_4),
                    static_cast<char>(carry | overlong_2), carry, carry,
                    static_cast<char>(carry | too_large), huge, huge, huge, huge, huge, huge, huge,
                    huge, static_cast<char>(huge | surrogate), huge, huge);
        constexpr char tail = too_long | overlong_2 | two_tails;
        const Vector next =
            look_up(high_nibbles(current), too_short, too_short, too_short, too_short, too_short,
                    too_short, too_short, too_short,
                    static_cast<char>(tail | overlong_3 | too_large_1000 | overlong_4),
                    static_cast<char>(tail | overlong_3 | too_large),
                    static_cast<char>(tail | surrogate | too_large),
                    static_cast<char>(tail | surrogate | too_large), too_short, too_short,
                    too_short, too_short);
        return _mm256_and_si256(_mm256_and_si256(high, low), next);
    }

    void check(Vector current, Vector previous) {
        const Vector special = special_cases(current, before<1>(current, previous));
        const Vector third = _mm256_subs_epu8(before<2>(current, previous),
                                              _mm256_set1_epi8(static_cast<char>(0xE0 - 0x80)));
        const Vector fourth = _mm256_subs_epu8(before<3>(current, previous),
                                               _mm256_set1_epi8(static_cast<char>(0xF0 - 0x80)));
        const Vector tails_due = _mm256_and_si256(_mm256_or_si256(third, fourth),
                                                  _mm256_set1_epi8(static_cast<char>(0x80)));
        error_ = _mm256_or_si256(error_, _mm256_xor_si256(tails_due, special));
    }

    Vector error_;
    Vector previous_;
    Vector incomplete_;
};

bool is_utf8(const char* data, std::size_t size) {
    Utf8Checker checker;
    std::size_t at = 0;
    for (; at + 2 * width < size; at += 2 * width) {
        checker.block(data + at);
    }
    return checker.finish(data + at, size - at);
}

}  // namespace

const Kernels* avx2() noexcept {
    static constexpr Kernels kernels = {"AVX2", copy, xor_in_place, xor_copy, read, is_utf8};
    return __builtin_cpu_supports("avx2") != 0 ? &kernels : nullptr;
}

}  // namespace benchmark::limits

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif

#else

namespace benchmark::limits {

const Kernels* avx2() noexcept {
    return nullptr;
}

}  // namespace benchmark::limits

#endif
