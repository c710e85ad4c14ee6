// The grammar of Sec-WebSocket-Extensions and Sec-WebSocket-Protocol. RFC 6455 §9.1, §11.3.
//
// Reads one offer parameter by parameter, in one pass and without allocation. Which extensions and
// parameters exist is not known here.
#ifndef WSPROTO_DETAIL_EXTENSION_HEADER_HPP
#define WSPROTO_DETAIL_EXTENSION_HEADER_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/headers.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wsproto::detail {

/// One parameter of an offer. The views are valid as long as the text that was read.
struct ExtensionParameter {
    std::string_view name{};
    std::optional<std::string_view> value{};  ///< Of a quoted string the inside, still escaped.
    bool quoted = false;
    bool spaced = false;  ///< White space stood beside the "=", as RFC 2616 allowed.

    /// Whether the value, after unescaping, is `text`.
    [[nodiscard]] constexpr bool value_is(std::string_view text) const noexcept {
        if (!value || !quoted) return value == text;
        std::size_t at = 0;
        for (const char expected : text) {
            if (at < value->size() && (*value)[at] == '\\') ++at;
            if (at == value->size() || (*value)[at++] != expected) return false;
        }
        return at == value->size();
    }
};

/// Reads one element of Sec-WebSocket-Extensions: its name at once, its parameters one by one.
///
/// Deliberately, spaces beside "=" are read: RFC 6455 took its lists from RFC 2616, where white
/// space was implied. `spaced` tells who wants to know.
class ExtensionReader {
  public:
    constexpr explicit ExtensionReader(std::string_view element) noexcept : rest_{trim(element)} {
        name_ = take_token();
        malformed_ = name_.empty();
    }

    [[nodiscard]] constexpr std::string_view name() const noexcept { return name_; }

    /// Whether what was read so far breaks the grammar.
    [[nodiscard]] constexpr bool malformed() const noexcept { return malformed_; }

    /// The next parameter; nothing at the end, or where the grammar is broken.
    [[nodiscard]] constexpr std::optional<ExtensionParameter> next() noexcept {
        skip_spaces();
        if (malformed_ || rest_.empty()) return std::nullopt;
        const auto parameter = take_parameter();
        malformed_ = !parameter;
        return parameter;
    }

  private:
    constexpr std::optional<ExtensionParameter> take_parameter() noexcept {
        if (!skip(';')) return std::nullopt;
        skip_spaces();
        ExtensionParameter parameter{.name = take_token()};
        if (parameter.name.empty()) return std::nullopt;
        parameter.spaced = skip_spaces();
        if (!skip('=')) {
            parameter.spaced = false;
            return parameter;
        }
        parameter.spaced |= skip_spaces();
        parameter.quoted = skip('"');
        parameter.value = parameter.quoted ? take_quoted_token() : take_token();
        return parameter.value->empty() ? std::nullopt : std::optional{parameter};
    }

    constexpr std::string_view take_token() noexcept {
        return take(static_cast<std::size_t>(
            std::find_if_not(rest_.begin(), rest_.end(), is_token_char) - rest_.begin()));
    }

    // What a quoted string says must be a token as well. Empty if it is none, or is not closed.
    constexpr std::string_view take_quoted_token() noexcept {
        std::size_t size = 0;
        while (size < rest_.size() && rest_[size] != '"') {
            if (rest_[size] == '\\') ++size;
            if (size == rest_.size() || !is_token_char(rest_[size])) return {};
            ++size;
        }
        const std::string_view inside = take(size);
        return skip('"') ? inside : std::string_view{};
    }

    constexpr std::string_view take(std::size_t size) noexcept {
        const std::string_view taken = rest_.substr(0, size);
        rest_.remove_prefix(size);
        return taken;
    }

    constexpr bool skip(char expected) noexcept {
        return !rest_.empty() && rest_.front() == expected && !take(1).empty();
    }

    constexpr bool skip_spaces() noexcept {
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_white_space);
        return !take(static_cast<std::size_t>(end - rest_.begin())).empty();
    }

    std::string_view rest_;
    std::string_view name_{};
    bool malformed_ = false;
};

/// The name at the front of an offer; empty if there is none.
[[nodiscard]] constexpr std::string_view extension_name(std::string_view element) noexcept {
    return ExtensionReader{element}.name();
}

[[nodiscard]] constexpr bool is_well_formed_extension(std::string_view element) noexcept {
    ExtensionReader reader{element};
    while (reader.next()) {
    }
    return !reader.malformed();
}

/// 1#extension: one at least, all well-formed. RFC 6455 §9.1.
[[nodiscard]] inline bool is_well_formed_extension_list(std::string_view value) {
    const std::vector<std::string> elements = split_comma_header(value);
    return !elements.empty() &&
           std::all_of(elements.begin(), elements.end(),
                       [](std::string_view element) { return is_well_formed_extension(element); });
}

/// 1#token: one at least, all different. RFC 6455 §4.1, item 10.
[[nodiscard]] inline bool is_well_formed_protocol_list(std::string_view value) {
    std::vector<std::string> elements = split_comma_header(value);
    std::sort(elements.begin(), elements.end());
    return !elements.empty() &&
           std::all_of(elements.begin(), elements.end(),
                       [](std::string_view element) { return is_token(element); }) &&
           std::adjacent_find(elements.begin(), elements.end()) == elements.end();
}

}  // namespace wsproto::detail

#endif
