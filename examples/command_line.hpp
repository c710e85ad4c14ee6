// What the command lines of the echo programs share: a complaint about them, and numbers.
#ifndef WSPROTO_EXAMPLES_COMMAND_LINE_HPP
#define WSPROTO_EXAMPLES_COMMAND_LINE_HPP

#include <charconv>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

/// The program was called in a way that it does not understand.
class UsageError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

/// The whole of `text` as a decimal number.
template <typename Number>
[[nodiscard]] Number parse_number(std::string_view option, std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        throw UsageError{std::string{option} + ": not a number in range: '" + std::string{text} +
                         "'"};
    }
    return number;
}

#endif
