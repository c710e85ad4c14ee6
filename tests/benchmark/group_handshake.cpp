// The opening handshake, objects made and destroyed.
#include "groups.hpp"

#include <memory>
#include <utility>

namespace benchmark {
namespace {

constexpr std::string_view group = "handshake";
constexpr std::size_t response_capacity = 4096;

// The accept key for the nonce of RFC 6455 §1.3.
constexpr std::string_view accept_field = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n";

Libraries contenders(const Harness& harness) {
    Libraries ours = wsproto_senders(Outbox::Mode::Copy);
    ours.resize(1);
    join(ours, peers());
    std::erase_if(ours, [&](const auto& library) {
        return !library->shakes_hands() || !harness.wants_contestant(library->name());
    });
    return ours;
}

void measure_accept(Harness& harness) {
    constexpr std::string_view row = "server: 430-byte request in, 101 out";
    std::vector<Contestant> contestants;
    for (auto& library : contenders(harness)) {
        const std::shared_ptr<Library> shared = std::move(library);
        const auto out = std::make_shared<Outbox>(Outbox::Mode::Copy, response_capacity);
        shared->accept(canned_request(), *out);
        if (out->wire().find(accept_field) == std::string_view::npos) {
            harness.complain(group, row, shared->name());
            continue;
        }
        contestants.push_back({shared->name(), kind_of(*shared), [shared, out] {
                                   out->clear();
                                   shared->accept(canned_request(), *out);
                               }});
    }
    if (harness.wants(group, row)) {
        harness.time(std::string{group}, std::string{row}, 1, std::move(contestants));
    }
}

void measure_pair(Harness& harness) {
    constexpr std::string_view row = "client and server";
    std::vector<Contestant> contestants;
    for (auto& library : contenders(harness)) {
        const std::shared_ptr<Library> shared = std::move(library);
        if (!shared->shake_hands()) {
            harness.complain(group, row, shared->name());
            continue;
        }
        contestants.push_back(
            {shared->name(), kind_of(*shared), [shared] { shared->shake_hands(); }});
    }
    if (harness.wants(group, row)) {
        harness.time(std::string{group}, std::string{row}, 1, std::move(contestants));
    }
}

}  // namespace

void measure_handshake(Harness& harness) {
    measure_accept(harness);
    measure_pair(harness);
}

}  // namespace benchmark
