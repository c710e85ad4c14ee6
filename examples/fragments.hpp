// Cutting a message into fragments.
#ifndef WSPROTO_EXAMPLES_FRAGMENTS_HPP
#define WSPROTO_EXAMPLES_FRAGMENTS_HPP

#include <cstddef>
#include <string_view>

[[nodiscard]] constexpr bool begins_code_point(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
}

/// Where valid UTF-8 can be cut: at `limit` or before it, but behind the first code point.
[[nodiscard]] constexpr std::size_t code_point_boundary(std::string_view text, std::size_t limit) {
    if (limit >= text.size()) return text.size();
    std::size_t size = limit;
    while (size != 0 && !begins_code_point(text[size])) {
        --size;
    }
    if (size != 0) return size;
    do {
        ++size;
    } while (size != text.size() && !begins_code_point(text[size]));
    return size;
}

#endif
