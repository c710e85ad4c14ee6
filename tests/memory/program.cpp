// Lets every single allocation of a few scenarios fail, one in each run. After it the connection
// goes on, and then all bytes and events are those of a run with memory; or it is closed, or
// refuses what has to pass its extension. In no run is a block left.
#include "world.hpp"

#include <array>
#include <cstddef>
#include <cstdio>
#include <iterator>
#include <limits>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace memory;

constexpr std::string_view usage =
    "Usage: wsproto_memory\n\n"
    "Lets each allocation of some scenarios fail in turn, and checks what becomes of the\n"
    "connections and of their memory. Prints how many failed.\n";

std::string long_text() {
    std::string text(60, 'x');
    for (int times = 0; times != 60; ++times) {
        text += "\u20ac\U0001f600 ";
    }
    return text;
}

Extensions deflate(bool takeover) {
    return {std::make_shared<PerMessageDeflate>(DeflateOptions{
        .client_no_context_takeover = !takeover, .server_no_context_takeover = !takeover})};
}

// A frame that a client must not send yet: a masked "Hello", of RFC 6455 §5.7.
void append_early_frame(Bytes& wire) {
    for (const int byte : {0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58}) {
        wire.push_back(static_cast<std::byte>(byte));
    }
}

void shake_hands(World& world, const Extensions& client, const Extensions& server) {
    world.send(world.client, Request{.host = "example.com",
                                     .target = "/a/target/that/is/too/long/for/a/small/string",
                                     .extensions = client,
                                     .subprotocols = {"one", "another-protocol-of-a-long-name"},
                                     .extra_headers = {{"X-A-Long-Name-Of-A-Header", "value"}}});
    append_early_frame(world.wire);
    world.receive(world.server);
    world.send(world.server, AcceptConnection{.subprotocol = "one",
                                              .extensions = server,
                                              .extra_headers = {{"X-Another", "its value"}}});
    world.receive(world.client);
}

void talk_one_way(World& world, WSConnection& from, WSConnection& to) {
    const std::string text = long_text();
    world.send(from, TextMessage{text});
    world.receive(to, 7);
    world.send(from, TextMessage{.data = text, .message_finished = false});
    world.receive(to);
    world.send(from, Ping{as_bytes("between two fragments")});
    world.receive(to, 3);
    world.gather(from, TextMessage{.data = text});
    world.receive(to);
    world.send(from, BytesMessage{.data = as_bytes(text), .compress = false});
    world.receive(to, 1000);
}

void talk(World& world, const Extensions& client, const Extensions& server) {
    shake_hands(world, client, server);
    talk_one_way(world, world.client, world.server);
    talk_one_way(world, world.server, world.client);
    world.send(world.client, CloseConnection{.reason = "a reason that is longer than small"});
    world.receive(world.server, 5);
    world.send(world.server, CloseConnection{.reason = "a reason that is longer than small"});
    world.receive(world.client);
}

void talk_plainly(World& world) {
    talk(world, {}, {});
}

void talk_compressed(World& world) {
    talk(world, deflate(true), deflate(true));
}

void talk_without_takeover(World& world) {
    talk(world, deflate(false), deflate(false));
}

void reject(World& world, Headers headers) {
    world.send(world.client, Request{.host = "example.com", .target = "/"});
    world.receive(world.server);
    world.send(
        world.server,
        RejectConnection{.status_code = 404, .headers = std::move(headers), .has_body = true});
    world.receive(world.client);
    const std::string page(100, 'x');
    world.send(world.server, RejectData{.data = as_bytes(page), .body_finished = false});
    world.receive(world.client);
    world.send(world.server, RejectData{.data = as_bytes(page)});
    world.receive(world.client);
}

void reject_in_chunks(World& world) {
    reject(world, {});
}

void reject_with_length(World& world) {
    reject(world, {{"Content-Length", "200"}, {"X-A-Long-Name-Of-A-Header", "value"}});
}

