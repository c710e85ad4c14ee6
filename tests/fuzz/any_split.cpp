// Invariant: the same bytes give the same events and the same complaint whole, byte by byte, in
// pieces of any size, copied or in place with any slack, in both roles; with whole windows, because
// zlib finds what lies beyond a smaller one or not, as it is fed.
#include "opening.hpp"
#include "transcript.hpp"

namespace fuzz::any_split {
namespace {

struct Way {
    std::size_t feed = 0;
    std::size_t piece_size = 0;
    std::size_t salt = 0;  ///< Where not 0, sizes and feeds change from piece to piece.
};

/// Accepts or rejects within the range, as all that has to happen in time.
void answer(WSConnection& ws, const Setup& setup, const Event& event) {
    const auto* const request = std::get_if<Request>(&event);
    if (request == nullptr) return;
    Bytes out;
    if (setup.rejects) {
        ws.send(RejectConnection{.status_code = 403}, out);
        return;
    }
    AcceptConnection accept{.extensions = setup.extensions()};
    if (!request->subprotocols.empty()) accept.subprotocol = request->subprotocols.front();
    ws.send(accept, out);
}

void drain_into(Transcript& transcript, WSConnection& ws, const Setup& setup) {
    try {
        for (const Event& event : ws.events()) {
            transcript.add(event);
            answer(ws, setup, event);
        }
    } catch (const RemoteProtocolError& error) {
        transcript.add(error);
    }
}

/// `at_once` comes in one piece, `wire` behind it in that way.
Transcript receive(ConnectionType role, const Setup& setup, BytesView at_once, BytesView wire,
                   Way way = {}) {
    Transcript transcript;
    WSConnection ws{role, setup.options()};
    if (role == ConnectionType::Client) {
        static_cast<void>(ws.send(request_to_send(setup)));
    }
    lend(ws, at_once, way.feed, [&] { drain_into(transcript, ws, setup); });
    while (!wire.empty()) {
        const std::size_t size = way.piece_size == 0 ? wire.size() : way.piece_size;
        const BytesView piece = wire.first(std::min(size, wire.size()));
        lend(ws, piece, way.feed, [&] { drain_into(transcript, ws, setup); });
        wire = wire.subspan(piece.size());
        if (way.salt != 0) {
            way.salt = way.salt * 25173 + 13849;
            way.feed = way.salt >> 7U & 0xffU;
            way.piece_size = 1 + (way.salt >> 4U & 0x3fU);
        }
    }
    ws.receive_eof();
    drain_into(transcript, ws, setup);
    transcript.add(Record{.head = std::string{to_string(ws.state())}});
    return transcript;
}

}  // namespace

void run(Input input) {
    const auto role = input.byte() % 2 == 0 ? ConnectionType::Server : ConnectionType::Client;
    Setup setup{input};
    setup.use_whole_windows();
    const std::size_t salt = 1 + input.word();
    const BytesView opening = opening_to(role, setup);
    Bytes all{opening.begin(), opening.end()};
    detail::append(all, input.rest());
    const Transcript whole = receive(role, setup, all, {});
    const auto compare = [&](Way way, std::string_view what) {
        claim_same(whole, receive(role, setup, opening, input.rest(), way), what);
    };
    compare({.feed = 1}, "whole, in place");
    compare({.feed = 2}, "whole, in place, with slack");
    compare({.piece_size = 1}, "byte by byte");
    compare({.feed = 3, .piece_size = 1 + setup.piece_size}, "in pieces, in place");
    compare({.piece_size = salt % 50 + 1, .salt = salt}, "in pieces of any size");
}

}  // namespace fuzz::any_split
