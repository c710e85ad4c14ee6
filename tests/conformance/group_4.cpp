// Autobahn 4, opcodes: the ten that are reserved. RFC 6455 §5.2.
//
// Strictly: what comes before the mistake is echoed, what comes behind is not looked at.
#include "groups.hpp"
#include "play.hpp"

namespace conformance {
namespace {

const PlainFrame hello{fin | text, "Hello, world!"};
const std::string reserved_payload = "reserved opcode payload";

Failure invalid(unsigned opcode, std::size_t frame) {
    return {
        1002, std::string{"Invalid opcode 0x"} + "0123456789abcdef" [opcode], { .frame = frame }};
}

Script first_frame(unsigned opcode, const std::string& payload) {
    return failing({{fin | opcode, payload}}, {}, invalid(opcode, 0));
}

Script second_frame(unsigned opcode, const std::string& payload, std::size_t chop = 0) {
    Script script =
        failing({hello, {fin | opcode, payload}, {fin | ping, ""}}, {hello}, invalid(opcode, 1));
    script.chop = chop;
    return script;
}

// The data opcodes from `opcode` up, or the control ones.
void add(Cases& cases, const std::string& section, unsigned opcode) {
    const Script scripts[] = {
        first_frame(opcode, ""),
        first_frame(opcode + 1, reserved_payload),
        second_frame(opcode + 2, ""),
        second_frame(opcode + 3, hello.payload),
        second_frame(opcode + 4, hello.payload, 1),
    };
    for (const Script& script : scripts) {
        const std::string number = std::to_string(&script - scripts + 1);
        cases.push_back(small_case(section + '.' + number, script.failure->complaint, script));
    }
}

}  // namespace

const Cases& group_4() {
    static const Cases cases = [] {
        Cases made;
        add(made, "4.1", 0x3);
        add(made, "4.2", 0xb);
        return made;
    }();
    return cases;
}

TEST_CASE("Autobahn 4, opcodes: a server fails at one that is reserved", "[rfc6455-5.2-opcode]") {
    play_all(group_4(), ConnectionType::Server);
}

TEST_CASE("Autobahn 4, opcodes: a client fails at one that is reserved", "[rfc6455-5.2-opcode]") {
    play_all(group_4(), ConnectionType::Client);
}

}  // namespace conformance
