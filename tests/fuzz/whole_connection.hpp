// A connection that is fed what the fuzzer made up and drained, with an application that accepts,
// echoes, answers and closes; and what has to hold for it at every moment. Knows no bytes.
#ifndef WSPROTO_TESTS_FUZZ_WHOLE_CONNECTION_HPP
#define WSPROTO_TESTS_FUZZ_WHOLE_CONNECTION_HPP

#include "opening.hpp"

#include <algorithm>
#include <cstdint>
#include <system_error>

namespace fuzz {

/// What BEHAVIOUR says of a state that a kind of event may be sent in.
inline bool may_send_message(ConnectionState state) {
    return state == ConnectionState::Open;
}
inline bool may_send_ping(ConnectionState state) {
    return state == ConnectionState::Open || state == ConnectionState::LocalClosing;
}
inline bool may_send_close(ConnectionState state) {
    return state == ConnectionState::Open || state == ConnectionState::RemoteClosing;
}

class WholeConnection {
  public:
    WholeConnection(ConnectionType role, const Setup& setup)
        : role_{role}, setup_{setup}, heap_before_{heap_in_use()}, ws_{role, setup.options()} {
        if (role == ConnectionType::Client) send(request_to_send(setup));
    }

    /// Feeds everything, drains after each piece, then ends the transport.
    void live(BytesView opening, BytesView made_up) {
        receive(opening);
        in_pieces(made_up, setup_.piece_size, [&](BytesView piece) { receive(piece); });
        claim_unsendable_is_refused();
        ws_.receive_eof();
        drain_watched();
        claim_at_end();
    }

  private:
    void receive(BytesView piece) {
        balance_.receive(piece.size());
        lend(ws_, piece, setup_.feed, [this] { drain_watched(); });
        opened_ |= ws_.state() == ConnectionState::Open;
        claim_bounded_memory();
    }

    void drain_watched() {
        const ConnectionState before = ws_.state();
        const Error error = drain(ws_, balance_, [this](const Event& event) { watch(event); });
        if (error != Error::None) {
            claim(before != ConnectionState::Closed && !failed_, "one mistake, while it listens");
            failed_ = true;
            send_hint();
        }
        std::error_code ec;
        auto again = ws_.events(ec);
        claim(again.begin() == again.end() && !ec, "a drained connection has nothing to show");
    }

    void watch(const Event& event) {
        claim(!ended_ && !failed_, "nothing is shown behind the last");
        const ConnectionState state = ws_.state();
        if (std::holds_alternative<Request>(event)) {
            claim(role_ == ConnectionType::Server, "servers receive requests");
            claim(state == ConnectionState::Connecting, "a request comes first");
            answer(std::get<Request>(event));
        } else if (std::holds_alternative<CloseConnection>(event)) {
            watch_close(std::get<CloseConnection>(event));
        } else if (std::holds_alternative<RejectConnection>(event)) {
            claim(state == ConnectionState::Rejecting, "a body follows");
        } else if (const auto* const body = std::get_if<RejectData>(&event)) {
            ended_ = body->body_finished;
            claim(ended_ == (state == ConnectionState::Closed), "the last piece closes");
        } else if (!std::holds_alternative<AcceptConnection>(event)) {
            claim(may_send_ping(state), "messages come while the peer may send");
            respond(event);
        }
    }

    void watch_close(const CloseConnection& close) {
        const bool lost = close.code == CloseReason::AbnormalClosure;
        ended_ = true;
        const bool answerable = ws_.state() == ConnectionState::RemoteClosing;
        claim(answerable != (ws_.state() == ConnectionState::Closed), "a Close ends receiving");
        claim(!lost || !answerable, "nobody is there to answer");
        claim(detail::is_valid_utf8(as_bytes(close.reason)), "the reason is text");
        if (answerable) {
            send(*ws_.response_to(close));
            claim(ws_.state() == ConnectionState::Closed, "the answer closes");
        }
    }

