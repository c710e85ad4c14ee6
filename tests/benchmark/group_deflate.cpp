// permessage-deflate with context takeover: compressing, and compressing and inflating, beside zlib
// called directly with the same parameters.
#include "groups.hpp"
#include "page_buffer.hpp"

#include <zlib.h>

#include <memory>
#include <utility>

namespace benchmark {
namespace {

constexpr std::string_view group = "deflate";
constexpr std::size_t content_size = 256 * 1024;

struct Scene {
    Messages messages;
    std::vector<Batch> batches;  // one message each
    std::size_t capacity;
};

std::shared_ptr<const Scene> make_scene(std::size_t size) {
    const auto scene =
        std::make_shared<Scene>(Scene{make_messages(Payload::Json, size, content_size), {}, 0});
    scene->batches = make_batches(scene->messages, 1);
    scene->capacity = 2 * size + 1024;
    return scene;
}

/// A client that sends and a server that receives, which inflates or is left out.
class Line {
  public:
    Line(Library& library, const std::shared_ptr<const Scene>& scene)
        : scene_{scene},
          client_{library.open({.role = Role::Client, .deflate = Deflate::Takeover})},
          server_{library.open({.role = Role::Server, .deflate = Deflate::Takeover})},
          out_{Outbox::Mode::Copy, scene->capacity} {}

    [[nodiscard]] bool is_open() const { return client_ != nullptr && server_ != nullptr; }

    /// Returns the bytes on the wire.
    std::size_t compress() {
        std::size_t total = 0;
        for (const Batch& batch : scene_->batches) {
            out_.clear();
            client_->send(batch, out_);
            total += out_.size();
        }
        return total;
    }

    void round_trip(Sink& sink) {
        for (const Batch& batch : scene_->batches) {
            out_.clear();
            client_->send(batch, out_);
            Pipe pipe{out_.wire(), 64 * 1024};
            server_->receive(pipe, 1, sink);
        }
    }

  private:
    std::shared_ptr<const Scene> scene_;
    std::unique_ptr<Endpoint> client_;
    std::unique_ptr<Endpoint> server_;
    Outbox out_;
};

/// What RFC 7692 §7.2 asks of zlib, and nothing else.
class BareZlib {
  public:
    explicit BareZlib(std::shared_ptr<const Scene> scene)
        : scene_{std::move(scene)},
          compressed_(scene_->capacity, '\0'),
          inflated_(scene_->messages.size + 16, '\0') {
        deflateInit2(&deflater_, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
        inflateInit2(&inflater_, -15);
    }
    BareZlib(const BareZlib&) = delete;
    BareZlib& operator=(const BareZlib&) = delete;
    ~BareZlib() {
        deflateEnd(&deflater_);
        inflateEnd(&inflater_);
    }

    std::size_t compress() {
        std::size_t total = 0;
        for (std::size_t index = 0; index < scene_->messages.count; ++index) {
            total += compress(scene_->messages[index]);
        }
        return total;
    }

    void round_trip(Sink& sink) {
        for (std::size_t index = 0; index < scene_->messages.count; ++index) {
            inflate(compress(scene_->messages[index]), sink);
        }
    }

  private:
    static Bytef* bytes(const char* from) {
        return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(from));
    }

    // Without the four bytes that a message does not end with.
    std::size_t compress(std::string_view payload) {
        deflater_.next_in = bytes(payload.data());
        deflater_.avail_in = static_cast<uInt>(payload.size());
        deflater_.next_out = bytes(compressed_.data());
        deflater_.avail_out = static_cast<uInt>(compressed_.size());
        deflate(&deflater_, Z_SYNC_FLUSH);
        return compressed_.size() - deflater_.avail_out - 4;
    }

    void inflate(std::size_t size, Sink& sink) {
        inflater_.next_in = bytes(compressed_.data());
        inflater_.avail_in = static_cast<uInt>(size + 4);
        inflater_.next_out = bytes(inflated_.data());
        inflater_.avail_out = static_cast<uInt>(inflated_.size());
        ::inflate(&inflater_, Z_SYNC_FLUSH);
        sink.piece({inflated_.data(), inflated_.size() - inflater_.avail_out}, true);
    }

    std::shared_ptr<const Scene> scene_;
    PageBuffer compressed_;
    PageBuffer inflated_;
    z_stream deflater_{};
    z_stream inflater_{};
};

/// A row of each kind of work, and the sizes on the wire, for contestants of any type.
struct Rows {
    std::vector<Contestant> compress{};
    std::vector<Contestant> round_trip{};
    std::vector<Series> sizes{};
};

void report(Harness& harness, double items, const std::string& size, Rows rows) {
    const std::string name{group};
    if (harness.wants(name, "compress, " + size)) {
        harness.time(name, "compress, " + size, items, std::move(rows.compress));
    }
    if (harness.wants(name, "round trip, " + size)) {
        harness.time(name, "round trip, " + size, items, std::move(rows.round_trip));
    }
    harness.add({name, "bytes on the wire, " + size, "B", std::move(rows.sizes)});
}

template <typename Maker>
bool add(const Scene& scene, const std::string& name, Kind kind, Maker make, Rows& rows) {
    Sink sink;
    sink.expect(scene.messages.content, scene.messages.size);
    make()->round_trip(sink);
    const auto compressing = make();
    const auto turning = make();
    const double size =
        static_cast<double>(compressing->compress()) / static_cast<double>(scene.messages.count);
    rows.sizes.push_back({name, kind, {size}});
    rows.compress.push_back({name, kind, [compressing] { compressing->compress(); }});
    rows.round_trip.push_back({name, kind, [turning] {
                                   Sink counts;
                                   turning->round_trip(counts);
                               }});
    return sink.satisfied();
}

void measure_size(Harness& harness, const Libraries& libraries, std::size_t size) {
    const auto scene = make_scene(size);
    Rows rows;
    for (const auto& library : libraries) {
        const bool opens = Line{*library, scene}.is_open();
        const auto make = [&] { return std::make_shared<Line>(*library, scene); };
        if (opens && !add(*scene, library->name(), kind_of(*library), make, rows)) {
            harness.complain(group, size_name(size), library->name());
        }
    }
    const auto make = [&] { return std::make_shared<BareZlib>(scene); };
    if (!add(*scene, "zlib alone", Kind::Limit, make, rows)) {
        harness.complain(group, size_name(size), "zlib alone");
    }
    report(harness, static_cast<double>(scene->messages.count), size_name(size), std::move(rows));
}

}  // namespace

void measure_deflate(Harness& harness) {
    Libraries libraries = wsproto_senders(Outbox::Mode::Copy);
    libraries.resize(1);
    join(libraries, peers());
    std::erase_if(libraries, [&](const auto& library) {
        return !library->shakes_hands() || !harness.wants_contestant(library->name());
    });
    for (const std::size_t size : {std::size_t{100}, std::size_t{1024}, std::size_t{16} * 1024}) {
        const std::string name = size_name(size);
        if (harness.wants(group, "compress, " + name) ||
            harness.wants(group, "round trip, " + name)) {
            measure_size(harness, libraries, size);
        }
    }
}

}  // namespace benchmark
