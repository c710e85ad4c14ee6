// Which headers a caller may put into a request, a 101 or a rejection, and how they are written: no
// CR or LF ever comes from a caller. RFC 9110 §5.1, §5.5.
#ifndef WSPROTO_DETAIL_HANDSHAKE_HEADERS_HPP
#define WSPROTO_DETAIL_HANDSHAKE_HEADERS_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/append.hpp>
#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/upgrade_fields.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/events.hpp>
#include <wsproto/headers.hpp>

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <system_error>

namespace wsproto::detail {

/// Whether the handshake writes, or forbids, that field itself.
constexpr bool is_owned_by_handshake(std::string_view name) noexcept {
    constexpr std::string_view family = "sec-websocket-";
    return upgrade_field(name).has_value() || is_in_any_case(name.substr(0, family.size()), family);
}

/// Of what the handshake owns, what a rejection may say all the same.
constexpr bool is_for_rejections(std::string_view name, bool has_body) noexcept {
    const auto field = upgrade_field(name);
    return field == UpgradeField::Upgrade || field == UpgradeField::Version ||
           (has_body && field == UpgradeField::ContentLength);
}

constexpr bool is_well_formed_header(std::string_view name, std::string_view value) noexcept {
    return is_token(name) && is_field_value(value);
}

inline bool are_well_formed(const Headers& headers) noexcept {
    return std::all_of(headers.begin(), headers.end(), [](const auto& header) {
        return is_well_formed_header(header.first, header.second);
    });
}

/// Whether the headers of a request or a 101 may be sent.
inline Error check_extra_headers(const Headers& headers) noexcept {
    for (const auto& [name, value] : headers) {
        if (!is_well_formed_header(name, value)) return Error::BadHeader;
        if (is_owned_by_handshake(name)) return Error::ReservedHeader;
    }
    return Error::None;
}

/// A Content-Length: digits and nothing else.
inline std::optional<std::uint64_t> parse_content_length(std::string_view text) noexcept {
    std::uint64_t length = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional{length} : std::nullopt;
}

/// Statuses whose responses have neither a body nor a length. RFC 9110 §15.3.5, §15.3.6, §15.4.5.
constexpr bool is_bodyless(unsigned status) noexcept {
    return status == 204 || status == 205 || status == 304;
}

/// Whether the headers of a rejection may be sent.
inline Error check_rejection_headers(const RejectConnection& rejection) noexcept {
    bool has_length = false;
    for (const auto& [name, value] : rejection.headers) {
        if (!is_well_formed_header(name, value)) return Error::BadHeader;
        if (is_owned_by_handshake(name) && !is_for_rejections(name, rejection.has_body)) {
            return Error::ReservedHeader;
        }
        if (upgrade_field(name) == UpgradeField::ContentLength) {
            if (has_length || !parse_content_length(value)) return Error::BadContentLength;
            has_length = true;
        }
    }
    return Error::None;
}

/// Whether a rejection may be sent.
inline Error check_rejection(const RejectConnection& rejection) noexcept {
    if (rejection.status_code < 200 || rejection.status_code > 599) return Error::BadStatusCode;
    if (rejection.has_body && is_bodyless(rejection.status_code)) return Error::BodyNotAllowed;
    return check_rejection_headers(rejection);
}

/// Appends the texts that `tell` hands to its argument. It is called twice, first for their size.
template <typename Tell>
void append_texts(Bytes& out, Tell tell) {
    std::size_t size = 0;
    tell([&](std::string_view text) { size += text.size(); });
    auto* to = reinterpret_cast<char*>(extend(out, size));
    tell([&](std::string_view text) { to += text.copy(to, text.size()); });
}

/// Hands one header line to `add`.
template <typename Add>
void add_header(Add& add, std::string_view name, std::string_view value) {
    add(name);
    add(": ");
    add(value);
    add("\r\n");
}

template <typename Add>
void add_headers(Add& add, const Headers& headers) {
    for (const auto& [name, value] : headers) {
        add_header(add, name, value);
    }
}

}  // namespace wsproto::detail

#endif