    void answer(const Request& request) {
        if (setup_.rejects) {
            send(RejectConnection{.status_code = 403, .has_body = setup_.echoes()});
            if (setup_.echoes()) send(RejectData{.data = as_bytes("no")});
            claim(ws_.state() == ConnectionState::Closed, "rejected");
            ended_ = true;
            return;
        }
        AcceptConnection accept{.extensions = setup_.extensions()};
        if (!request.subprotocols.empty()) accept.subprotocol = request.subprotocols.front();
        send(accept);
        claim(ws_.state() == ConnectionState::Open, "accepted");
    }

    void respond(const Event& event) {
        if (const auto* const text = std::get_if<TextMessage>(&event)) {
            claim(detail::is_valid_utf8(as_bytes(text->data)), "text in whole code points");
        }
        const bool is_message = std::holds_alternative<TextMessage>(event) ||
                                std::holds_alternative<BytesMessage>(event);
        if (is_message && setup_.echoes() && may_send_message(ws_.state())) send(event);
        if (const auto owed = ws_.response_to(event)) send(*owed);
        if (setup_.closes_first() && ws_.state() == ConnectionState::Open) {
            send(CloseConnection{});
        }
    }

    void send_hint() {
        if (const auto hint = ws_.event_hint()) {
            send(*hint);
            claim(ws_.state() == ConnectionState::Closed, "the hint is the last that is sent");
        } else {
            claim(ws_.state() == ConnectionState::Closed, "nothing is left to be sent");
        }
    }

    template <typename E>
    void send(const E& event) {
        out_.clear();
        ws_.send(event, out_);
        claim(!out_.empty(), "something is sent");
    }

    template <typename E>
    void try_to_send(const E& event, bool allowed) {
        const ConnectionState before = ws_.state();
        std::error_code ec;
        const Bytes bytes = ws_.send(event, ec);
        claim(!ec == allowed, "what may be sent is what the table says");
        claim(allowed || (bytes.empty() && ws_.state() == before), "refused without a trace");
    }

    void claim_unsendable_is_refused() {
        try_to_send(Request{.host = "a", .target = "/"}, false);
        if (!may_send_message(ws_.state())) try_to_send(BytesMessage{}, false);
        try_to_send(Ping{}, may_send_ping(ws_.state()));
        try_to_send(Pong{}, may_send_ping(ws_.state()));
        if (!may_send_close(ws_.state())) try_to_send(CloseConnection{}, false);
    }

    // In terms of what was received and of the limits, never of what was declared.
    void claim_bounded_memory() const {
        constexpr std::size_t idle = 3 * 1024;
        constexpr std::size_t zlib = 320 * 1024;
        const Limits limits = setup_.options().limits;
        std::size_t bound = idle + out_.capacity();
        if (!opened_) bound += 24 * balance_.received();
        if (setup_.deflates()) bound += zlib + limits.chunk_size;
        if (setup_.choices[0]) bound += 8 * std::min<std::uint64_t>(payload(), limits.message_size);
        claim(heap_in_use() <= heap_before_ + bound, "bounded memory");
    }

    // The most that a message under way can have by now; it may have come compressed.
    [[nodiscard]] std::uint64_t payload() const {
        return balance_.received() * (setup_.deflates() ? 1032U : 1U);
    }

    void claim_at_end() {
        const ConnectionState state = ws_.state();
        const bool rejecting = state == ConnectionState::Rejecting;
        claim(rejecting || state == ConnectionState::Closed, "no transport, no connection");
        claim(ws_.should_close_transport() == !rejecting, "the transport is to be closed");
        ws_.receive_data(as_bytes("more"));
        drain_watched();
        claim(ws_.state() == state, "what comes behind the end is dropped");
    }

    ConnectionType role_;
    const Setup& setup_;
    Bytes out_{};
    Balance balance_{};
    bool opened_ = false;  // seen behind a piece
    bool ended_ = false;   // the last event was shown
    bool failed_ = false;  // so was the mistake
    std::size_t heap_before_;
    WSConnection ws_;
};

}  // namespace fuzz

#endif
