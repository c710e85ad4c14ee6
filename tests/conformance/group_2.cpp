// Autobahn 2, Pings and Pongs: a Ping is answered with its payload, a Pong is not. RFC 6455
// §5.5.2, §5.5.3.
#include "groups.hpp"
#include "play.hpp"

#include <string>

namespace conformance {
namespace {

using namespace std::string_literals;

const std::string binary_payload = "\x00\xff\xfe\xfd\xfc\xfb\x00\xff"s;
const PlainFrame unsolicited{fin | pong, "unsolicited pong payload"};

Script ponged(const std::string& payload, std::size_t chop = 0) {
    Script script = closing({{fin | ping, payload}}, {{fin | pong, payload}});
    script.chop = chop;
    return script;
}

Script ten_pings(std::size_t chop) {
    Frames pings;
    Frames pongs;
    for (const char digit : "0123456789"s) {
        pings.push_back({fin | ping, "payload-"s + digit});
        pongs.push_back({fin | pong, "payload-"s + digit});
    }
    Script script = closing(pings, pongs);
    script.chop = chop;
    return script;
}

Script too_long() {
    return failing(
        {{fin | ping, std::string(126, '\xfe')}}, {},
        {1002, "Control frame with payload len > 125", {.part = Place::Header, .byte = 1}});
}

Script pong_and_ping() {
    return closing({unsolicited, {fin | ping, "ping payload"}}, {{fin | pong, "ping payload"}});
}

}  // namespace

const Cases& group_2() {
    static const Cases cases = {
        small_case("2.1", "a Ping without payload", ponged("")),
        small_case("2.2", "a Ping with text", ponged("Hello, world!")),
        small_case("2.3", "a Ping with binary payload", ponged(binary_payload)),
        small_case("2.4", "a Ping with 125 bytes", ponged(std::string(125, '\xfe'))),
        small_case("2.5", "a Ping with 126 bytes", too_long()),
        small_case("2.6", "a Ping with 125 bytes, in bytes", ponged(std::string(125, '\xfe'), 1)),
        small_case("2.7", "an unsolicited Pong", closing({{fin | pong, ""}}, {})),
        small_case("2.8", "an unsolicited Pong with payload", closing({unsolicited}, {})),
        small_case("2.9", "an unsolicited Pong, then a Ping", pong_and_ping()),
        small_case("2.10", "ten Pings", ten_pings(0)),
        small_case("2.11", "ten Pings, in bytes", ten_pings(1)),
    };
    return cases;
}

TEST_CASE("Autobahn 2, Pings and Pongs: a server answers each Ping, and no Pong",
          "[rfc6455-5.5-control-length][rfc6455-5.5.2-pong]") {
    play_all(group_2(), ConnectionType::Server);
}

TEST_CASE("Autobahn 2, Pings and Pongs: a client answers each Ping, and no Pong",
          "[rfc6455-5.5-control-length][rfc6455-5.5.2-pong]") {
    play_all(group_2(), ConnectionType::Client);
}

}  // namespace conformance
