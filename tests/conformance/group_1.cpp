// Autobahn 1, framing: messages of the sizes at which the form of the length changes. RFC 6455
// §5.2.
#include "groups.hpp"
#include "play.hpp"

namespace conformance {
namespace {

struct Row {
    std::size_t size;
    std::size_t chop = 0;
};

constexpr Row rows[] = {
    {0}, {125}, {126}, {127}, {128}, {65535}, {65536}, {65536, 997},
};

void add(Cases& cases, const std::string& section, PlainFrame pattern) {
    for (const Row& row : rows) {
        const std::string number = std::to_string(&row - rows + 1);
        const PlainFrame frame{pattern.first, repeated(pattern.payload, row.size)};
        Script script = closing({frame}, {frame});
        script.chop = row.chop;
        cases.push_back(small_case(section + '.' + number,
                                   "a message of " + std::to_string(row.size) + " bytes", script));
    }
}

}  // namespace

const Cases& group_1() {
    static const Cases cases = [] {
        Cases made;
        add(made, "1.1", {fin | text, "*"});
        add(made, "1.2", {fin | binary, "\xfe"});
        return made;
    }();
    return cases;
}

TEST_CASE("Autobahn 1, framing: a server echoes messages of all forms of length",
          "[rfc6455-5.1-mask-server]") {
    play_all(group_1(), ConnectionType::Server);
}

TEST_CASE("Autobahn 1, framing: a client echoes messages of all forms of length",
          "[rfc6455-5.1-mask-client]") {
    play_all(group_1(), ConnectionType::Client);
}

}  // namespace conformance
