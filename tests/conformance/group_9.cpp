// Autobahn 9, sizes: large messages, in one frame and in fragments, in small reads, and many small
// messages one by one. The largest are as large as the limit that an endpoint has by itself.
#include "groups.hpp"
#include "play.hpp"

#include <array>

namespace conformance {
namespace {

constexpr std::size_t kib = 1024;
constexpr std::size_t mib = 1024 * kib;

using Sizes = std::vector<std::size_t>;

const PlainFrame words{fin | text, "BAsd7&jh23"};
const PlainFrame bytes{fin | binary, std::string{"\x00\xfe\x23\xfa\xf0", 5}};

std::string id(const std::string& section, std::size_t index) {
    return section + '.' + std::to_string(index + 1);
}

Script one_frame(const PlainFrame& pattern, std::size_t size, std::size_t chop) {
    // One in 64 KiB stays: it has the longest header.
    const std::size_t most = size == 64 * kib ? size : 3 * kib;
    const PlainFrame frame{pattern.first, repeated(pattern.payload, shortened(size, most))};
    Script script = closing({frame}, {frame});
    script.chop = chop;
    return script;
}

Script in_fragments(unsigned opcode, char byte, std::size_t fragment) {
    const std::string payload(shortened(4 * mib, 3 * kib), byte);
    return closing(fragments(opcode, payload, fragment), {{fin | opcode, payload}});
}

// Each is answered before the next one is sent; which is how frame by frame plays them.
Script one_by_one(unsigned opcode, char byte, std::size_t size) {
    const Frames messages(shortened(1000, 10), PlainFrame{fin | opcode, std::string(size, byte)});
    return closing(messages, messages);
}

void add_sizes(Cases& cases, const std::string& section, const PlainFrame& pattern) {
    const Sizes sizes{64 * kib, 256 * kib, mib, 4 * mib, 8 * mib, 16 * mib};
    for (std::size_t i = 0; i != sizes.size(); ++i) {
        cases.push_back({id(section, i), "a message of " + std::to_string(sizes[i]) + " bytes",
                         [=] { return one_frame(pattern, sizes[i], 0); }});
    }
}

// In 9.4 Autobahn has another byte in the first case than in the others.
void add_fragments(Cases& cases, const std::string& section, unsigned opcode) {
    const Sizes sizes{64, 256, kib, 4 * kib, 16 * kib, 64 * kib, 256 * kib, mib, 4 * mib};
    for (std::size_t i = 0; i != sizes.size(); ++i) {
        const char byte = opcode == binary && i == 0 ? '\xfe' : '*';
        cases.push_back({id(section, i), "4 MiB in fragments of " + std::to_string(sizes[i]),
                         [=] { return in_fragments(opcode, byte, sizes[i]); }});
    }
}

void add_chops(Cases& cases, const std::string& section, const PlainFrame& pattern) {
    const Sizes sizes{64, 128, 256, 512, kib, 2 * kib};
    for (std::size_t i = 0; i != sizes.size(); ++i) {
        cases.push_back({id(section, i), "1 MiB in reads of " + std::to_string(sizes[i]),
                         [=] { return one_frame(pattern, mib, sizes[i]); }});
    }
}

void add_round_trips(Cases& cases, const std::string& section, unsigned opcode) {
    const Sizes sizes{0, 16, 64, 256, kib, 4 * kib};
    for (std::size_t i = 0; i != sizes.size(); ++i) {
        const char byte = opcode == text ? '*' : '\xfe';
        cases.push_back({id(section, i), "1000 messages of " + std::to_string(sizes[i]) + " bytes",
                         [=] { return one_by_one(opcode, byte, sizes[i]); }});
    }
}

}  // namespace

const Cases& group_9() {
    static const Cases cases = [] {
        Cases made;
        add_sizes(made, "9.1", words);
        add_sizes(made, "9.2", bytes);
        add_fragments(made, "9.3", text);
        add_fragments(made, "9.4", binary);
        add_chops(made, "9.5", words);
        add_chops(made, "9.6", bytes);
        add_round_trips(made, "9.7", text);
        add_round_trips(made, "9.8", binary);
        return made;
    }();
    return cases;
}

TEST_CASE("Autobahn 9, sizes: a server echoes large messages, and many",
          "[rfc6455-5.4-both-forms]") {
    play_all(group_9(), ConnectionType::Server);
}

TEST_CASE("Autobahn 9, sizes: a client echoes large messages, and many",
          "[rfc6455-5.4-both-forms]") {
    play_all(group_9(), ConnectionType::Client);
}

}  // namespace conformance
