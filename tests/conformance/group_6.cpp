// Autobahn 6, UTF-8: text is valid as a whole message, and refused with the first byte that no
// valid text can have there. RFC 6455 §8.1.
//
// Strictly: 6.4 at once, not at the end of the frame or message.
#include "groups.hpp"
#include "play.hpp"
#include "support.hpp"

#include <string>
#include <string_view>

namespace conformance {
namespace {

constexpr int none = -1;

// The texts of one section, numbered from 1, each a message in one frame.
struct Text {
    std::string_view hex;
    int wrong = none;  // the byte with which it is refused
};

struct Section {
    std::string_view id;
    std::string_view title;
    std::vector<Text> texts;
};

constexpr std::string_view kosme = "ce ba e1 bd b9 cf 83 ce bc ce b5";
const std::string edited = "65 64 69 74 65 64";

// clang-format off
const std::vector<Section>& sections() {
    static const std::vector<Section> rows = {
        {"6.5", "valid sequences", {
            {"68 65 6c 6c 6f 24 77 6f 72 6c 64"}, {"68 65 6c 6c 6f c2 a2 77 6f 72 6c 64"},
            {"68 65 6c 6c 6f e2 82 ac 77 6f 72 6c 64"},
            {"68 65 6c 6c 6f f0 a4 ad a2 77 6f 72 6c 64"}, {kosme}}},
        {"6.6", "all prefixes of a text", {
            {"ce", 0}, {"ce ba"}, {"ce ba e1", 2}, {"ce ba e1 bd", 3}, {"ce ba e1 bd b9"},
            {"ce ba e1 bd b9 cf", 5}, {"ce ba e1 bd b9 cf 83"}, {"ce ba e1 bd b9 cf 83 ce", 7},
            {"ce ba e1 bd b9 cf 83 ce bc"}, {"ce ba e1 bd b9 cf 83 ce bc ce", 9}, {kosme}}},
        {"6.7", "the first code point of each length", {
            {"00"}, {"c2 80"}, {"e0 a0 80"}, {"f0 90 80 80"}}},
        {"6.8", "the first of five and of six bytes", {
            {"f8 88 80 80 80", 0}, {"fc 84 80 80 80 80", 0}}},
        {"6.9", "the last code point of each length", {
            {"7f"}, {"df bf"}, {"ef bf bf"}, {"f4 8f bf bf"}}},
        {"6.10", "the last of four to six bytes", {
            {"f7 bf bf bf", 0}, {"fb bf bf bf bf", 0}, {"fd bf bf bf bf bf", 0}}},
        {"6.11", "other boundaries", {
            {"ed 9f bf"}, {"ee 80 80"}, {"ef bf bd"}, {"f4 8f bf bf"}, {"f4 90 80 80", 1}}},
        {"6.12", "tails alone", {
            {"80", 0}, {"bf", 0}, {"80 bf", 0}, {"80 bf 80", 0}, {"80 bf 80 bf", 0},
            {"80 bf 80 bf 80", 0}, {"80 bf 80 bf 80 bf", 0},
            {"80 81 82 83 84 85 86 87 88 89 8a 8b 8c 8d 8e 8f 90 91 92 93 94 95 96 97 98 99 9a 9b"
             "9c 9d 9e 9f a0 a1 a2 a3 a4 a5 a6 a7 a8 a9 aa ab ac ad ae af b0 b1 b2 b3 b4 b5 b6 b7"
             "b8 b9 ba bb bc bd be", 0}}},
        {"6.13", "first bytes alone, each before a space", {
            {"c0 20 c1 20 c2 20 c3 20 c4 20 c5 20 c6 20 c7 20 c8 20 c9 20 ca 20 cb 20 cc 20 cd 20"
             "ce 20 cf 20 d0 20 d1 20 d2 20 d3 20 d4 20 d5 20 d6 20 d7 20 d8 20 d9 20 da 20 db 20"
             "dc 20 dd 20 de 20", 0},
            {"e0 20 e1 20 e2 20 e3 20 e4 20 e5 20 e6 20 e7 20 e8 20 e9 20 ea 20 eb 20 ec 20 ed 20"
             "ee 20", 1},
            {"f0 20 f1 20 f2 20 f3 20 f4 20 f5 20 f6 20", 1}, {"f8 20 f9 20 fa 20", 0},
            {"fc 20", 0}}},
        {"6.14", "sequences without their last tail", {
            {"c0", 0}, {"e0 80", 1}, {"f0 80 80", 1}, {"f8 80 80 80", 0}, {"fc 80 80 80 80", 0},
            {"df", 0}, {"ef bf", 1}, {"f7 bf bf", 0}, {"fb bf bf bf", 0}, {"fd bf bf bf bf", 0}}},
        {"6.15", "the same in one text", {
            {"c0 e0 80 f0 80 80 f8 80 80 80 fc 80 80 80 80"
             "df ef bf f7 bf bf fb bf bf bf fd bf bf bf bf", 0}}},
        {"6.16", "bytes that stand nowhere", {{"fe", 0}, {"ff", 0}, {"fe fe ff ff", 0}}},
        {"6.17", "a slash that is overlong", {
            {"c0 af", 0}, {"e0 80 af", 1}, {"f0 80 80 af", 1}, {"f8 80 80 80 af", 0},
            {"fc 80 80 80 80 af", 0}}},
        {"6.18", "the last overlong of each length", {
            {"c1 bf", 0}, {"e0 9f bf", 1}, {"f0 8f bf bf", 1}, {"f8 87 bf bf bf", 0},
            {"fc 83 bf bf bf bf", 0}}},
        {"6.19", "a NUL that is overlong", {
            {"c0 80", 0}, {"e0 80 80", 1}, {"f0 80 80 80", 1}, {"f8 80 80 80 80", 0},
            {"fc 80 80 80 80 80", 0}}},
        {"6.20", "a surrogate", {
            {"ed a0 80", 1}, {"ed ad bf", 1}, {"ed ae 80", 1}, {"ed af bf", 1}, {"ed b0 80", 1},
            {"ed be 80", 1}, {"ed bf bf", 1}}},
        {"6.21", "two surrogates", {
            {"ed a0 80 ed b0 80", 1}, {"ed a0 80 ed bf bf", 1}, {"ed ad bf ed b0 80", 1},
            {"ed ad bf ed bf bf", 1}, {"ed ae 80 ed b0 80", 1}, {"ed ae 80 ed bf bf", 1},
            {"ed af bf ed b0 80", 1}, {"ed af bf ed bf bf", 1}}},
        {"6.23", "code points that are special, and valid", {
            {"ef bf b9"}, {"ef bf ba"}, {"ef bf bb"}, {"ef bf bc"}, {"ef bf bd"}, {"ef bf be"},
            {"ef bf bf"}}},
    };
    return rows;
}
// clang-format on

std::string bytes(std::string_view hex) {
    return std::string{wsproto::as_text(support::hex(hex))};
}

Script echoed(const Frames& sent, const std::string& payload) {
    return closing(sent, {{fin | text, payload}});
}

Script refused(const Frames& sent, std::size_t frame, std::size_t byte) {
    return failing(sent, {},
                   {1007, "Text message is not valid UTF-8", {frame, Place::Payload, byte}});
}

Script in_one_frame(const Text& row) {
    const std::string payload = bytes(row.hex);
    const Frames sent{{fin | text, payload}};
    return row.wrong == none ? echoed(sent, payload)
                             : refused(sent, 0, static_cast<std::size_t>(row.wrong));
}

Script echoed_fragments(const std::string& payload, std::size_t size) {
    return echoed(fragments(text, payload, size), payload);
}

void add_fragmented(Cases& cases) {
    const std::string hello = "Hello-\u00b5@\u00df\u00f6\u00e4\u00fc\u00e0\u00e1-UTF-8!!";
    const std::string surrogate = bytes(std::string{kosme}.append("ed a0 80").append(edited));
    const Frames empty{{text, ""}, {continuation, ""}, {fin | continuation, ""}};
    const Frames middle{
        {text, ""}, {continuation, "middle frame payload"}, {fin | continuation, ""}};
    const Frames halves{{text, hello.substr(0, 15)}, {fin | continuation, hello.substr(15)}};
    cases.push_back(small_case("6.1.1", "an empty text", echoed({{fin | text, ""}}, "")));
    cases.push_back(small_case("6.1.2", "three empty fragments", echoed(empty, "")));
    cases.push_back(
        small_case("6.1.3", "one of three is not empty", echoed(middle, "middle frame payload")));
    cases.push_back(small_case("6.2.1", "in one frame", echoed({{fin | text, hello}}, hello)));
    cases.push_back(small_case("6.2.2", "in two", echoed(halves, hello)));
    cases.push_back(small_case("6.2.3", "in frames of a byte", echoed_fragments(hello, 1)));
    cases.push_back(small_case("6.2.4", "in frames of a byte", echoed_fragments(bytes(kosme), 1)));
    cases.push_back(
        small_case("6.3.1", "a surrogate inside", refused({{fin | text, surrogate}}, 0, 12)));
    cases.push_back(small_case("6.3.2", "the same, in frames of a byte",
                               refused(fragments(text, surrogate, 1), 12, 0)));
}

// The wrong byte alone decides, in the middle of a frame and of a message.
void add_fail_fast(Cases& cases) {
    const std::string beyond = bytes("f4 90 80 80");
    const Frames whole{
        {text, bytes(kosme)}, {continuation, beyond}, {fin | continuation, bytes(edited)}};
    const Frames split{{text, bytes(kosme) + beyond[0]},
                       {continuation, beyond.substr(1, 1)},
                       {fin | continuation, beyond.substr(2) + bytes(edited)}};
    const Frames one{{fin | text, bytes(kosme) + beyond + bytes(edited)}};
    cases.push_back(small_case("6.4.1", "at once, in a fragment", refused(whole, 1, 1)));
    cases.push_back(small_case("6.4.2", "at once, in a split sequence", refused(split, 1, 0)));
    cases.push_back(small_case("6.4.3", "at once, inside a frame", refused(one, 0, 12)));
    cases.push_back(small_case("6.4.4", "at once, one byte further", refused(one, 0, 12)));
}

// The last two code points of each plane.
void add_noncharacters(Cases& cases) {
    constexpr std::string_view digits = "0123456789abcdef";
    for (unsigned i = 0; i != 34; ++i) {
        const unsigned plane = i / 2;
        std::string hex = "ef bf b";
        if (plane != 0) {
            hex = std::string{"f"} + digits[plane / 4 % 16] +
                  (plane % 4 == 0   ? "8"
                   : plane % 4 == 1 ? "9"
                   : plane % 4 == 2 ? "a"
                                    : "b") +
                  "f bf b";
        }
        hex += i % 2 == 0 ? 'e' : 'f';
        cases.push_back(small_case("6.22." + std::to_string(i + 1),
                                   "a noncharacter, which is valid", in_one_frame({hex})));
    }
}

}  // namespace

const Cases& group_6() {
    static const Cases cases = [] {
        Cases made;
        add_fragmented(made);
        add_fail_fast(made);
        add_noncharacters(made);
        for (const Section& section : sections()) {
            std::size_t number = 0;
            for (const Text& row : section.texts) {
                made.push_back(small_case(std::string{section.id} + '.' + std::to_string(++number),
                                          std::string{section.title}, in_one_frame(row)));
            }
        }
        return made;
    }();
    return cases;
}

TEST_CASE("Autobahn 6, UTF-8: a server echoes valid text, and refuses the first wrong byte",
          "[rfc6455-5.6-text-received][rfc6455-8.1-data]") {
    play_all(group_6(), ConnectionType::Server);
}

TEST_CASE("Autobahn 6, UTF-8: a client echoes valid text, and refuses the first wrong byte",
          "[rfc6455-5.6-text-received][rfc6455-8.1-data]") {
    play_all(group_6(), ConnectionType::Client);
}

}  // namespace conformance
