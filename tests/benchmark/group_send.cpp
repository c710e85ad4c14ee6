// Sending: payload to wire bytes, appended to a buffer, or as pieces for a gathering write.
#include "groups.hpp"
#include "limits.hpp"
#include "page_buffer.hpp"

#include <cstring>
#include <memory>
#include <utility>

namespace benchmark {
namespace {

constexpr std::size_t content_size = 64 * 1024;
constexpr std::size_t batch_size = 16 * 1024;
constexpr std::size_t frame_overhead = 14;

struct Scene {
    Role role;
    Messages messages;
    std::vector<Batch> batches;
    std::vector<Batch> timed;
    std::size_t capacity;

    [[nodiscard]] std::size_t messages_timed() const {
        std::size_t count = 0;
        for (const Batch& batch : timed) {
            count += batch.messages.size();
        }
        return count;
    }
};

// Large payload that nobody touches has no batches of its own size: what one batch costs would be
// what is measured.
std::vector<Batch> many_in_one(const Messages& messages) {
    constexpr std::size_t count = 256;
    Batch batch;
    for (std::size_t index = 0; index < count; ++index) {
        batch.messages.push_back(messages[index % messages.count]);
    }
    return {batch};
}

// Far from where large blocks of memory begin, modulo the size of a page: else memcpy would have a
// target a few bytes behind its source, see copy_bytes, with everyone who does not call that.
void move_off_the_page(Messages& messages) {
    messages.begin = 2048;
    messages.content.insert(0, messages.begin, '\0');
}

std::shared_ptr<const Scene> make_scene(Role role, Outbox::Mode mode, std::size_t size) {
    Messages messages = make_messages(Payload::Binary, size, content_size);
    move_off_the_page(messages);
    const auto scene = std::make_shared<Scene>(Scene{role, std::move(messages), {}, {}, 0});
    scene->batches = make_batches(scene->messages, batch_size);
    const bool untouched = role == Role::Server && mode == Outbox::Mode::Gather;
    scene->timed = untouched ? many_in_one(scene->messages) : scene->batches;
    scene->capacity = scene->batches.front().messages.size() * (size + frame_overhead);
    return scene;
}

void send_all(Endpoint& endpoint, const Scene& scene, Outbox& out) {
    for (const Batch& batch : scene.timed) {
        out.clear();
        endpoint.send(batch, out);
    }
}

// Whether the frames are right; where nothing is kept, whether there are as many bytes.
bool is_right(Endpoint& endpoint, const Scene& scene, Outbox& out) {
    for (const Batch& batch : scene.batches) {
        out.clear();
        endpoint.send(batch, out);
        const std::size_t payload = batch.messages.size() * scene.messages.size;
        const bool right = out.mode() == Outbox::Mode::Copy ? holds(out.wire(), batch, scene.role)
                                                            : out.size() > payload;
        if (!right) return false;
    }
    return true;
}

void add_library(Harness& harness, Library& library, std::string_view row, Outbox::Mode mode,
                 const std::shared_ptr<const Scene>& scene, std::vector<Contestant>& contestants) {
    std::shared_ptr<Endpoint> endpoint = library.open({.role = scene->role});
    const auto out = std::make_shared<Outbox>(mode, scene->capacity);
    Outbox copy{Outbox::Mode::Copy, scene->capacity};
    if (endpoint == nullptr || !is_right(*endpoint, *scene, *out) ||
        !is_right(*endpoint, *scene, copy)) {
        harness.complain("send", row, library.name());
        return;
    }
    contestants.push_back({library.name(), kind_of(library),
                           [endpoint, scene, out] { send_all(*endpoint, *scene, *out); }});
}

std::size_t header_size(std::size_t payload, Role role) {
    const std::size_t length = payload < 126 ? 0 : payload <= 0xFFFF ? 2 : 8;
    return 2 + length + (role == Role::Client ? 4 : 0);
}

using CopyBytes = void (*)(void* to, const void* from, std::size_t size) noexcept;

/// The copy of the C library.
void copy_by_memcpy(void* to, const void* from, std::size_t size) noexcept {
    std::memcpy(to, from, size);
}

/// A copy of the payload to where it has to stand, behind its header; masked by a client.
class Limit {
  public:
    Limit(std::shared_ptr<const Scene> scene, CopyBytes copy)
        : scene_{std::move(scene)}, buffer_(scene_->capacity, '\0'), copy_{copy} {}

    void operator()() {
        for (const Batch& batch : scene_->batches) {
            char* to = buffer_.data();
            for (const std::string_view payload : batch.messages) {
                to += header_size(payload.size(), scene_->role);
                if (scene_->role == Role::Client) {
                    limits::best().xor_copy(to, payload.data(), payload.size(), 0x12345678);
                } else {
                    copy_(to, payload.data(), payload.size());
                }
                to += payload.size();
            }
            pretend_to_read(buffer_.data());
        }
    }

  private:
    std::shared_ptr<const Scene> scene_;
    PageBuffer buffer_;
    CopyBytes copy_;
};

void measure_row(Harness& harness, const std::string& row, Outbox::Mode mode,
                 const std::shared_ptr<const Scene>& scene) {
    Libraries libraries = wsproto_senders(mode);
    join(libraries, peers());
    std::vector<Contestant> contestants;
    for (const auto& library : libraries) {
        const bool same_as_wslay = library->name() == "wslay stream";
        if (harness.wants_contestant(library->name()) && !same_as_wslay) {
            add_library(harness, *library, row, mode, scene, contestants);
        }
    }
    if (mode == Outbox::Mode::Copy || scene->role == Role::Client) {
        contestants.push_back({"limit", Kind::Limit, Limit{scene, copy_bytes}});
    }
    if (mode == Outbox::Mode::Copy && scene->role == Role::Server) {
        contestants.push_back({"memcpy", Kind::Limit, Limit{scene, copy_by_memcpy}});
    }
    harness.time("send", row, static_cast<double>(scene->messages_timed()), std::move(contestants));
}

}  // namespace

void measure_send(Harness& harness) {
    for (const Role role : {Role::Server, Role::Client}) {
        for (const Outbox::Mode mode : {Outbox::Mode::Copy, Outbox::Mode::Gather}) {
            for (const std::size_t size : message_sizes(harness)) {
                std::string row{to_string(role)};
                row += mode == Outbox::Mode::Copy ? ", appended, " : ", gathered, ";
                row += size_name(size);
                if (harness.wants("send", row)) {
                    measure_row(harness, row, mode, make_scene(role, mode, size));
                }
            }
        }
    }
}

}  // namespace benchmark
