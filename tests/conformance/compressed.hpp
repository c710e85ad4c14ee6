// Compressed conversations: a peer with zlib of its own sends messages to an endpoint that echoes,
// and inflates what comes back with the window that was agreed on, and no larger one.
#ifndef WSPROTO_TESTS_CONFORMANCE_COMPRESSED_HPP
#define WSPROTO_TESTS_CONFORMANCE_COMPRESSED_HPP

#include "echo.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace conformance {

/// What a peer agreed to about one direction.
struct Direction {
    int window_bits = 15;
    bool takeover = true;
};

struct Agreement {
    Compression compression{};
    Direction to_endpoint{};
    Direction from_endpoint{};
};

/// Messages cut one after the other out of `data`, which is read over and over.
struct Messages {
    unsigned opcode = 0;
    std::string_view data{};
    std::size_t size = 0;
    std::size_t fragment = 0;  ///< Of compressed payload; 0: each message is one frame.
};

/// The sizes and fragments that a section of Autobahn 12 and 13 has, numbered from 1.
struct Load {
    std::size_t size;
    std::size_t fragment = 0;
};
const std::vector<Load>& loads();

/// The numbers of a section, "12.1.1" and so on.
std::vector<std::string> load_ids(const std::string& section);

/// As many messages as there is time for: up to 200, and at least two.
void converse(ConnectionType role, const Agreement& agreement, const Messages& messages);

/// Every load of a section, each in a section of the test.
void converse_all(ConnectionType role, const std::string& section, const Agreement& agreement,
                  Messages messages);

}  // namespace conformance

#endif
