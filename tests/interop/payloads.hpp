// What our client sends: noise and prose of any size, and repetitions for the windows of deflate.
#ifndef WSPROTO_TESTS_INTEROP_PAYLOADS_HPP
#define WSPROTO_TESTS_INTEROP_PAYLOADS_HPP

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

/// Bytes that do not compress, others for every size: xorshift64.
[[nodiscard]] inline std::string noise(std::size_t size) {
    std::uint64_t state = 0x9E37'79B9'7F4A'7C15 ^ size;
    std::string bytes(size, '\0');
    for (char& byte : bytes) {
        state ^= state << 13U;
        state ^= state >> 7U;
        state ^= state << 17U;
        byte = static_cast<char>(state >> 56U);
    }
    return bytes;
}

/// Text that does compress; its period divides no power of two.
[[nodiscard]] inline std::string prose(std::size_t size) {
    constexpr std::string_view sentence = "Frames follow frames, some of them long, some not. ";
    std::string text;
    while (text.size() < size) {
        text += sentence;
    }
    text.resize(size);
    return text;
}

/// Blocks that come twice, at distances within and beyond every window.
[[nodiscard]] inline std::string repetitions() {
    std::string bytes;
    for (std::size_t distance = 300; distance < 40'000; distance += distance / 3) {
        const std::string block = noise(distance);
        bytes += block + block;
    }
    return bytes;
}

#endif
