// Plays a script to endpoints of both roles: split in every way that its size allows, fed in every
// way there is, with pieces and with whole messages; and compares every byte that comes back.
#ifndef WSPROTO_TESTS_CONFORMANCE_PLAY_HPP
#define WSPROTO_TESTS_CONFORMANCE_PLAY_HPP

#include "catch.hpp"
#include "script.hpp"

namespace conformance {

void play(const Script& script, ConnectionType role);

/// How what was written differs from what was expected; empty if it does not.
std::string difference(const Frames& written, const Frames& expected);

/// Every case in a section of its own, so that `-c "6.4.3, by a server"` runs it alone.
inline void play_all(const Cases& cases, ConnectionType role) {
    const std::string by = role == ConnectionType::Server ? ", by a server" : ", by a client";
    for (const Case& each : cases) {
        DYNAMIC_SECTION(each.id << by) {
            INFO(each.title);
            play(each.script(), role);
        }
    }
}

}  // namespace conformance

#endif
