// What an open connection holds, what a large message takes, what a message allocates. Counted, not
// timed. Read and write buffers of the event loop are not a connection's.
#include "allocations.hpp"
#include "groups.hpp"
#include "page_buffer.hpp"

#include <functional>
#include <memory>
#include <utility>

namespace benchmark {
namespace {

constexpr std::string_view group = "memory";
constexpr std::size_t read_size = 64 * 1024;

/// A message to a server, and the same from it.
struct Exchange {
    explicit Exchange(Payload payload, std::size_t size, std::size_t total)
        : messages{make_messages(payload, size, total)},
          wire{make_wire(messages, Role::Server)},
          batches{make_batches(messages, 1)},
          out{Outbox::Mode::Copy, size + 1024} {}

    void receive(Endpoint& endpoint) {
        Pipe pipe{wire, read_size};
        Sink sink;
        endpoint.receive(pipe, messages.count, sink);
    }

    void send(Endpoint& endpoint) {
        for (const Batch& batch : batches) {
            out.clear();
            endpoint.send(batch, out);
        }
    }

    Messages messages;
    PageBuffer wire;
    std::vector<Batch> batches;
    Outbox out;
};

constexpr Settings settings_for(Deflate deflate) {
    return {.deflate = deflate, .purpose = Purpose::Memory, .largest_read = read_size};
}

/// Compressed by a client of wsproto, which every server understands.
PageBuffer compressed_wire(const Exchange& exchange, Deflate deflate) {
    const auto client = wsproto_senders(Outbox::Mode::Copy)
                            .front()
                            ->open({.role = Role::Client, .deflate = deflate});
    Outbox out{Outbox::Mode::Copy, exchange.messages.size * 2 + 1024};
    client->send(exchange.batches.front(), out);
    return PageBuffer{out.wire()};
}

/// Bytes that one open connection holds; of many, because blocks come in sizes.
struct Held {
    double idle = 0;
    double used = 0;
};

Held measure_held(Library& library, Deflate deflate) {
    constexpr std::size_t count = 100;
    Exchange exchange{Payload::Json, 1024, 1024};
    if (deflate != Deflate::Off) {
        exchange.wire = compressed_wire(exchange, deflate);
    }
    const auto use = [&](Endpoint& endpoint) {
        exchange.receive(endpoint);
        exchange.send(endpoint);
    };
    use(*library.open(settings_for(deflate)));  // fills the pools and buffers of the thread
    std::vector<std::unique_ptr<Endpoint>> endpoints(count);
    const CountAllocations allocations;
    Held held;
    const auto each = [&] {
        const double total = static_cast<double>(allocations.so_far().held) / count;
        return total - static_cast<double>(endpoints.front()->wrapping());
    };
    for (auto& endpoint : endpoints) {
        endpoint = library.open(settings_for(deflate));
    }
    held.idle = each();
    for (auto& endpoint : endpoints) {
        use(*endpoint);
    }
    held.used = each();
    return held;
}

double measure_peak(Library& library) {
    Exchange exchange{Payload::Binary, 16 * 1024 * 1024, 1};
    Exchange small{Payload::Binary, 1, 1};
    const auto endpoint = library.open(settings_for(Deflate::Off));
    small.receive(*endpoint);
    const CountAllocations allocations;
    exchange.receive(*endpoint);
    return static_cast<double>(allocations.so_far().peak);
}

using Work = void (Exchange::*)(Endpoint&);

double measure_calls(Library& library, std::size_t size, Work work) {
    constexpr std::size_t total = 256 * 1024;
    Exchange exchange{Payload::Binary, size, total};
    const auto endpoint = library.open({.largest_read = read_size});
    (exchange.*work)(*endpoint);
    const CountAllocations allocations;
    (exchange.*work)(*endpoint);
    return static_cast<double>(allocations.so_far().calls) /
           static_cast<double>(exchange.messages.count);
}

/// A table line with one value of each library that has one.
void add_row(Harness& harness, const Libraries& libraries, const std::string& name,
             const std::string& unit, const std::function<double(Library&)>& measure) {
    if (!harness.wants(group, name)) {
        return;
    }
    Row row{.group = std::string{group}, .name = name, .unit = unit};
    for (const auto& library : libraries) {
        row.series.push_back({library->name(), kind_of(*library), {measure(*library)}});
    }
    harness.add(std::move(row));
}

void measure_connections(Harness& harness, const Libraries& libraries, Deflate deflate,
                         const std::string& name) {
    if (!harness.wants(group, "idle, " + name) && !harness.wants(group, "used, " + name)) {
        return;
    }
    Row idle{.group = std::string{group}, .name = "idle, " + name, .unit = "B"};
    Row used{.group = std::string{group}, .name = "used, " + name, .unit = "B"};
    for (const auto& library : libraries) {
        if (library->open(settings_for(deflate)) == nullptr) {
            continue;
        }
        const Held held = measure_held(*library, deflate);
        idle.series.push_back({library->name(), kind_of(*library), {held.idle}});
        used.series.push_back({library->name(), kind_of(*library), {held.used}});
    }
    harness.add(std::move(idle));
    harness.add(std::move(used));
}

Libraries contenders(const Harness& harness) {
    Libraries libraries = wsproto_receivers();
    libraries.resize(2);
    join(libraries, peers());
    std::erase_if(libraries,
                  [&](const auto& library) { return !harness.wants_contestant(library->name()); });
    return libraries;
}

}  // namespace

void measure_memory(Harness& harness) {
    if (!CountAllocations::works() || harness.options().list) {
        return;
    }
    const Libraries libraries = contenders(harness);
    measure_connections(harness, libraries, Deflate::Off, "no deflate");
    measure_connections(harness, libraries, Deflate::Takeover, "deflate");
    measure_connections(harness, libraries, Deflate::NoTakeover, "deflate, no context takeover");
    add_row(harness, libraries, "peak, a 16 MiB message in reads of 64 KiB", "B", measure_peak);
    for (const std::size_t size : {std::size_t{16}, std::size_t{1024}, std::size_t{16} * 1024}) {
        add_row(harness, libraries, "allocations of a message received, " + size_name(size), "",
                [size](Library& one) { return measure_calls(one, size, &Exchange::receive); });
        add_row(harness, libraries, "allocations of a message sent, " + size_name(size), "",
                [size](Library& one) { return measure_calls(one, size, &Exchange::send); });
    }
}

}  // namespace benchmark
