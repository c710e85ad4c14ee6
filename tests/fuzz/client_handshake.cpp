// Invariant: a client accepts those answers alone that the plain reading of RFC 6455 §4.1 lets
// pass, shows every other final one as a rejection with its body, else a documented error; in any
// split.
#include "opening.hpp"
#include "plain_head.hpp"
#include "transcript.hpp"

namespace fuzz::client_handshake {
namespace {

struct Outcome {
    Transcript transcript{};
    Error error{};
    ConnectionState state{};
};

/// A 1xx that is no 101, of whatever version.
bool is_interim(const PlainHead& head) {
    const std::string_view line = head.first_line;
    return line.size() >= 12 && line[9] == '1' && line.substr(9, 3) != "101";
}

/// The final head: those of interim answers stand before it.
PlainHead final_head(std::string_view received) {
    for (;;) {
        PlainHead head = read_plain_head(received);
        if (!head.complete || !is_interim(head)) return head;
        received.remove_prefix(head.size);
    }
}

void claim_accept_is_plain(const AcceptConnection& accept, const Setup& setup,
                           std::string_view received) {
    const PlainHead head = final_head(received);
    claim(head.complete && !head.wrong, "a complete head without a wrong character");
    claim(head.first_line.starts_with("HTTP/1.1 101"), "the status line");
    claim(head.lists("connection", "upgrade"), "Connection: Upgrade");
    claim(head.lists("upgrade", "websocket"), "Upgrade: websocket");
    static const std::string token = accept_token_for_fixed_random();
    claim(head.values("sec-websocket-accept") == std::vector{token}, "the token");
    const auto protocols = head.values("sec-websocket-protocol");
    claim(protocols.size() == (accept.subprotocol ? 1U : 0U), "one subprotocol or none");
    claim(
        !accept.subprotocol || *accept.subprotocol == "chat" || *accept.subprotocol == "superchat",
        "a subprotocol that was requested");
    claim(accept.extensions.size() <= (setup.deflates() ? 1U : 0U), "extensions that were offered");
    claim(accept.extensions.empty() || accept.extensions[0]->enabled(), "extensions that are on");
    claim(accept.extensions.empty() == head.values("sec-websocket-extensions").empty(),
          "no extension is ignored");
}

void claim_reject_is_plain(const RejectConnection& reject, std::string_view received) {
    const PlainHead head = final_head(received);
    claim(head.complete && !head.wrong, "a complete head without a wrong character");
    claim(head.first_line.size() >= 12 &&
              head.first_line.substr(9, 3) == std::to_string(reject.status_code),
          "the status");
    claim(reject.status_code >= 200 && reject.has_body, "a final answer has a body");
    claim(reject.headers == head.fields, "all fields, in order");
}

void watch(const Event& event, const Setup& setup, std::string_view received) {
    if (const auto* const accept = std::get_if<AcceptConnection>(&event)) {
        claim_accept_is_plain(*accept, setup, received);
    } else if (const auto* const reject = std::get_if<RejectConnection>(&event)) {
        claim_reject_is_plain(*reject, received);
    } else {
        claim(std::holds_alternative<RejectData>(event), "what a handshake shows");
    }
}

Outcome receive(const Setup& setup, BytesView answer, std::size_t piece_size) {
    Outcome outcome;
    Balance balance;
    H11Handshake client{ConnectionType::Client, setup.options()};
    static_cast<void>(client.send(request_to_send(setup)));
    const auto drain_all = [&] {
        const Error error = drain(client, balance, [&](const Event& event) {
            outcome.transcript.add(event);
            watch(event, setup, as_text(answer));
        });
        if (error != Error::None) {
            claim(outcome.error == Error::None, "one mistake");
            claim(client.state() == ConnectionState::Closed, "a failure is final");
            claim(!client.event_hint(), "there is nothing to answer");
            outcome.error = error;
        }
    };
    in_pieces(answer, piece_size, [&](BytesView piece) {
        balance.receive(piece.size());
        lend(client, piece, setup.feed, drain_all);
    });
    client.receive_eof();
    drain_all();
    outcome.state = client.state();
    claim(outcome.state == ConnectionState::Open || outcome.state == ConnectionState::Closed,
          "open, or over");
    return outcome;
}

}  // namespace

void run(Input input) {
    const Setup setup{input};
    Bytes answer;
    // A right beginning, behind which the fuzzer goes on.
    if (setup.opens_well()) {
        constexpr std::size_t blank_line = 2;
        const std::string_view right = right_answer(false);
        detail::append(answer, as_bytes(right.substr(0, right.size() - blank_line)));
    }
    detail::append(answer, input.rest());
    const Outcome whole = receive(setup, answer, 0);
    for (const std::size_t size : {setup.piece_size, std::size_t{1}}) {
        const Outcome cut = receive(setup, answer, size);
        claim_same(whole.transcript, cut.transcript, "the same answer in any split");
        claim(whole.error == cut.error, "the same complaint in any split");
        claim(whole.state == cut.state, "the same state in any split");
    }
}

}  // namespace fuzz::client_handshake
