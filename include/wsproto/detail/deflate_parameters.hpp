// The four parameters of permessage-deflate: reading, writing, and what answers what.
// RFC 7692 §7.1.
//
// Pure values; the windows that they set, and the roles, are known elsewhere.
#ifndef WSPROTO_DETAIL_DEFLATE_PARAMETERS_HPP
#define WSPROTO_DETAIL_DEFLATE_PARAMETERS_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/extension_header.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wsproto::detail {

inline constexpr int min_window_bits = 8;
inline constexpr int max_window_bits = 15;

/// The parameters of one offer or answer.
struct DeflateParameters {
    bool server_no_context_takeover = false;
    bool client_no_context_takeover = false;
    std::optional<int> server_max_window_bits{};
    std::optional<int> client_max_window_bits{};
    bool bare_client_max_window_bits = false;  ///< There, but without a value.

    [[nodiscard]] constexpr bool names_client_window() const noexcept {
        return client_max_window_bits || bare_client_max_window_bits;
    }

    friend constexpr bool operator==(const DeflateParameters&,
                                     const DeflateParameters&) noexcept = default;
};

/// 8 to 15, spelled in no other way. RFC 7692 §7.1.2.
[[nodiscard]] constexpr std::optional<int> read_window_bits(
    const ExtensionParameter& parameter) noexcept {
    constexpr std::array<std::string_view, 8> spellings{"8",  "9",  "10", "11",
                                                        "12", "13", "14", "15"};
    int bits = min_window_bits;
    for (const std::string_view spelling : spellings) {
        if (!parameter.spaced && parameter.value_is(spelling)) return bits;
        ++bits;
    }
    return std::nullopt;
}

/// A parameter, and how it is read; false: its value is illegal.
struct DeflateParameterRow {
    std::string_view name;
    bool (*read)(const ExtensionParameter&, DeflateParameters&) noexcept;
};

// What is not listed is not known.
inline constexpr std::array deflate_parameter_rows = {
    DeflateParameterRow{"server_no_context_takeover",
                        [](const ExtensionParameter& parameter, DeflateParameters& out) noexcept {
                            out.server_no_context_takeover = true;
                            return !parameter.value;
                        }},
    DeflateParameterRow{"client_no_context_takeover",
                        [](const ExtensionParameter& parameter, DeflateParameters& out) noexcept {
                            out.client_no_context_takeover = true;
                            return !parameter.value;
                        }},
    DeflateParameterRow{"server_max_window_bits",
                        [](const ExtensionParameter& parameter, DeflateParameters& out) noexcept {
                            out.server_max_window_bits = read_window_bits(parameter);
                            return out.server_max_window_bits.has_value();
                        }},
    DeflateParameterRow{"client_max_window_bits",
                        [](const ExtensionParameter& parameter, DeflateParameters& out) noexcept {
                            out.client_max_window_bits = read_window_bits(parameter);
                            out.bare_client_max_window_bits = !parameter.value;
                            return out.names_client_window();
                        }},
};

/// The parameters of an offer or answer, name included; nothing if one is unknown, there twice, or
/// has an illegal value. RFC 7692 §7.1: such an offer is declined, such an answer fails the
/// handshake.
[[nodiscard]] constexpr std::optional<DeflateParameters> parse_deflate_parameters(
    std::string_view element) noexcept {
    DeflateParameters parameters;
    std::array<bool, deflate_parameter_rows.size()> seen{};
    ExtensionReader reader{element};
    while (const auto parameter = reader.next()) {
        const auto* const row = std::find_if(
            deflate_parameter_rows.begin(), deflate_parameter_rows.end(),
            [&](const auto& known) { return equals_ignoring_case(known.name, parameter->name); });
        if (row == deflate_parameter_rows.end()) return std::nullopt;
        bool& repeated = seen[static_cast<std::size_t>(row - deflate_parameter_rows.begin())];
        if (repeated || !row->read(*parameter, parameters)) return std::nullopt;
        repeated = true;
    }
    return reader.malformed() ? std::nullopt : std::optional{parameters};
}

/// The parameters as they stand behind the name, in the order of the RFC.
[[nodiscard]] inline std::string format_deflate_parameters(const DeflateParameters& parameters) {
    std::string text;
    const auto add = [&](std::string_view name, std::optional<int> value = std::nullopt) {
        text.append(text.empty() ? "" : "; ").append(name);
        if (value) text.append("=").append(std::to_string(*value));
    };
    if (parameters.server_no_context_takeover) add("server_no_context_takeover");
    if (parameters.client_no_context_takeover) add("client_no_context_takeover");
    if (const auto bits = parameters.server_max_window_bits) add("server_max_window_bits", bits);
    if (parameters.names_client_window()) {
        add("client_max_window_bits", parameters.client_max_window_bits);
    }
    return text;
}

/// The smaller of two limits; nothing if there is none.
[[nodiscard]] constexpr std::optional<int> tighter(std::optional<int> a,
                                                   std::optional<int> b) noexcept {
    return a && b ? std::min(a, b) : a ? a : b;
}

/// A server's answer: what was asked or configured. RFC 7692 §7.1.1, §7.1.2.
///
/// The client's window is the one thing that must not be named unasked.
[[nodiscard]] constexpr DeflateParameters deflate_answer(
    const DeflateParameters& offer, const DeflateParameters& configured) noexcept {
    const auto either = [&](auto field) { return offer.*field || configured.*field; };
    const auto smaller = [&](auto field) { return tighter(offer.*field, configured.*field); };
    using Parameters = DeflateParameters;
    return {
        .server_no_context_takeover = either(&Parameters::server_no_context_takeover),
        .client_no_context_takeover = either(&Parameters::client_no_context_takeover),
        .server_max_window_bits = smaller(&Parameters::server_max_window_bits),
        .client_max_window_bits = offer.names_client_window()
                                      ? smaller(&Parameters::client_max_window_bits)
                                      : std::nullopt,
    };
}

/// The answer, and what a client announced: that it does so whatever the answer says of it.
/// RFC 7692 §7.1.1.2, §7.1.2.2.
[[nodiscard]] constexpr DeflateParameters with_hints(DeflateParameters answer,
                                                     const DeflateParameters& offer) noexcept {
    answer.client_no_context_takeover |= offer.client_no_context_takeover;
    answer.client_max_window_bits =
        tighter(answer.client_max_window_bits, offer.client_max_window_bits);
    return answer;
}

/// Whether a client can live with the answer to what it offered. RFC 7692 §7.1.1, §7.1.2.
[[nodiscard]] constexpr bool answers_offer(const DeflateParameters& answer,
                                           const DeflateParameters& offer) noexcept {
    const auto within = [](std::optional<int> bits, std::optional<int> limit) {
        return bits && *bits <= limit.value_or(max_window_bits);
    };
    const bool takeover_ok = answer.server_no_context_takeover || !offer.server_no_context_takeover;
    const bool server_window_ok =
        !offer.server_max_window_bits ||
        within(answer.server_max_window_bits, offer.server_max_window_bits);
    const bool client_window_ok =
        !answer.names_client_window() ||
        (offer.names_client_window() &&
         within(answer.client_max_window_bits, offer.client_max_window_bits));
    return takeover_ok && server_window_ok && client_window_ok;
}

}  // namespace wsproto::detail

#endif
