// What the echo client prints: one line for each thing that happens, with the time since the start.
#ifndef WSPROTO_EXAMPLES_TRANSCRIPT_HPP
#define WSPROTO_EXAMPLES_TRANSCRIPT_HPP

#include "fragments.hpp"

#include <wsproto/bytes.hpp>

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iomanip>
#include <iostream>
#include <sstream>
#include <string>
#include <string_view>

inline constexpr std::size_t preview_size = 40;

/// The text with a dot for each control character: a server shall not command the terminal.
[[nodiscard]] inline std::string printable(std::string_view text) {
    std::string result;
    for (const char character : text) {
        const auto byte = static_cast<unsigned char>(character);
        const bool second_control = byte >= 0x80 && byte < 0xA0 && result.ends_with('\xC2');
        if (second_control) result.pop_back();
        result += byte < 0x20 || byte == 0x7F || second_control ? '.' : character;
    }
    return result;
}

/// The beginning of a text, in quotes.
[[nodiscard]] inline std::string preview_text(std::string_view text) {
    const std::size_t end = code_point_boundary(text, preview_size);
    return '"' + printable(text.substr(0, end)) + (end == text.size() ? "\"" : "…\"");
}

/// The beginning of binary data, in hexadecimal digits.
[[nodiscard]] inline std::string preview_binary(wsproto::BytesView data) {
    constexpr std::size_t most = 12;
    std::ostringstream result;
    result << std::hex << std::setfill('0');
    for (std::size_t index = 0; index != std::min(most, data.size()); ++index) {
        result << (index == 0 ? "" : " ") << std::setw(2) << std::to_integer<unsigned>(data[index]);
    }
    result << (data.size() > most ? " …" : "");
    return result.str();
}

/// Prints `   12.3 ms  what      details`.
class Transcript {
  public:
    /// `what` is one word, or empty where the last line goes on.
    void line(std::string_view what, const std::string& details) const {
        std::cout << std::fixed << std::setprecision(1) << std::setw(9) << elapsed() << " ms  "
                  << std::left << std::setw(10) << what << std::right << details << std::endl;
    }

  private:
    [[nodiscard]] double elapsed() const {
        return std::chrono::duration<double, std::milli>{std::chrono::steady_clock::now() - start_}
            .count();
    }

    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

#endif
