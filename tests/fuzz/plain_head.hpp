// The head of a message of HTTP, read plainly: no parser, no limits, lines cut at CRLF. What a
// handshake lets pass is compared with it.
#ifndef WSPROTO_TESTS_FUZZ_PLAIN_HEAD_HPP
#define WSPROTO_TESTS_FUZZ_PLAIN_HEAD_HPP

#include "fuzz.hpp"

#include <algorithm>
#include <cctype>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace fuzz {

inline std::string lower(std::string_view text) {
    std::string result{text};
    for (char& c : result) {
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    }
    return result;
}

inline std::string_view trimmed(std::string_view text) {
    constexpr std::string_view spaces = " \t";
    const std::size_t begin = text.find_first_not_of(spaces);
    if (begin == std::string_view::npos) return {};
    return text.substr(begin, text.find_last_not_of(spaces) - begin + 1);
}

struct PlainHead {
    bool complete = false;  ///< Up to an empty line.
    bool wrong = false;     ///< A line that is no field, or a character that may not be there.
    std::string_view first_line{};
    Headers fields{};  ///< Names in lower case.
    std::size_t size = 0;

    [[nodiscard]] std::vector<std::string> values(std::string_view name) const {
        std::vector<std::string> found;
        for (const auto& [field, value] : fields) {
            if (field == name) found.push_back(value);
        }
        return found;
    }

    /// Whether the list, of all its lines, has the token in any case.
    [[nodiscard]] bool lists(std::string_view name, std::string_view token) const {
        for (const std::string& value : values(name)) {
            for (std::string_view rest = value; !rest.empty();) {
                const std::size_t comma = std::min(rest.find(','), rest.size());
                if (lower(trimmed(rest.substr(0, comma))) == token) return true;
                rest.remove_prefix(std::min(comma + 1, rest.size()));
            }
        }
        return false;
    }
};

inline bool is_plain_token(std::string_view text) {
    constexpr std::string_view marks = "!#$%&'*+-.^_`|~";
    return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        return letter || (c >= '0' && c <= '9') || marks.find(c) != std::string_view::npos;
    });
}

inline bool has_controls(std::string_view text) {
    return std::any_of(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f;
    });
}

inline void read_field(PlainHead& head, std::string_view line) {
    const std::size_t colon = line.find(':');
    const std::string_view name = line.substr(0, colon);
    if (colon == std::string_view::npos || !is_plain_token(name)) {
        head.wrong = true;
        return;
    }
    const std::string_view value = line.substr(colon + 1);
    head.wrong |= has_controls(value);
    head.fields.emplace_back(lower(name), trimmed(value));
}

inline PlainHead read_plain_head(std::string_view text) {
    PlainHead head;
    bool first = true;
    for (std::size_t at = 0;;) {
        const std::size_t end = text.find("\r\n", at);
        if (end == std::string_view::npos) return head;
        const std::string_view line = text.substr(at, end - at);
        at = end + 2;
        if (first) {
            head.first_line = line;
            head.wrong |= has_controls(line);
        } else if (line.empty()) {
            head.complete = true;
            head.size = at;
            return head;
        } else {
            read_field(head, line);
        }
        first = false;
    }
}

}  // namespace fuzz

#endif
