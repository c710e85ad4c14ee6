// Autobahn 3, reserved bits: nobody has agreed on what they mean. RFC 6455 §5.2.
//
// Strictly: what comes before the mistake is echoed, what comes behind is not looked at.
#include "groups.hpp"
#include "play.hpp"

namespace conformance {
namespace {

const PlainFrame hello{fin | text, "Hello, world!"};
const PlainFrame wrong_binary{fin | binary, std::string{"\x00\xff\xfe\xfd\xfc\xfb\x00\xff", 8}};

unsigned reserved(unsigned bits) {
    return bits << 4U;
}

Failure unexpected_bit(std::size_t frame) {
    return {1002, "Reserved bit set unexpectedly", {.frame = frame}};
}

Script first_frame(unsigned bits, PlainFrame frame) {
    frame.first |= reserved(bits);
    return failing({frame}, {}, unexpected_bit(0));
}

Script second_frame(unsigned bits, std::size_t chop = 0) {
    const PlainFrame wrong{hello.first | reserved(bits), hello.payload};
    Script script = failing({hello, wrong, {fin | ping, ""}}, {hello}, unexpected_bit(1));
    script.chop = chop;
    return script;
}

}  // namespace

const Cases& group_3() {
    static const Cases cases = {
        small_case("3.1", "RSV3 of a text", first_frame(1, hello)),
        small_case("3.2", "RSV2 of the second text", second_frame(2)),
        small_case("3.3", "RSV2 and RSV3 of the second text", second_frame(3)),
        small_case("3.4", "RSV1 of the second text, in bytes", second_frame(4, 1)),
        small_case("3.5", "RSV1 and RSV3 of a binary message", first_frame(5, wrong_binary)),
        small_case("3.6", "RSV1 and RSV2 of a binary message",
                   first_frame(6, {fin | binary, hello.payload})),
        small_case("3.7", "all three of a Close", first_frame(7, {fin | close, ""})),
    };
    return cases;
}

TEST_CASE("Autobahn 3, reserved bits: a server fails at the first that is set",
          "[rfc6455-5.2-rsv]") {
    play_all(group_3(), ConnectionType::Server);
}

TEST_CASE("Autobahn 3, reserved bits: a client fails at the first that is set",
          "[rfc6455-5.2-rsv]") {
    play_all(group_3(), ConnectionType::Client);
}

}  // namespace conformance
