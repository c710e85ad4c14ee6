// The extensions that this library brings, by name, for programs that let a user choose.
//
// Those that a program wrote itself are not listed.
#ifndef WSPROTO_SUPPORTED_EXTENSIONS_HPP
#define WSPROTO_SUPPORTED_EXTENSIONS_HPP

#include <wsproto/extension.hpp>
#include <wsproto/permessage_deflate.hpp>

#include <array>
#include <memory>
#include <span>
#include <string_view>

namespace wsproto {

/// An extension that can be made by name, with its default options.
struct SupportedExtension {
    std::string_view name;                 ///< As in Sec-WebSocket-Extensions.
    std::shared_ptr<Extension> (*make)();  ///< A new object, for one connection.
};

namespace detail {

inline constexpr std::array supported_extensions_table = {
    SupportedExtension{
        "permessage-deflate",
        []() -> std::shared_ptr<Extension> { return std::make_shared<PerMessageDeflate>(); }},
};

}  // namespace detail

/// All of them.
[[nodiscard]] constexpr std::span<const SupportedExtension> supported_extensions() noexcept {
    return detail::supported_extensions_table;
}

}  // namespace wsproto

#endif
