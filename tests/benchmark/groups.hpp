// The groups of measurements, one file each.
#ifndef WSPROTO_BENCHMARK_GROUPS_HPP
#define WSPROTO_BENCHMARK_GROUPS_HPP

#include "harness.hpp"
#include "library.hpp"
#include "traffic.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace benchmark {

void measure_limits(Harness& harness);
void measure_receive(Harness& harness);
void measure_send(Harness& harness);
void measure_deflate(Harness& harness);
void measure_handshake(Harness& harness);
void measure_linearity(Harness& harness);
void measure_memory(Harness& harness);

[[nodiscard]] inline std::string_view to_string(Role role) noexcept {
    return role == Role::Server ? "server" : "client";
}

[[nodiscard]] inline Kind kind_of(const Library& library) noexcept {
    return library.ours() ? Kind::Ours : Kind::Peer;
}

/// Sizes of messages, fewer of them where only the program is tested.
[[nodiscard]] inline std::vector<std::size_t> message_sizes(const Harness& harness) {
    if (harness.options().brief) {
        return {16, 125, 16 * 1024};
    }
    return {2, 16, 125, 126, 1024, 4096, 16 * 1024, 64 * 1024, 1024 * 1024};
}

/// Adds all of `more`.
inline void join(Libraries& libraries, Libraries more) {
    for (auto& library : more) {
        libraries.push_back(std::move(library));
    }
}

}  // namespace benchmark

#endif
