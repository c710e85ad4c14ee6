// HTTP header fields as the handshake exchanges them, and the reading of list fields.
//
// A list of pairs, in the order of the wire, repetitions kept. Which fields a handshake needs, and
// what is legal in them, is not known here.
#ifndef WSPROTO_HEADERS_HPP
#define WSPROTO_HEADERS_HPP

#include <wsproto/detail/ascii.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace wsproto {

/// Names and values.
using Headers = std::vector<std::pair<std::string, std::string>>;

/// The value of the first field of that name, in any case; valid as long as `headers`.
[[nodiscard]] inline std::optional<std::string_view> find_header(const Headers& headers,
                                                                 std::string_view name) noexcept {
    for (const auto& [field, value] : headers) {
        if (detail::equals_ignoring_case(field, name)) {
            return value;
        }
    }
    return std::nullopt;
}

namespace detail {

/// Where the first element of a list ends: at a comma that is not inside a quoted string, or at
/// the end of the text. RFC 9110 §5.6.4.
[[nodiscard]] constexpr std::size_t list_element_size(std::string_view list) noexcept {
    // Not min, of which GCC 12 concludes, with -flto, that what is behind may have any size.
    std::size_t comma = list.find(',');
    if (comma > list.size()) comma = list.size();
    if (list.substr(0, comma).find('"') == std::string_view::npos) return comma;
    std::size_t at = 0;
    for (bool quoted = false; at < list.size() && (quoted || list[at] != ','); ++at) {
        if (list[at] == '"') {
            quoted = !quoted;
        } else if (quoted && list[at] == '\\') {
            ++at;
        }
    }
    return at < list.size() ? at : list.size();
}

}  // namespace detail

/// The elements of a comma-separated field, trimmed; empty ones are dropped. RFC 9110 §5.6.1.2.
///
/// A quoted string stays whole and as it is, quotes and backslashes included; one that is not
/// closed reaches to the end. Nothing else is checked.
[[nodiscard]] inline std::vector<std::string> split_comma_header(std::string_view value) {
    std::vector<std::string> elements;
    while (!value.empty()) {
        const std::size_t size = detail::list_element_size(value);
        if (const auto element = detail::trim(value.substr(0, size)); !element.empty()) {
            elements.emplace_back(element);
        }
        value.remove_prefix(size < value.size() ? size + 1 : size);
    }
    return elements;
}

}  // namespace wsproto

#endif
