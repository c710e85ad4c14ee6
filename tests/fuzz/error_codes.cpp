// Invariant: what an overload with std::error_code does is what its throwing twin does: the same
// events, bytes, complaints, states and hints, where the one throws and the other sets the code.
#include "opening.hpp"
#include "transcript.hpp"

#include <optional>
#include <system_error>

namespace fuzz::error_codes {
namespace {

/// Calls the throwing forms.
struct Throwing {
    template <typename E>
    static std::error_code send(WSConnection& ws, const E& event, Bytes& out) {
        try {
            ws.send(event, out);
        } catch (const LocalProtocolError& error) {
            claim(is_local(error.error()), "a mistake of the caller's");
            return error.code();
        }
        return {};
    }

    template <typename M>
    static std::error_code gather(WSConnection& ws, const M& message, Bytes& scratch, Bytes& out) {
        try {
            const OutgoingFrame frame = ws.send_gather(message, scratch);
            append(out, frame);
        } catch (const LocalProtocolError& error) {
            return error.code();
        }
        return {};
    }

    template <typename OnEvent>
    static std::error_code drain(WSConnection& ws, OnEvent on_event) {
        try {
            for (const Event& event : ws.events()) {
                on_event(event);
            }
        } catch (const ProtocolError& error) {
            claim(error.what() == (is_local(error.error()) ? std::string{message(error.error())}
                                                           : ws.error_message()),
                  "the words that the connection has");
            return error.code();
        }
        return {};
    }
};

/// Calls their twins.
struct WithCode {
    template <typename E>
    static std::error_code send(WSConnection& ws, const E& event, Bytes& out) {
        std::error_code ec = Error::BadKey;  // which has to be overwritten
        ws.send(event, out, ec);
        return ec;
    }

    template <typename M>
    static std::error_code gather(WSConnection& ws, const M& message, Bytes& scratch, Bytes& out) {
        std::error_code ec = Error::BadKey;
        const OutgoingFrame frame = ws.send_gather(message, scratch, ec);
        if (!ec) {
            append(out, frame);
        }
        return ec;
    }

    template <typename OnEvent>
    static std::error_code drain(WSConnection& ws, OnEvent on_event) {
        std::error_code ec = Error::BadKey;
        for (const Event& event : ws.events(ec)) {
            on_event(event);
        }
        return ec;
    }
};

/// All that can be seen of a connection.
struct Story {
    Transcript transcript{};
    Bytes sent{};
    std::string outcomes{};

    void add(std::error_code code, const WSConnection& ws) {
        outcomes += code ? code.message() : "good";
        outcomes += ' ' + std::string{to_string(ws.state())};
        outcomes += ws.should_close_transport() ? " closing\n" : "\n";
    }
};

template <typename Form>
class Life {
  public:
    Life(ConnectionType role, const Setup& setup) : setup_{setup}, ws_{role, setup.options()} {
        if (role == ConnectionType::Client) send(request_to_send(setup));
    }

    Story live(BytesView opening, Input input) {
        receive(opening);
        while (!input.empty()) {
            misuse(input.byte(), input);
            receive(input.take(input.byte()));
        }
        ws_.receive_eof();
        receive({});
        return std::move(story_);
    }

  private:
    void receive(BytesView piece) {
        lend(ws_, piece, setup_.feed, [&] {
            const std::error_code code =
                Form::drain(ws_, [this](const Event& event) { answer(event); });
            story_.add(code, ws_);
            if (const auto hint = ws_.event_hint(); hint && code) send(*hint);
        });
    }

    void answer(const Event& event) {
        story_.transcript.add(event);
        if (std::holds_alternative<Request>(event)) {
            if (setup_.rejects) {
                send(RejectConnection{.status_code = 404});
            } else {
                send(AcceptConnection{.extensions = setup_.extensions()});
            }
        } else if (setup_.echoes()) {
            send(event);
        } else if (const auto owed = ws_.response_to(event)) {
            send(*owed);
        }
    }

    // Sends what may be wrong here.
    void misuse(unsigned what, Input& input) {
        const BytesView bytes = input.take(what / 16);
        const bool finished = what % 2 == 0;
        switch (what / 2 % 8) {
            case 0:
                return send(TextMessage{.data = as_text(bytes), .message_finished = finished});
            case 1:
                return send(BytesMessage{.data = bytes, .message_finished = finished});
            case 2:
                return gather(TextMessage{.data = as_text(bytes), .message_finished = finished});
            case 3:
                return gather(BytesMessage{.data = bytes, .message_finished = finished});
            case 4:
                return send(Ping{.payload = finished ? bytes : BytesView{too_long_}});
            case 5:
                return send(close(bytes));
            case 6:
                return send(RejectConnection{.status_code = what * 8, .has_body = finished});
            default:
                return;
        }
    }

    static CloseConnection close(BytesView bytes) {
        Input input{bytes};
        const auto code = static_cast<CloseReason>(input.word());
        return {.code = code, .reason = std::string{as_text(input.rest())}};
    }

    template <typename E>
    void send(const E& event) {
        const std::size_t before = story_.sent.size();
        const std::error_code code = Form::send(ws_, event, story_.sent);
        claim(!code || story_.sent.size() == before, "nothing is sent with a complaint");
        story_.add(code, ws_);
    }

    template <typename M>
    void gather(const M& message) {
        story_.add(Form::gather(ws_, message, scratch_, story_.sent), ws_);
    }

    const Setup& setup_;
    WSConnection ws_;
    Story story_{};
    Bytes scratch_{};
    Bytes too_long_ = Bytes(126, std::byte{'x'});
};

}  // namespace

void run(Input input) {
    const auto role = input.byte() % 2 == 0 ? ConnectionType::Server : ConnectionType::Client;
    const Setup setup{input};
    const BytesView opening = opening_to(role, setup);
    const Story thrown = Life<Throwing>{role, setup}.live(opening, input);
    const Story coded = Life<WithCode>{role, setup}.live(opening, input);
    claim_same(thrown.transcript, coded.transcript, "the same events");
    claim(thrown.sent == coded.sent, "the same bytes");
    claim(thrown.outcomes == coded.outcomes, "the same complaints and states");
}

}  // namespace fuzz::error_codes
