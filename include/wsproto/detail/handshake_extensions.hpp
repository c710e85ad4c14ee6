// The extensions that a caller gives to an opening handshake: whether they may take part, what they
// offer, and which of them were agreed on. RFC 6455 §9.1.
//
// What their parameters mean is up to them.
#ifndef WSPROTO_DETAIL_HANDSHAKE_EXTENSIONS_HPP
#define WSPROTO_DETAIL_HANDSHAKE_EXTENSIONS_HPP

#include <wsproto/detail/ascii.hpp>
#include <wsproto/detail/extension_header.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>
#include <wsproto/headers.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace wsproto::detail {

/// Whether they may be given to a connection: valid, free, and of different names.
inline Error check_extensions(const Extensions& extensions) {
    for (auto at = extensions.begin(); at != extensions.end(); ++at) {
        const Extension& extension = **at;
        if (const Error error = extension.validate(); error != Error::None) {
            return error;
        }
        if (extension.attached()) {
            return Error::ExtensionInUse;
        }
        const auto has_this_name = [&](const auto& other) {
            return equals_ignoring_case(other->name(), extension.name());
        };
        if (std::any_of(extensions.begin(), at, has_this_name)) {
            return Error::DuplicateExtension;
        }
    }
    return Error::None;
}

/// Claims them for this connection.
inline void attach_all(const Extensions& extensions) noexcept {
    for (const auto& extension : extensions) {
        static_cast<void>(extension->attach());
    }
}

/// What a client's extensions offer, as a header value; empty if none offers itself.
inline std::string join_offers(const Extensions& extensions) {
    std::string offers;
    for (const auto& extension : extensions) {
        if (const auto parameters = extension->offer()) {
            offers.append(offers.empty() ? "" : ", ").append(extension->name());
            offers.append(parameters->empty() ? "" : "; ").append(*parameters);
        }
    }
    return offers;
}

/// Those that a server's answer names, in its order.
inline Extensions pick_agreed(std::string_view answer, const Extensions& supported) {
    Extensions agreed;
    for (const std::string& element : split_comma_header(answer)) {
        const auto found =
            std::find_if(supported.begin(), supported.end(), [&](const auto& extension) {
                return equals_ignoring_case(extension->name(), extension_name(element));
            });
        if (found != supported.end()) {
            agreed.push_back(*found);
        }
    }
    return agreed;
}

}  // namespace wsproto::detail

#endif
