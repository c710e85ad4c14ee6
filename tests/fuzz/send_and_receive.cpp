// Invariant: what one end sends, the other receives: any program of events, in both roles, with any
// agreement on deflate, in any split and delivery; whether appended or gathered, which but for
// deflate, whose output depends on the room that it is given, is the same byte for byte.
#include "opening.hpp"
#include "transcript.hpp"

#include <array>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace fuzz::send_and_receive {
namespace {

/// The extensions of both ends, the client's first; none if there is to be none.
std::array<Extensions, 2> agree(const Setup& setup) {
    if (!setup.deflates()) return {};
    const auto client = std::make_shared<PerMessageDeflate>(setup.deflate);
    const auto server = std::make_shared<PerMessageDeflate>(setup.deflate);
    const auto answer = server->accept("permessage-deflate; " + client->offer().value());
    claim(answer.has_value(), "a server accepts");
    const std::string name = answer->empty() ? "permessage-deflate" : "permessage-deflate; ";
    claim(client->finalize(name + *answer) == Error::None, "a client agrees");
    return {Extensions{client}, Extensions{server}};
}

/// Messages and control frames, each in their order: these come between the frames of those.
class Mail {
  public:
    void add(const Event& event) {
        Record next = record(event);
        if (next.head != "text" && next.head != "bytes") {
            controls_.push_back(std::move(next));
            return;
        }
        next.data.insert(0, std::exchange(begun_, {}));
        if (next.message_finished) {
            messages_.push_back(std::move(next));
        } else {
            begun_ = std::move(next.data);
        }
    }

    friend bool operator==(const Mail&, const Mail&) = default;

  private:
    std::vector<Record> messages_{};
    std::vector<Record> controls_{};
    std::string begun_{};
};

/// One end that sends, the other that receives, and the bytes between them.
struct Line {
    Line(ConnectionType from, const Setup& setup, std::array<Extensions, 2> ends)
        : sender{from, std::move(ends[from == ConnectionType::Client ? 0 : 1]), BytesView{},
                 setup.options()},
          receiver{from == ConnectionType::Client ? ConnectionType::Server : ConnectionType::Client,
                   std::move(ends[from == ConnectionType::Client ? 1 : 0]), BytesView{},
                   receiver_options(setup)} {}

    // Of the small limits, the one that a sender need not know of.
    static Options receiver_options(const Setup& setup) {
        Options options = setup.options();
        options.limits = Limits{};
        if (setup.choices[2]) options.limits.chunk_size = min_chunk_size;
        return options;
    }

    void receive(const Setup& setup) {
        const std::size_t stretch = 1 + wire.size() / 1024;  // few pieces, however much it is
        in_pieces(wire, setup.piece_size * stretch, [&](BytesView piece) {
            lend(receiver, piece, setup.feed, [&] {
                for (const Event& event : receiver.events()) {
                    received.add(event);
                }
            });
        });
        wire.clear();
    }

    Connection sender;
    Connection receiver;
    Bytes wire{};
    Mail received{};
};

/// What is sent, on two lines: appended on one, gathered on the other.
class Program {
  public:
    Program(ConnectionType from, const Setup& setup)
        : setup_{setup},
          appended_{from, setup, agree(setup)},
          gathered_{from, setup, agree(setup)} {}

    void run(Input input) {
        while (!input.empty() && appended_.sender.state() == ConnectionState::Open) {
            step(input.byte(), input);
        }
        receive();
        claim(sent_ == appended_.received, "what was sent is what was received");
        claim(sent_ == gathered_.received, "what was gathered as well");
        const bool closed = appended_.sender.state() == ConnectionState::LocalClosing;
        claim(appended_.receiver.state() ==
                  (closed ? ConnectionState::RemoteClosing : ConnectionState::Open),
              "both know where they are");
    }

  private:
    // The upper bits of the byte say how often the bytes are repeated, or how they are sent.
    void step(unsigned what, Input& input) {
        const BytesView bytes = input.take(input.byte());
        const Choices how{what};
        switch (what % 8) {
            case 0:
            case 1:
            case 2:
                return send_text(repeat(bytes, how[7] ? what % 64 : 1), how);
            case 3:
            case 4:
                return send_bytes(repeat(bytes, how[7] ? what % 64 : 1), how);
            case 5:
                return send_both(Ping{.payload = bytes.first(bytes.size() % 126)});
            case 6:
                return send_both(Pong{.payload = bytes.first(bytes.size() % 126)});
            default:
                return how[6] ? send_close(bytes) : receive();
        }
    }

    static std::string repeat(BytesView bytes, std::size_t times) {
        std::string result;
        for (std::size_t i = 0; i < times; ++i) {
            result += as_text(bytes);
        }
        return result;
    }

    // In one frame, or in two with an empty one between, cut inside a code point perhaps.
    void send_text(std::string text, Choices how) {
        text.resize(detail::utf8_plain(as_bytes(text)).complete);
        const std::string_view view{text};
        const std::size_t cut = how[5] ? view.size() / 2 : 0;
        if (how[5]) {
            send_message(TextMessage{view.substr(0, cut), true, false, how[4]});
            send_both(Ping{.payload = as_bytes("between")});
            send_message(TextMessage{"", true, false, how[4]});
        }
        send_message(TextMessage{view.substr(cut), true, true, how[4]});
    }

    void send_bytes(const std::string& data, Choices how) {
        const BytesView view = as_bytes(data);
        const std::size_t cut = how[5] ? view.size() / 3 : 0;
        if (how[5]) send_message(BytesMessage{view.first(cut), true, false, how[4]});
        send_message(BytesMessage{view.subspan(cut), true, !how[6], how[4]});
        if (how[6]) send_message(BytesMessage{});
    }

    template <typename Data>
    void send_message(const Message<Data>& message) {
        Bytes& appended = appended_.wire;
        Bytes& gathered = gathered_.wire;
        const std::size_t before = gathered.size();
        appended_.sender.send(message, appended);
        const OutgoingFrame frame = gathered_.sender.send_gather(message, scratch_);
        append(gathered, frame);
        claim(gathered.size() == before + frame.size(), "the size of what is gathered");
        claim(setup_.deflates() || appended == gathered, "gathered is appended");
        sent_.add(message);
    }

    template <typename E>
    void send_both(const E& event) {
        for (Line* const line : {&appended_, &gathered_}) {
            line->sender.send(event, line->wire);
        }
        sent_.add(event);
    }

    void send_close(BytesView bytes) {
        std::string reason{as_text(bytes)};
        reason.resize(detail::utf8_plain(bytes).complete);
        reason.resize(detail::utf8_truncated_length(reason, 123));
        send_both(CloseConnection{.code = CloseReason::GoingAway, .reason = reason});
    }

    void receive() {
        appended_.receive(setup_);
        gathered_.receive(setup_);
    }

    const Setup& setup_;
    Line appended_;
    Line gathered_;
    Bytes scratch_{};
    Mail sent_{};
};

}  // namespace

void run(Input input) {
    const Setup setup{input};
    Program{setup.choices[6] ? ConnectionType::Server : ConnectionType::Client, setup}.run(input);
}

}  // namespace fuzz::send_and_receive
