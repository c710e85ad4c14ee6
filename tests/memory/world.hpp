// Two ends in memory that do one call of the library at a time. A call that finds no memory is made
// once more; what comes of all calls is written down. What is said in a scenario is not known here.
#ifndef WSPROTO_TESTS_MEMORY_WORLD_HPP
#define WSPROTO_TESTS_MEMORY_WORLD_HPP

#include "failing_memory.hpp"

#include <wsproto/wsproto.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <variant>

namespace memory {

using namespace wsproto;

inline void require(bool fact, const char* what) {
    if (!fact) {
        std::fprintf(stderr, "wsproto_memory: %s\n", what);
        std::abort();
    }
}

/// How the ends are used.
struct Manner {
    Delivery delivery = Delivery::Chunks;
    bool in_place = false;
    bool throws = false;  ///< Else with `std::error_code`.
};

/// The same bytes each time, so that a call that is made again sends the same.
inline RandomSource constant_random() {
    return [](MutableBytesView out) { std::fill(out.begin(), out.end(), std::byte{7}); };
}

/// A call found no memory, and found its connection dead when it was made again.
struct Dead {
    WSConnection& end;
};

class World {
  public:
    explicit World(const Manner& manner)
        : client{ConnectionType::Client, options(manner)},
          server{ConnectionType::Server, options(manner)},
          manner_{manner} {}

    /// Sends; the bytes are in `wire` then.
    template <typename E>
    void send(WSConnection& from, const E& event) {
        wire.clear();
        wire.shrink_to_fit();
        call(from, [&] { send_once(from, event); });
        written += as_text(wire);
    }

    /// The same by `send_gather`.
    void gather(WSConnection& from, const TextMessage& message) {
        Bytes scratch;
        call(from, [&] {
            const OutgoingFrame frame = from.send_gather(message, scratch);
            const Watched unwatched{false};
            wire.assign(frame.header().begin(), frame.header().end());
            wire.insert(wire.end(), frame.payload().begin(), frame.payload().end());
        });
        written += as_text(wire);
    }

    /// Lets an end receive `wire` in pieces, and drains it after each.
    void receive(WSConnection& to, std::size_t piece_size = 50) {
        const Bytes all = wire;
        for (BytesView rest = all; !rest.empty();) {
            const BytesView piece = rest.first(std::min(piece_size, rest.size()));
            rest = rest.subspan(piece.size());
            Bytes buffer{piece.begin(), piece.end()};
            call(to, [&] {
                manner_.in_place ? to.receive_data_in_place(buffer) : to.receive_data(buffer);
            });
            drain(to, buffer);
        }
    }

    /// Sends what is owed for a mistake of the peer's.
    void send_hint(WSConnection& from) {
        std::optional<Event> hint;
        call(from, [&] { hint = from.event_hint(); });
        require(hint.has_value(), "a mistake has no hint");
        send(from, *hint);
    }

    /// Lets the server have a request that someone else has parsed.
    void initiate(const Headers& headers, std::string_view target) {
        call(server, [&] { server.initiate_upgrade_connection(headers, target); });
        wire.clear();
        Bytes nothing;
        drain(server, nothing);
    }

    WSConnection client;
    WSConnection server;
    Bytes wire{};
    std::string written{};  ///< All bytes sent, all events received.

  private:
    static Options options(const Manner& manner) {
        return {
            .delivery = manner.delivery, .limits = {.chunk_size = 64}, .random = constant_random()};
    }

    // What `bad_alloc` has interrupted is done again, with memory.
    template <typename Action>
    void call(WSConnection& end, Action action) {
        try {
            const Watched watched;
            action();
            return;
        } catch (const std::bad_alloc&) {
            require(has_failed(), "bad_alloc although there was memory");
        } catch (const LocalProtocolError& error) {
            require_dead(end, error.error());
        }
        try {
            action();
        } catch (const std::bad_alloc&) {
            require_dead(end, Error::None);
        } catch (const LocalProtocolError& error) {
            require_dead(end, error.error());
        }
        if (end.state() == ConnectionState::Closed) throw Dead{end};
    }

    [[noreturn]] static void require_dead(WSConnection& end, Error error) {
        const bool refused = error == Error::ExtensionRefusedToSend;
        const bool closed = end.state() == ConnectionState::Closed;
        const std::string what = "neither as it was nor dead: " + std::string{message(error)} +
                                 ", in state " + std::string{to_string(end.state())};
        require(has_failed() && (refused || closed), what.c_str());
        throw Dead{end};
    }

    template <typename E>
    void send_once(WSConnection& from, const E& event) {
        if (manner_.throws) {
            from.send(event, wire);
            return;
        }
        std::error_code ec;
        from.send(event, wire, ec);
        const Watched unwatched{false};
        if (ec) throw LocalProtocolError{static_cast<Error>(ec.value()), ec.message()};
    }

    // What was lent is overwritten once a range has ended, be it by `bad_alloc`.
    void drain(WSConnection& to, Bytes& lent) {
        const auto scramble = [&] { std::fill(lent.begin(), lent.end(), std::byte{0xdd}); };
        bool again = false;
        call(to, [&] {
            if (std::exchange(again, true)) scramble();
            drain_once(to);
        });
        scramble();
    }

    void drain_once(WSConnection& to) {
        if (!manner_.throws) {
            std::error_code ec;
            for (const Event& event : to.events(ec)) {
                write_down(event);
            }
            return;
        }
        try {
            for (const Event& event : to.events()) {
                write_down(event);
            }
        } catch (const RemoteProtocolError&) {
            // its hint is sent by the scenario
        }
    }

    void write_down(const Event& event) {
        const Watched unwatched{false};
        if (const auto* text = std::get_if<TextMessage>(&event)) {
            written += text->data;
            written += text->message_finished ? "." : "";
        } else if (const auto* data = std::get_if<BytesMessage>(&event)) {
            written += as_text(data->data);
            written += data->message_finished ? "." : "";
        } else if (const auto* body = std::get_if<RejectData>(&event)) {
            written += as_text(body->data);
        } else {
            written += std::visit([](const auto& any) { return detail::event_name(any); }, event);
        }
    }

    Manner manner_;
};

}  // namespace memory

#endif
