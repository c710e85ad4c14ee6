// Agreement on extensions, on header strings alone: for HTTP/2, HTTP/3, or any handshake that was
// made elsewhere. RFC 6455 §9.1.
//
// Knows which offer meets which extension, and which two cannot live together; what parameters mean
// is up to the extension.
#ifndef WSPROTO_EXTENSIONS_HANDSHAKE_HPP
#define WSPROTO_EXTENSIONS_HANDSHAKE_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/extension_header.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/errors.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/frame.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace wsproto {

namespace detail {

/// Whether the extension can join: not there yet, by its name, and all its reserved bits are free.
[[nodiscard]] inline bool can_join(const Extensions& agreed, const Extension& extension) {
    return std::none_of(agreed.begin(), agreed.end(), [&](const auto& other) {
        return equals_ignoring_case(other->name(), extension.name()) ||
               (other->reserved_bits() & extension.reserved_bits()).any();
    });
}

/// The extension of that name that could still join, or nothing.
[[nodiscard]] inline std::shared_ptr<Extension> find_joinable(const Extensions& extensions,
                                                              std::string_view name,
                                                              const Extensions& agreed) {
    const auto found = std::find_if(extensions.begin(), extensions.end(), [&](const auto& other) {
        return equals_ignoring_case(other->name(), name) && can_join(agreed, *other);
    });
    return found == extensions.end() ? nullptr : *found;
}

/// What a client made of the answer: the extensions in its order, or the complaint and its cause.
struct ClientAgreement {
    Extensions agreed{};
    Error error{};
    std::string culprit{};  ///< The name of an unrecognized extension, or the malformed element.
};

/// `UnrecognizedExtension`: never offered, there already, or not acceptable as answered.
[[nodiscard]] inline Error join_as_client(const std::string& accepted, const Extensions& proposed,
                                          Extensions& agreed) {
    if (!is_well_formed_extension(accepted)) return Error::MalformedExtensions;
    const auto extension = find_joinable(proposed, extension_name(accepted), agreed);
    if (!extension || !extension->offer() || extension->finalize(accepted) != Error::None) {
        return Error::UnrecognizedExtension;
    }
    agreed.push_back(extension);
    return Error::None;
}

/// The client's side, for callers that report errors in their own way.
[[nodiscard]] inline ClientAgreement agree_as_client(std::span<const std::string> accepted,
                                                     const Extensions& proposed) {
    Extensions agreed;
    for (const std::string& element : accepted) {
        const Error error = join_as_client(element, proposed, agreed);
        if (error == Error::None) continue;
        const bool named = error == Error::UnrecognizedExtension;
        return {.error = error, .culprit = std::string{named ? extension_name(element) : element}};
    }
    std::size_t position = 0;
    for (const auto& extension : agreed) {
        extension->agree(++position);
    }
    return {.agreed = agreed};
}

/// The complaint in words, with the name of the extension it is about.
[[nodiscard]] inline std::string describe(const ClientAgreement& agreement) {
    std::string text{message(agreement.error)};
    return agreement.error == Error::UnrecognizedExtension ? text + ' ' + agreement.culprit : text;
}

}  // namespace detail

/// A server's Sec-WebSocket-Extensions, from what a client offered, one string an offer.
///
/// Nothing if nothing was agreed on: then no such header is sent. Of each name the first offer
/// counts that its extension accepts; one whose reserved bits are taken is declined, and not even
/// asked. Those agreed on are enabled, and know their position. An offer that is malformed is
/// declined. RFC 6455 §9.1.
[[nodiscard]] inline std::optional<std::string> server_extensions_handshake(
    std::span<const std::string> offers, const Extensions& supported) {
    std::string response;
    Extensions agreed;
    for (const std::string& offer : offers) {
        if (!detail::is_well_formed_extension(offer)) continue;
        const auto extension =
            detail::find_joinable(supported, detail::extension_name(offer), agreed);
        const auto parameters = extension ? extension->accept(offer) : std::nullopt;
        if (!parameters) continue;
        response.append(agreed.empty() ? "" : ", ").append(extension->name());
        response.append(parameters->empty() ? "" : "; ").append(*parameters);
        agreed.push_back(extension);
        extension->agree(agreed.size());
    }
    return agreed.empty() ? std::nullopt : std::optional{response};
}

/// The extensions that a server agreed to, one string each, in its order.
///
/// Fails with `UnrecognizedExtension` if one was not offered, came twice, shares a reserved bit
/// with an earlier one or has parameters that its extension refuses; with `MalformedExtensions` for
/// what is no extension. Then nothing is returned, and the handshake has failed. RFC 6455 §4.1,
/// §9.1.
[[nodiscard]] inline Extensions client_extensions_handshake(std::span<const std::string> accepted,
                                                            const Extensions& proposed,
                                                            std::error_code& error) {
    auto agreement = detail::agree_as_client(accepted, proposed);
    error = agreement.error;
    return std::move(agreement.agreed);
}

#ifdef __cpp_exceptions
/// The same. Throws `RemoteProtocolError` if it fails, without a hint.
[[nodiscard]] inline Extensions client_extensions_handshake(std::span<const std::string> accepted,
                                                            const Extensions& proposed) {
    auto agreement = detail::agree_as_client(accepted, proposed);
    if (agreement.error != Error::None) {
        throw RemoteProtocolError{agreement.error, detail::describe(agreement), std::nullopt};
    }
    return std::move(agreement.agreed);
}
#endif

}  // namespace wsproto

#endif
