// Autobahn 7, closing: the closing handshake, the payload of a Close, and its codes. RFC 6455
// §5.5.1, §7.4.
//
// Strictly: what stands before the Close is answered (7.1.6), codes beyond the ranges are refused
// (7.13), and the code that came is the one that goes back.
#include "groups.hpp"
#include "play.hpp"

namespace conformance {
namespace {

const PlainFrame hello{fin | text, "Hello World!"};
const PlainFrame empty_ping{fin | ping, ""};

PlainFrame closed(const std::string& payload) {
    return {fin | close, payload};
}

// Nothing behind a Close is looked at.
Script behind_close(Frames before, const PlainFrame& behind) {
    before.push_back(closed(close_payload(1000)));
    before.push_back(behind);
    return {.sent = before, .answers = {closed(close_payload(1000))}};
}

Script large_before_close() {
    const PlainFrame large{fin | text, repeated("BAsd7&jh23", 256 * 1024)};
    Script script = closing({large, hello}, {large, hello});
    script.sent.push_back(empty_ping);
    return script;
}

Script echoed(const std::string& payload) {
    return {.sent = {closed(payload)}, .answers = {closed(payload)}};
}

// A Close is judged with its last byte, but its length before.
Script refused(const std::string& payload, unsigned code, const std::string& complaint) {
    const bool too_long = payload.size() > 125;
    const Place place =
        too_long ? Place{.byte = 1} : Place{.part = Place::Payload, .byte = payload.size() - 1};
    return failing({closed(payload)}, {}, {code, complaint, place});
}

Script bad_reason() {
    const std::string reason =
        "\xce\xba\xe1\xbd\xb9\xcf\x83\xce\xbc\xce\xb5\xed\xa0\x80"
        "edited";
    return refused(close_payload(1000, reason), 1007, "Error decoding CLOSE reason");
}

struct Code {
    unsigned code;
    const char* complaint = nullptr;  // or it is echoed
};

constexpr Code good_codes[] = {{1000}, {1001}, {1002}, {1003}, {1007}, {1008}, {1009},
                               {1010}, {1011}, {3000}, {3999}, {4000}, {4999}};

constexpr Code bad_codes[] = {
    {0, "CLOSE with invalid code"},
    {999, "CLOSE with invalid code"},
    {1004, "CLOSE with unknown reserved code"},
    {1005, "remote CLOSE with local-only reason"},
    {1006, "remote CLOSE with local-only reason"},
    {1016, "CLOSE with unknown reserved code"},
    {1100, "CLOSE with unknown reserved code"},
    {2000, "CLOSE with unknown reserved code"},
    {2999, "CLOSE with unknown reserved code"},
};

constexpr Code codes_beyond[] = {{5000, "CLOSE with invalid code"},
                                 {65535, "CLOSE with invalid code"}};

template <std::size_t Size>
void add(Cases& cases, const std::string& section, const Code (&codes)[Size]) {
    for (const Code& row : codes) {
        const std::string payload = close_payload(row.code);
        cases.push_back(small_case(
            section + '.' + std::to_string(&row - codes + 1), "code " + std::to_string(row.code),
            row.complaint == nullptr ? echoed(payload) : refused(payload, 1002, row.complaint)));
    }
}

void add_handshakes(Cases& cases) {
    cases.push_back(small_case("7.1.1", "a message first", closing({hello}, {hello})));
    cases.push_back(small_case("7.1.2", "a second Close", behind_close({}, closed(""))));
    cases.push_back(small_case("7.1.3", "a Ping behind", behind_close({}, empty_ping)));
    cases.push_back(small_case("7.1.4", "a text behind", behind_close({}, hello)));
    cases.push_back(
        small_case("7.1.5", "a fragment behind",
                   behind_close({{text, "fragment1"}}, {fin | continuation, "fragment2"})));
    cases.push_back({"7.1.6", "256 KiB before, a Ping behind", large_before_close});
}

void add_payloads(Cases& cases) {
    const std::string too_long = close_payload(1000, std::string(124, '*'));
    cases.push_back(small_case("7.3.1", "no payload", echoed("")));
    cases.push_back(
        small_case("7.3.2", "one byte", refused("a", 1002, "CLOSE with 1 byte payload")));
    cases.push_back(small_case("7.3.3", "a code", echoed(close_payload(1000))));
    cases.push_back(
        small_case("7.3.4", "and a reason", echoed(close_payload(1000, "Hello World!"))));
    cases.push_back(small_case("7.3.5", "the longest reason",
                               echoed(close_payload(1000, std::string(123, '*')))));
    cases.push_back(small_case("7.3.6", "a reason that is too long",
                               refused(too_long, 1002, "Control frame with payload len > 125")));
    cases.push_back(small_case("7.5.1", "a reason that is not UTF-8", bad_reason()));
}

}  // namespace

const Cases& group_7() {
    static const Cases cases = [] {
        Cases made;
        add_handshakes(made);
        add_payloads(made);
        add(made, "7.7", good_codes);
        add(made, "7.9", bad_codes);
        add(made, "7.13", codes_beyond);
        return made;
    }();
    return cases;
}

TEST_CASE("Autobahn 7, closing: a server answers a Close that is right, and refuses others",
          "[rfc6455-5.5.1-answer][rfc6455-7.4.1-1005][rfc6455-7.4.1-1006]") {
    play_all(group_7(), ConnectionType::Server);
}

TEST_CASE("Autobahn 7, closing: a client answers a Close that is right, and refuses others",
          "[rfc6455-5.5.1-answer][rfc6455-7.4.1-1005][rfc6455-7.4.1-1006]") {
    play_all(group_7(), ConnectionType::Client);
}

}  // namespace conformance
