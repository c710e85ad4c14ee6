// Autobahn 5, fragmentation: in order, with control frames between, and never without a beginning.
// RFC 6455 §5.4.
//
// Strictly: what comes before the mistake is echoed, what comes behind is not looked at.
#include "groups.hpp"
#include "play.hpp"

namespace conformance {
namespace {

const PlainFrame one{text, "fragment1"};
const PlainFrame last_two{fin | continuation, "fragment2"};
const PlainFrame both{fin | text, "fragment1fragment2"};
const PlainFrame hello{fin | text, "Hello, world!"};
const std::string orphan = "non-continuation payload";

Script chopped(Script script, std::size_t chop) {
    script.chop = chop;
    return script;
}

Script fragmented_control(unsigned opcode) {
    return failing({{opcode, "fragment1"}, last_two}, {},
                   {1002, "Invalid attempt to fragment control frame"});
}

Script two_fragments(std::size_t chop = 0) {
    return chopped(closing({one, last_two}, {both}), chop);
}

Script ping_between(std::size_t chop = 0) {
    return chopped(closing({one, {fin | ping, "ping payload"}, last_two},
                           {{fin | pong, "ping payload"}, both}),
                   chop);
}

Script no_beginning(unsigned first, std::size_t chop = 0) {
    return chopped(failing({{first, orphan}, hello}, {}, {1002, "unexpected CONTINUATION"}), chop);
}

Script beginning_behind_the_end() {
    return failing({one, last_two, {continuation, "fragment3"}, {fin | text, "fragment4"}}, {both},
                   {1002, "unexpected CONTINUATION", {.frame = 2}});
}

// Twice the same three, of which the first cannot stand there.
Script no_beginning_twice(unsigned first) {
    const Frames three = {
        {first, "fragment1"}, {text, "fragment2"}, {fin | continuation, "fragment3"}};
    Frames sent = three;
    sent.insert(sent.end(), three.begin(), three.end());
    return failing(sent, {}, {1002, "unexpected CONTINUATION"});
}

Script no_end() {
    return failing({one, {fin | text, "fragment2"}}, {},
                   {1002, "expected CONTINUATION, got TEXT", {.frame = 1}});
}

Script pings_between() {
    return closing({one,
                    {continuation, "fragment2"},
                    {fin | ping, "pongme 1!"},
                    {continuation, "fragment3"},
                    {continuation, "fragment4"},
                    {fin | ping, "pongme 2!"},
                    {fin | continuation, "fragment5"}},
                   {{fin | pong, "pongme 1!"},
                    {fin | pong, "pongme 2!"},
                    {fin | text, "fragment1fragment2fragment3fragment4fragment5"}});
}

}  // namespace

// Frame by frame every script is played, as 5.4, 5.7, 5.10, 5.13 and 5.20 want it.
const Cases& group_5() {
    static const Cases cases = {
        small_case("5.1", "a Ping in fragments", fragmented_control(ping)),
        small_case("5.2", "a Pong in fragments", fragmented_control(pong)),
        small_case("5.3", "two fragments", two_fragments()),
        small_case("5.4", "two fragments, frame by frame", two_fragments()),
        small_case("5.5", "two fragments, in bytes", two_fragments(1)),
        small_case("5.6", "a Ping between two fragments", ping_between()),
        small_case("5.7", "a Ping between, frame by frame", ping_between()),
        small_case("5.8", "a Ping between, in bytes", ping_between(1)),
        small_case("5.9", "no beginning, an end", no_beginning(fin | continuation)),
        small_case("5.10", "the same, frame by frame", no_beginning(fin | continuation)),
        small_case("5.11", "the same, in bytes", no_beginning(fin | continuation, 1)),
        small_case("5.12", "no beginning, no end", no_beginning(continuation)),
        small_case("5.13", "the same, frame by frame", no_beginning(continuation)),
        small_case("5.14", "the same, in bytes", no_beginning(continuation, 1)),
        small_case("5.15", "a fragment behind the last one", beginning_behind_the_end()),
        small_case("5.16", "no beginning, twice", no_beginning_twice(continuation)),
        small_case("5.17", "no beginning but an end, twice",
                   no_beginning_twice(fin | continuation)),
        small_case("5.18", "a second message inside the first", no_end()),
        small_case("5.19", "two Pings between five fragments", pings_between()),
        small_case("5.20", "the same, frame by frame", pings_between()),
    };
    return cases;
}

TEST_CASE("Autobahn 5, fragmentation: a server joins fragments that have a beginning and an end",
          "[rfc6455-5.4-control-whole][rfc6455-5.4-control-between]") {
    play_all(group_5(), ConnectionType::Server);
}

TEST_CASE("Autobahn 5, fragmentation: a client joins fragments that have a beginning and an end",
          "[rfc6455-5.4-control-whole][rfc6455-5.4-control-between]") {
    play_all(group_5(), ConnectionType::Client);
}

}  // namespace conformance
