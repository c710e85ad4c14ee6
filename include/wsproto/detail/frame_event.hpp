// The event that a received frame, or a piece of one, is. Written into a slot, so that a message
// behind a message of its kind costs a few stores. What it does to a connection is not known here.
#ifndef WSPROTO_DETAIL_FRAME_EVENT_HPP
#define WSPROTO_DETAIL_FRAME_EVENT_HPP

#include <wsproto/bytes.hpp>
#include <wsproto/detail/close_payload.hpp>
#include <wsproto/events.hpp>
#include <wsproto/frame.hpp>

#include <string>
#include <variant>

namespace wsproto::detail {

template <typename M, typename Data>
void show_as(Data data, const Frame& frame, Event& slot) noexcept {
    M* const shown = std::get_if<M>(&slot);
    M& message = shown != nullptr ? *shown : slot.emplace<M>();
    message.data = data;
    message.frame_finished = frame.frame_finished;
    message.message_finished = frame.message_finished;
}

/// Shows a message, or a piece of one.
inline void show_message(const Frame& frame, Event& slot) noexcept {
    if (frame.opcode == Opcode::Text) {
        show_as<TextMessage>(as_text(frame.payload), frame, slot);
    } else {
        show_as<BytesMessage>(frame.payload, frame, slot);
    }
}

/// Shows a frame of any kind; a Close has a legal payload.
inline void show_frame(const Frame& frame, Event& slot) {
    if (frame.opcode == Opcode::Ping) {
        slot = Ping{.payload = frame.payload};
    } else if (frame.opcode == Opcode::Pong) {
        slot = Pong{.payload = frame.payload};
    } else if (frame.opcode == Opcode::Close) {
        const auto close = parse_close(frame.payload);
        slot = CloseConnection{.code = close.code, .reason = std::string{as_text(close.reason)}};
    } else {
        show_message(frame, slot);
    }
}

}  // namespace wsproto::detail

#endif
