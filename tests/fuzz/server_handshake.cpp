// Invariant: a server shows a Request for those heads alone that the plain reading of RFC 6455
// §4.2.1 lets pass, with what they say, else a documented error with an answer; in any split.
#include "opening.hpp"
#include "plain_head.hpp"
#include "transcript.hpp"

namespace fuzz::server_handshake {
namespace {

struct Outcome {
    Transcript transcript{};
    Error error{};
    bool requested = false;
    Bytes answer{};
};

bool is_owned_by_handshake(const std::string& name) {
    return name == "host" || name == "upgrade" || name == "connection" ||
           name == "sec-websocket-key" || name == "sec-websocket-version" ||
           name == "sec-websocket-protocol" || name == "sec-websocket-extensions";
}

void claim_request_is_plain(const Request& request, std::string_view received) {
    const PlainHead head = read_plain_head(received);
    claim(head.complete && !head.wrong, "a complete head without a wrong character");
    claim(head.first_line == "GET " + request.target + " HTTP/1.1", "the request line");
    claim(!request.target.empty() && request.target.find(' ') == std::string::npos, "the target");
    claim(head.lists("connection", "upgrade"), "Connection: Upgrade");
    claim(head.lists("upgrade", "websocket"), "Upgrade: websocket");
    claim(head.values("host") == std::vector{request.host}, "exactly one Host");
    claim(head.values("sec-websocket-version") == std::vector<std::string>{"13"}, "version 13");
    const auto keys = head.values("sec-websocket-key");
    claim(keys.size() == 1 && keys[0].size() == 24 && keys[0].ends_with("=="), "one key");
    claim(head.values("transfer-encoding").empty(), "no body");
    for (const std::string& length : head.values("content-length")) {
        claim(length.find_first_not_of('0') == std::string::npos, "no body");
    }
    Headers others;
    std::copy_if(head.fields.begin(), head.fields.end(), std::back_inserter(others),
                 [](const auto& field) { return !is_owned_by_handshake(field.first); });
    claim(others == request.extra_headers, "all other fields, in order");
    for (const std::string& protocol : request.subprotocols) {
        claim(is_plain_token(protocol), "subprotocols are tokens");
        claim(head.lists("sec-websocket-protocol", lower(protocol)), "a subprotocol that is there");
    }
}

/// What a server writes is a head of its own, in the plain reading too.
void claim_answer_is_plain(BytesView answer, unsigned status) {
    const PlainHead head = read_plain_head(as_text(answer));
    claim(head.complete && !head.wrong, "the answer is a head");
    claim(head.first_line.starts_with("HTTP/1.1 " + std::to_string(status)), "the status line");
    const bool accepted = status == 101;
    claim(head.lists("connection", accepted ? "upgrade" : "close"), "Connection");
    claim(head.values("sec-websocket-accept").size() == (accepted ? 1 : 0), "one token");
    claim(status != 426 || !head.values("upgrade").empty(), "426 says to what");
    claim(status != 405 || head.values("allow") == std::vector<std::string>{"GET"}, "405 says GET");
}

void answer(H11Handshake& server, const Setup& setup, const Request& request, Outcome& outcome) {
    if (setup.rejects) {
        outcome.answer = server.send(RejectConnection{.status_code = 404});
        claim_answer_is_plain(outcome.answer, 404);
        return;
    }
    AcceptConnection accept{.extensions = setup.extensions()};
    if (!request.subprotocols.empty()) accept.subprotocol = request.subprotocols.back();
    outcome.answer = server.send(accept);
    claim_answer_is_plain(outcome.answer, 101);
}

void refuse(H11Handshake& server, Outcome& outcome) {
    const auto hint = server.event_hint();
    if (!hint) {
        claim(server.state() == ConnectionState::Closed, "no hint for a transport that ended");
        return;
    }
    outcome.answer = server.send(*hint);
    claim_answer_is_plain(outcome.answer, std::get<RejectConnection>(*hint).status_code);
    claim(server.state() == ConnectionState::Closed, "the hint is the last that is sent");
}

Outcome receive(const Setup& setup, BytesView head, std::size_t piece_size, std::size_t feed) {
    Outcome outcome;
    Balance balance;
    H11Handshake server{ConnectionType::Server, setup.options()};
    const auto drain_all = [&] {
        outcome.error = drain(server, balance, [&](const Event& event) {
            claim(!outcome.requested, "one request");
            outcome.requested = true;
            outcome.transcript.add(event);
            const auto& request = std::get<Request>(event);
            claim_request_is_plain(request, as_text(head));
            answer(server, setup, request, outcome);
        });
        if (outcome.error != Error::None) refuse(server, outcome);
    };
    in_pieces(head, piece_size, [&](BytesView piece) {
        balance.receive(piece.size());
        if (outcome.error != Error::None || outcome.requested) return;
        lend(server, piece, feed, drain_all);
    });
    if (outcome.error == Error::None && !outcome.requested) {
        server.receive_eof();
        drain_all();
    }
    return outcome;
}

}  // namespace

void run(Input input) {
    const Setup setup{input};
    const Outcome whole = receive(setup, input.rest(), 0, setup.feed);
    for (const std::size_t size : {setup.piece_size, std::size_t{1}}) {
        const Outcome cut = receive(setup, input.rest(), size, setup.feed);
        claim_same(whole.transcript, cut.transcript, "the same request in any split");
        claim(whole.error == cut.error, "the same complaint in any split");
        claim(whole.answer == cut.answer, "the same answer in any split");
    }
}

}  // namespace fuzz::server_handshake