void answer_a_mistake(World& world) {
    shake_hands(world, {}, {});
    world.wire.assign(2, std::byte{0x83});
    world.receive(world.server);
    world.send_hint(world.server);
    world.receive(world.client);
}

void answer_a_bad_request(World& world) {
    const BytesView request = as_bytes(
        "POST /a/target/that/is/too/long HTTP/1.1\r\nHost: example.com\r\n"
        "X-A-Long-Name-Of-A-Header: and its long value\r\n\r\n");
    world.wire.assign(request.begin(), request.end());
    world.receive(world.server);
    world.send_hint(world.server);
}

void accept_what_was_parsed_elsewhere(World& world) {
    world.initiate({{"Host", "example.com"},
                    {"Upgrade", "websocket"},
                    {"Connection", "Upgrade"},
                    {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="},
                    {"Sec-WebSocket-Version", "13"}},
                   "/a/target/that/is/too/long/for/a/small/string");
    world.send(world.server, AcceptConnection{});
}

struct Scenario {
    const char* name;
    void (*play)(World&);
};

constexpr std::array scenarios = {
    Scenario{"talk plainly", &talk_plainly},
    Scenario{"talk compressed", &talk_compressed},
    Scenario{"talk without context takeover", &talk_without_takeover},
    Scenario{"reject in chunks", &reject_in_chunks},
    Scenario{"reject with a length", &reject_with_length},
    Scenario{"answer a mistake", &answer_a_mistake},
    Scenario{"answer a bad request", &answer_a_bad_request},
    Scenario{"accept what was parsed elsewhere", &accept_what_was_parsed_elsewhere},
};

struct Totals {
    std::size_t failed = 0;
    std::size_t went_on = 0;
} totals;

// Closed, or open for all that needs no extension.
void require_is_dead(WSConnection& end) {
    std::error_code ec;
    static_cast<void>(end.send(TextMessage{"x"}, ec));
    require(ec == Error::EventNotAllowed || ec == Error::ExtensionRefusedToSend, "it is not dead");
    if (end.state() != ConnectionState::Closed) return;
    try {
        static_cast<void>(end.events(ec).begin());
    } catch (const std::bad_alloc&) {
        // told once more, and then no more
    }
    require(end.events(ec).begin() == std::default_sentinel && !ec, "it is not dead");
}

// All that is written, or as much of it as was before a connection was dead.
std::string play(const Scenario& scenario, const Manner& manner, std::size_t successes) {
    World world{manner};
    fail_after(successes);
    try {
        scenario.play(world);
        if (has_failed()) ++totals.went_on;
    } catch (const Dead& dead) {
        require_is_dead(dead.end);
    }
    return world.written;
}

void fail_each(const Scenario& scenario, const Manner& manner) {
    const auto forget = [] { wsproto::detail::ZlibPool::of_this_thread()->clear(); };
    const std::string expected = play(scenario, manner, std::numeric_limits<std::size_t>::max());
    for (std::size_t successes = 0;; ++successes) {
        forget();
        const std::size_t before = live_blocks();
        {
            const std::string written = play(scenario, manner, successes);
            const bool done = written.size() == expected.size();
            require(expected.starts_with(written), scenario.name);
            require(done || has_failed(), scenario.name);
        }
        forget();
        require(live_blocks() == before, "a block is left");
        if (!has_failed()) return;
        ++totals.failed;
    }
}

}  // namespace

int main(int argument_count, char**) {
    if (argument_count > 1) {
        std::fputs(usage.data(), stdout);
        return 0;
    }
    for (const Scenario& scenario : scenarios) {
        for (const Delivery delivery : {Delivery::Chunks, Delivery::Messages}) {
            for (const bool in_place : {false, true}) {
                fail_each(scenario, {delivery, in_place, false});
                fail_each(scenario, {delivery, in_place, true});
            }
        }
    }
    std::printf(
        "%zu allocations failed; after %zu of them all went on, after the others the "
        "connection was dead\n",
        totals.failed, totals.went_on);
}
