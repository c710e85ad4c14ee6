// What is sent through the libraries: messages of one kind and size, and the same as frames, built
// and read by plain code that none of the libraries has a part in.
#ifndef WSPROTO_BENCHMARK_TRAFFIC_HPP
#define WSPROTO_BENCHMARK_TRAFFIC_HPP

#include "library.hpp"
#include "page_buffer.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace benchmark {

enum class Payload {
    Binary,
    Ascii,
    Multibyte,  ///< Code points of two and three bytes, some of one and four.
    Json,       ///< Objects like those of a chat: ASCII that compresses.
};

[[nodiscard]] std::string_view to_string(Payload payload) noexcept;

/// Messages of `size` bytes each, one behind the other.
struct Messages {
    Payload payload = Payload::Binary;
    std::size_t size = 0;
    std::size_t count = 0;
    PageBuffer content;
    std::size_t begin = 0;  ///< Of the first message in the content.

    [[nodiscard]] std::string_view operator[](std::size_t index) const noexcept {
        return std::string_view{content}.substr(begin + index * size, size);
    }
    [[nodiscard]] bool text() const noexcept { return payload != Payload::Binary; }
};

/// As many as fill `total` bytes, at least one. The same each time.
[[nodiscard]] Messages make_messages(Payload payload, std::size_t size, std::size_t total);

/// The frames of these messages toward a `receiver`, masked with different keys toward a server.
[[nodiscard]] PageBuffer make_wire(const Messages& messages, Role receiver);

/// Messages in groups whose frames fill about `total` bytes.
[[nodiscard]] std::vector<Batch> make_batches(const Messages& messages, std::size_t total);

/// Whether `wire` is the frames of exactly this batch, as `sender` has to write them.
[[nodiscard]] bool holds(std::string_view wire, const Batch& batch, Role sender);

/// "16 KiB".
[[nodiscard]] std::string size_name(std::size_t size);

}  // namespace benchmark

#endif
