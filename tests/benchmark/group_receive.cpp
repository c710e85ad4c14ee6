// Receiving: the wire bytes of many messages, read piece by piece, to delivered payload.
#include "groups.hpp"
#include "limits.hpp"
#include "page_buffer.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <memory>
#include <utility>

namespace benchmark {
namespace {

constexpr std::string_view group = "receive";

// What is read at once. Zero: exactly one frame.
struct Reads {
    std::size_t size;
    std::string_view name;
};
constexpr Reads all_reads[] = {{64 * 1024, "reads of 64 KiB"},
                               {16 * 1024, "reads of 16 KiB"},
                               {1460, "reads of 1,460 B"},
                               {0, "one frame a read"}};

// Enough for several reads; it stays in the second-level cache.
constexpr std::size_t wire_size = 256 * 1024;

/// What all contestants of a row are given.
struct Scene {
    Role role;
    Messages messages;
    PageBuffer wire;
    std::size_t read_size;
};

/// Payload, as far as it lies in one read.
struct Piece {
    std::size_t at = 0;  ///< In the read.
    std::size_t size = 0;
    limits::Key key = 0;  ///< Of its first four bytes.
};

/// The key of the frame whose payload begins here, for the payload from `skipped` on.
limits::Key key_of(std::string_view wire, std::size_t payload, std::size_t skipped) {
    std::array<char, sizeof(limits::Key)> bytes{};
    for (std::size_t index = 0; index < bytes.size(); ++index) {
        bytes[index] = wire[payload - bytes.size() + (skipped + index) % bytes.size()];
    }
    return std::bit_cast<limits::Key>(bytes);
}

/// The work that the bytes themselves make: the same copies into the same read buffer as for
/// everybody, unmasking there, and the validation of text. Frames are known, not looked for; those
/// of less than a page are taken for payload, headers and all, because calls would cost more.
class Limit {
  public:
    explicit Limit(std::shared_ptr<const Scene> scene)
        : scene_{std::move(scene)}, buffer_(scene_->read_size, '\0') {
        const std::size_t wire = scene_->wire.size();
        const bool small = scene_->messages.size < page;
        const std::size_t frame =
            small ? std::min(page, scene_->read_size) : wire / scene_->messages.count;
        const std::size_t header = small ? 0 : frame - scene_->messages.size;
        for (std::size_t read = 0; read < wire; read += scene_->read_size) {
            reads_.push_back(pieces_of(read, frame, header));
        }
    }

    void operator()() {
        Pipe pipe{scene_->wire, scene_->read_size};
        for (const std::vector<Piece>& pieces : reads_) {
            pipe.read(buffer_.data(), buffer_.size());
            for (const Piece& piece : pieces) {
                work(buffer_.data() + piece.at, piece);
            }
        }
    }

  private:
    [[nodiscard]] std::vector<Piece> pieces_of(std::size_t read, std::size_t frame,
                                               std::size_t header) const {
        std::vector<Piece> pieces;
        const std::size_t end = std::min(read + scene_->read_size, scene_->wire.size());
        for (std::size_t at = read / frame * frame; at < end; at += frame) {
            const std::size_t begin = std::max(read, at + header);
            const std::size_t stop = std::min(end, at + frame);
            if (begin < stop) {
                const limits::Key key =
                    header == 0 ? 1 : key_of(scene_->wire, at + header, begin - at - header);
                pieces.push_back({begin - read, stop - begin, key});
            }
        }
        return pieces;
    }

    void work(char* data, const Piece& piece) const {
        const limits::Kernels& kernels = limits::best();
        if (scene_->role == Role::Server) {
            kernels.xor_in_place(data, piece.size, piece.key);
        }
        if (scene_->messages.payload == Payload::Ascii) {
            const std::uint64_t sum = kernels.read(data, piece.size);
            pretend_to_read(&sum);
        } else if (scene_->messages.payload == Payload::Multibyte) {
            const bool valid = kernels.is_utf8(data, piece.size);
            pretend_to_read(&valid);
        }
        pretend_to_read(data);
    }

    static constexpr std::size_t page = 4096;

    std::shared_ptr<const Scene> scene_;
    PageBuffer buffer_;
    std::vector<std::vector<Piece>> reads_{};
};

void receive_all(Endpoint& endpoint, const Scene& scene, Sink& sink) {
    Pipe pipe{scene.wire, scene.read_size};
    endpoint.receive(pipe, scene.messages.count, sink);
}

void add_library(Harness& harness, Library& library, std::string_view row,
                 const std::shared_ptr<const Scene>& scene, std::vector<Contestant>& contestants) {
    std::shared_ptr<Endpoint> endpoint =
        library.open({.role = scene->role, .largest_read = scene->read_size});
    Sink sink;
    sink.expect(scene->messages.content, scene->messages.size);
    if (endpoint != nullptr) {
        receive_all(*endpoint, *scene, sink);
    }
    if (!sink.satisfied()) {
        harness.complain(group, row, library.name());
        return;
    }
    contestants.push_back({library.name(), kind_of(library), [endpoint, scene] {
                               Sink counts;
                               receive_all(*endpoint, *scene, counts);
                           }});
}

std::shared_ptr<const Scene> make_scene(Role role, Payload payload, std::size_t size,
                                        std::size_t read_size) {
    Scene scene{.role = role,
                .messages = make_messages(payload, size, wire_size),
                .wire = {},
                .read_size = read_size};
    scene.wire = make_wire(scene.messages, role);
    if (read_size == 0) {
        scene.read_size = scene.wire.size() / scene.messages.count;
    }
    return std::make_shared<const Scene>(std::move(scene));
}

void measure_row(Harness& harness, const Libraries& libraries, std::string_view row,
                 const std::shared_ptr<const Scene>& scene) {
    std::vector<Contestant> contestants;
    for (const auto& library : libraries) {
        if (harness.wants_contestant(library->name())) {
            add_library(harness, *library, row, scene, contestants);
        }
    }
    contestants.push_back({"limit", Kind::Limit, Limit{scene}});
    harness.time(std::string{group}, std::string{row}, static_cast<double>(scene->messages.count),
                 std::move(contestants));
}

std::vector<Reads> reads_for(const Harness& harness, std::size_t size) {
    std::vector<Reads> reads;
    for (const Reads& one : all_reads) {
        const bool seldom = harness.options().brief && one.size != 64 * 1024 && size != 125;
        if (!seldom) {
            reads.push_back(one);
        }
    }
    return reads;
}

}  // namespace

void measure_receive(Harness& harness) {
    Libraries libraries = wsproto_receivers();
    join(libraries, peers());
    for (const Role role : {Role::Server, Role::Client}) {
        for (const Payload payload : {Payload::Binary, Payload::Ascii, Payload::Multibyte}) {
            for (const std::size_t size : message_sizes(harness)) {
                for (const Reads& reads : reads_for(harness, size)) {
                    std::string row{to_string(role)};
                    row += ", " + std::string{to_string(payload)} + ", " + size_name(size) + ", " +
                           std::string{reads.name};
                    if (harness.wants(group, row)) {
                        measure_row(harness, libraries, row,
                                    make_scene(role, payload, size, reads.size));
                    }
                }
            }
        }
    }
}

}  // namespace benchmark
