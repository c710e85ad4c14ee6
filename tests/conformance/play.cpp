// How scripts are split and played.
#include "play.hpp"

#include "echo.hpp"
#include "groups.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <numeric>

using namespace wsproto;
using support::Feed;
using support::Pieces;

namespace conformance {
namespace {

constexpr std::size_t small_wire = 400;             // cut at every point
constexpr std::size_t medium_wire = 150 * 1024;     // cut around headers
constexpr std::size_t huge_wire = 2 * 1024 * 1024;  // once
constexpr std::size_t large_read = 64 * 1024;

// The script in bytes, and where its frames begin.
struct Wire {
    Bytes bytes{};
    std::vector<std::size_t> begins{};
};

Wire written_out(const Script& script, ConnectionType role) {
    Wire wire;
    std::size_t size = 0;
    for (const PlainFrame& frame : script.sent) {
        size += header_size(role, frame.payload.size()) + frame.payload.size();
    }
    wire.bytes.reserve(size);
    for (const PlainFrame& frame : script.sent) {
        wire.begins.push_back(wire.bytes.size());
        write(wire.bytes, frame, role);
    }
    return wire;
}

// One run of a script through one endpoint.
class Run {
  public:
    Run(const Script& script, ConnectionType role)
        : script_{script}, role_{role}, wire_{written_out(script, role)} {
        expected_ = script.answers;
        if (const auto& failure = script.failure) {
            expected_.push_back({fin | close, close_payload(failure->code, failure->complaint)});
            complaint_ = std::to_string(failure->code) + ' ' + failure->complaint;
        }
    }

    [[nodiscard]] const Wire& wire() const { return wire_; }

    void operator()(const Pieces& pieces, Feed feed, Delivery delivery) const {
        Echo echo{role_, {.delivery = delivery}};
        for (const BytesView piece : pieces) {
            echo.receive(piece, feed);
        }
        check(echo);
    }

    // The mistake is told with its very byte.
    void byte_by_byte(Feed feed, Delivery delivery) const {
        Echo echo{role_, {.delivery = delivery}};
        std::size_t told = 0;
        for (std::size_t at = 0; at != wire_.bytes.size(); ++at) {
            echo.receive(BytesView{wire_.bytes}.subspan(at, 1), feed);
            told += echo.complaint().empty() ? 1U : 0U;
        }
        CHECK(told == (script_.failure ? place_of_failure() : wire_.bytes.size()));
        check(echo);
    }

  private:
    [[nodiscard]] std::size_t place_of_failure() const {
        const Place& place = script_.failure->place;
        const std::size_t payload_size = script_.sent[place.frame].payload.size();
        const std::size_t header =
            place.part == Place::Payload ? header_size(role_, payload_size) : 0;
        return wire_.begins[place.frame] + header + place.byte;
    }

    void check(Echo& echo) const {
        CHECK(difference(read(echo.written(), role_), expected_) == "");
        CHECK(echo.complaint() == complaint_);
        CHECK(echo.connection.state() == ConnectionState::Closed);
        // A client waits for the server to close first, unless it has a complaint.
        const bool closes = role_ == ConnectionType::Server || script_.failure;
        CHECK(echo.connection.should_close_transport() == closes);
        const std::size_t size = echo.written().size();
        echo.end();
        CHECK(echo.written().size() == size);
        CHECK(echo.connection.should_close_transport());
    }

