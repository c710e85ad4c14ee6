// Autobahn 10, automatic fragmentation: a peer that sends all it has in fragments of one size.
#include "groups.hpp"
#include "play.hpp"

namespace conformance {

const Cases& group_10() {
    static const Cases cases = [] {
        const std::string payload(65536, '*');
        return Cases{small_case("10.1.1", "64 KiB in fragments of 1300 bytes",
                                closing(fragments(text, payload, 1300), {{fin | text, payload}}))};
    }();
    return cases;
}

TEST_CASE("Autobahn 10, automatic fragmentation: a server joins the fragments",
          "[rfc6455-5.4-both-forms]") {
    play_all(group_10(), ConnectionType::Server);
}

TEST_CASE("Autobahn 10, automatic fragmentation: a client joins the fragments",
          "[rfc6455-5.4-both-forms]") {
    play_all(group_10(), ConnectionType::Client);
}

}  // namespace conformance
