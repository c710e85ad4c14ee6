// The fuzz targets by their names: each is `namespace fuzz::NAME` in the file of that name.
#ifndef WSPROTO_TESTS_FUZZ_TARGETS_HPP
#define WSPROTO_TESTS_FUZZ_TARGETS_HPP

#include "fuzz.hpp"

#include <algorithm>
#include <array>
#include <string_view>

// Deliberately macros: a target is one name in two places.
#define WSPROTO_FUZZ_TARGETS(each)                                                              \
    each(any_split) each(client_handshake) each(connection_client) each(connection_server)      \
        each(error_codes) each(extension_parameters) each(frame_decoder) each(send_and_receive) \
            each(server_handshake) each(text_and_masking)
#define WSPROTO_FUZZ_DECLARE(target) \
    namespace fuzz::target {         \
    void run(Input input);           \
    }
WSPROTO_FUZZ_TARGETS(WSPROTO_FUZZ_DECLARE)

namespace fuzz {

struct Target {
    std::string_view name;
    void (*run)(Input);
};

#define WSPROTO_FUZZ_ROW(target) Target{#target, target::run},
inline constexpr std::array targets = {WSPROTO_FUZZ_TARGETS(WSPROTO_FUZZ_ROW)};

/// Null if there is none of that name.
inline const Target* find_target(std::string_view name) {
    const auto* const found = std::find_if(targets.begin(), targets.end(),
                                           [&](const Target& known) { return known.name == name; });
    return found == targets.end() ? nullptr : found;
}

}  // namespace fuzz

#endif  // WSPROTO_TESTS_FUZZ_TARGETS_HPP