    const Script& script_;
    ConnectionType role_;
    Wire wire_;
    Frames expected_;
    std::string complaint_;
};

Feed feed_of(std::size_t turn) {
    return std::array{Feed::Copied, Feed::InPlace, Feed::InPlaceWithSlack}[turn % 3];
}

Delivery delivery_of(std::size_t turn) {
    return turn / 3 % 2 == 0 ? Delivery::Chunks : Delivery::Messages;
}

Pieces chopped(BytesView bytes, std::size_t size) {
    Pieces pieces;
    for (; !bytes.empty(); bytes = bytes.subspan(pieces.back().size())) {
        pieces.push_back(bytes.first(std::min(size, bytes.size())));
    }
    return pieces;
}

Pieces frame_by_frame(const Wire& wire) {
    Pieces pieces;
    for (std::size_t i = 0; i != wire.begins.size(); ++i) {
        const std::size_t begin = wire.begins[i];
        const std::size_t end =
            i + 1 == wire.begins.size() ? wire.bytes.size() : wire.begins[i + 1];
        pieces.push_back(BytesView{wire.bytes}.subspan(begin, end - begin));
    }
    return pieces;
}

void cut_in_two(const Run& run, std::size_t cut, std::size_t turn) {
    const BytesView bytes = run.wire().bytes;
    INFO("cut in two at " << cut);
    run({bytes.first(cut), bytes.subspan(cut)}, feed_of(turn), delivery_of(turn));
}

void play_small(const Run& run) {
    for (std::size_t turn = 0; turn != 6; ++turn) {
        INFO("byte by byte");
        run.byte_by_byte(feed_of(turn), delivery_of(turn));
    }
    for (std::size_t cut = 0; cut <= run.wire().bytes.size(); cut += cut_step()) {
        cut_in_two(run, cut, cut);
    }
}

// Behind each byte of the first headers, and here and there in the payload.
void play_medium(const Run& run) {
    const std::size_t size = run.wire().bytes.size();
    std::size_t turn = 0;
    for (std::size_t frame = 0; frame < std::min<std::size_t>(2, run.wire().begins.size());
         ++frame) {
        for (std::size_t byte = 0; byte <= 15; ++byte) {
            cut_in_two(run, std::min(run.wire().begins[frame] + byte, size), turn++);
        }
    }
    for (std::size_t part = 1; part != 8; ++part) {
        cut_in_two(run, size * part / 8 + part, turn++);
    }
}

// Once for each role: without optimisation every byte takes its time.
void play_huge(const Run& run, ConnectionType role) {
    const BytesView bytes = run.wire().bytes;
    if (role == ConnectionType::Server) {
        run(chopped(bytes, large_read), Feed::InPlaceWithSlack, Delivery::Chunks);
    } else {
        run({bytes}, Feed::Copied, Delivery::Messages);
    }
}

}  // namespace

std::string difference(const Frames& written, const Frames& expected) {
    const std::size_t count = std::min(written.size(), expected.size());
    for (std::size_t i = 0; i != count; ++i) {
        const std::string frame = "frame " + std::to_string(i);
        if (written[i].first != expected[i].first) return frame + " is of another kind";
        if (written[i].payload == expected[i].payload) continue;
        return frame + ": " + support::quoted(as_bytes(written[i].payload.substr(0, 200))) +
               " is not " + support::quoted(as_bytes(expected[i].payload.substr(0, 200)));
    }
    return written.size() == expected.size()
               ? ""
               : "number of frames: " + std::to_string(written.size());
}

void play(const Script& script, ConnectionType role) {
    const Run run{script, role};
    const BytesView bytes = run.wire().bytes;
    if (bytes.size() > huge_wire) {
        play_huge(run, role);
        return;
    }
    if (bytes.size() <= small_wire) {
        play_small(run);
    } else if (bytes.size() <= medium_wire && script.sent.size() < 100) {
        play_medium(run);
    }
    for (std::size_t turn = 0; turn < 6; turn += bytes.size() <= medium_wire ? 1U : 4U) {
        INFO("whole");
        run({bytes}, feed_of(turn), delivery_of(turn));
    }
    if (script.sent.size() <= 1100) {
        INFO("frame by frame");
        run(frame_by_frame(run.wire()), Feed::InPlace, Delivery::Chunks);
    }
    if (const std::size_t size = script.chop != 0 ? script.chop : large_read; size < bytes.size()) {
        INFO("in reads of " << size);
        run(chopped(bytes, size), Feed::InPlaceWithSlack, Delivery::Chunks);
    }
}

}  // namespace conformance
