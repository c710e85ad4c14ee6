#include "limits.hpp"

#include "page_buffer.hpp"
#include "traffic.hpp"
#include "transport.hpp"

#include <algorithm>
#include <cstring>

namespace benchmark::limits {
namespace {

std::uint64_t doubled(Key key) noexcept {
    return static_cast<std::uint64_t>(key) << 32 | key;
}

// Bytes behind the last whole word: words before them leave the key as it was.
void xor_plain(char* out, const char* in, std::size_t size, Key key) {
    std::array<char, 4> bytes{};
    std::memcpy(bytes.data(), &key, bytes.size());
    for (std::size_t index = 0; index < size; ++index) {
        out[index] = static_cast<char>(in[index] ^ bytes[index % 4]);
    }
}

void copy(char* out, const char* in, std::size_t size) {
    std::memcpy(out, in, size);
}

void xor_copy(char* out, const char* in, std::size_t size, Key key) {
    const std::uint64_t mask = doubled(key);
    std::size_t at = 0;
    for (; at + sizeof mask <= size; at += sizeof mask) {
        std::uint64_t word = 0;
        std::memcpy(&word, in + at, sizeof word);
        word ^= mask;
        std::memcpy(out + at, &word, sizeof word);
    }
    xor_plain(out + at, in + at, size - at, key);
}

void xor_in_place(char* data, std::size_t size, Key key) {
    xor_copy(data, data, size, key);
}

std::uint64_t read(const char* data, std::size_t size) {
    std::uint64_t all = 0;
    std::size_t at = 0;
    for (; at + sizeof all <= size; at += sizeof all) {
        std::uint64_t word = 0;
        std::memcpy(&word, data + at, sizeof word);
        all |= word;
    }
    for (; at < size; ++at) {
        all |= static_cast<unsigned char>(data[at]);
    }
    return all;
}

// How many tail bytes may follow this first byte; 4 if it is none.
unsigned tails_after(unsigned char first) {
    if (first < 0x80) return 0;
    if (first < 0xC2 || first > 0xF4) return 4;
    return first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
}

// Whether the second byte is within what the first leaves of 80 to BF. Unicode, table 3-7.
bool second_fits(unsigned char first, unsigned char second) {
    const unsigned low = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    const unsigned high = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;
    return low <= second && second <= high;
}

bool is_utf8(const char* data, std::size_t size) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(data[at]); };
    for (std::size_t at = 0; at < size;) {
        const unsigned char first = byte(at);
        const unsigned tails = tails_after(first);
        if (tails == 4 || at + tails >= size) return false;
        if (tails > 0 && !second_fits(first, byte(at + 1))) return false;
        for (unsigned tail = 2; tail <= tails; ++tail) {
            if (byte(at + tail) >> 6 != 2) return false;
        }
        at += tails + 1;
    }
    return true;
}

// Every size, at changing distances from an aligned address.
bool moves_right(const Kernels& kernels) {
    constexpr Key key = 0x12345678;
    constexpr std::size_t most_skipped = 37;
    const Messages messages = make_messages(Payload::Binary, 300, 300);
    for (std::size_t size = 0; size <= messages.size; ++size) {
        const std::size_t skip = size % most_skipped;
        const PageBuffer content = messages.content.substr(0, size);
        PageBuffer expected(size, '\0');
        PageBuffer out(messages.size + most_skipped, '\0');
        const auto has = [&](const PageBuffer& bytes) {
            return out.compare(skip, size, bytes) == 0 && out[skip + size] == '\0';
        };
        xor_plain(expected.data(), content.data(), size, key);
        kernels.copy(out.data() + skip, content.data(), size);
        const bool copies = has(content);
        kernels.xor_in_place(out.data() + skip, size, key);
        const bool masks = has(expected);
        kernels.xor_copy(out.data() + skip, expected.data(), size, key);
        if (!copies || !masks || !has(content)) return false;
    }
    return true;
}

// Valid text with one byte replaced, in many ways.
bool validates_right(const Kernels& kernels) {
    const Messages messages = make_messages(Payload::Multibyte, 151, 151);
    for (std::size_t at = 0; at < messages.size; ++at) {
        for (unsigned byte = 0x00; byte <= 0xFF; ++byte) {
            PageBuffer text = messages.content;
            text[at] = static_cast<char>(byte);
            if (kernels.is_utf8(text.data(), text.size()) != is_utf8(text.data(), text.size())) {
                return false;
            }
        }
    }
    return kernels.is_utf8(messages.content.data(), messages.size);
}

}  // namespace

const Kernels& portable() noexcept {
    static constexpr Kernels kernels = {"portable", copy, xor_in_place, xor_copy, read, is_utf8};
    return kernels;
}

const Kernels& best() noexcept {
    const Kernels* const vectors = avx2();
    return vectors != nullptr ? *vectors : portable();
}

bool are_right(const Kernels& kernels) {
    return moves_right(kernels) && validates_right(kernels);
}

}  // namespace benchmark::limits

namespace benchmark {

void copy_bytes(void* to, const void* from, std::size_t size) noexcept {
    constexpr std::size_t long_enough = 1024;
    if (size < long_enough) {
        std::memcpy(to, from, size);
        return;
    }
    static const auto copy = limits::best().copy;
    copy(static_cast<char*>(to), static_cast<const char*>(from), size);
}

}  // namespace benchmark
