#include <wsproto/detail/frame_event.hpp>

#include "catch.hpp"
#include "support.hpp"

#include <string>

using namespace wsproto;
using namespace wsproto::detail;
using support::hex;

namespace {

std::string shown(const Frame& frame, Event slot = Request{}) {
    show_frame(frame, slot);
    return support::line(slot);
}

}  // namespace

TEST_CASE("every kind of frame is an event of its kind",
          "[rfc6455-6.2-control][rfc6455-6.2-type]") {
    const Bytes close = hex("03 e9 62 79 65");
    CHECK(shown({.opcode = Opcode::Text, .payload = as_bytes("t")}) == "text 't'");
    CHECK(shown({.opcode = Opcode::Binary, .payload = as_bytes("b")}) == "binary 'b'");
    CHECK(shown({.opcode = Opcode::Ping, .payload = as_bytes("p")}) == "ping 'p'");
    CHECK(shown({.opcode = Opcode::Pong, .payload = as_bytes("p")}) == "pong 'p'");
    CHECK(shown({.opcode = Opcode::Close, .payload = close}) == "close 1001 'bye'");
    CHECK(shown({.opcode = Opcode::Close}) == "close 1005 ''");
}

TEST_CASE("a message takes the place of whatever was shown before, and nothing of it stays") {
    const Frame piece{.opcode = Opcode::Text,
                      .payload = as_bytes("x"),
                      .frame_finished = false,
                      .message_finished = false};
    const Frame whole{.opcode = Opcode::Text, .payload = as_bytes("y")};
    for (const Event& before : {Event{TextMessage{.data = "long before", .compress = true}},
                                Event{BytesMessage{}}, Event{CloseConnection{.reason = "why"}}}) {
        Event slot = before;
        show_message(piece, slot);
        const auto& shown_piece = std::get<TextMessage>(slot);
        CHECK(shown_piece.data.data() == as_text(piece.payload).data());
        CHECK_FALSE(shown_piece.frame_finished);
        CHECK_FALSE(shown_piece.message_finished);
        show_message(whole, slot);
        CHECK(std::get<TextMessage>(slot).message_finished);
    }
}
