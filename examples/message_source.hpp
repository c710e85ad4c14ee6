// What the echo client sends, one message after the other: given on the command line, or the lines
// of a file descriptor as they arrive.
#ifndef WSPROTO_EXAMPLES_MESSAGE_SOURCE_HPP
#define WSPROTO_EXAMPLES_MESSAGE_SOURCE_HPP

#include "posix_socket.hpp"

#include <unistd.h>

#include <array>
#include <cstddef>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

/// Ask for the `next`; if there is none and it is not `exhausted`, `read` when that is possible.
class MessageSource {
  public:
    explicit MessageSource(std::deque<std::string> messages) : messages_{std::move(messages)} {}
    explicit MessageSource(int descriptor) : descriptor_{descriptor} {}

    [[nodiscard]] bool exhausted() const noexcept { return messages_.empty() && descriptor_ < 0; }

    /// What to poll before `read`; negative once there is nothing more.
    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

    [[nodiscard]] std::optional<std::string> next() {
        if (messages_.empty()) return std::nullopt;
        std::string message = std::move(messages_.front());
        messages_.pop_front();
        return message;
    }

    /// Waits for input if there is none yet.
    void read() {
        std::array<char, 16 * 1024> buffer{};
        const ssize_t count = ::read(descriptor_, buffer.data(), buffer.size());
        if (count < 0) throw posix::system_error("cannot read the messages");
        if (count == 0) return finish();
        unfinished_.append(buffer.data(), static_cast<std::size_t>(count));
        split();
    }

  private:
    void split() {
        std::size_t begin = 0;
        for (std::size_t end = 0; (end = unfinished_.find('\n', begin)) != std::string::npos;) {
            messages_.push_back(unfinished_.substr(begin, end - begin));
            begin = end + 1;
        }
        unfinished_.erase(0, begin);
    }

    void finish() {
        if (!unfinished_.empty()) messages_.push_back(std::move(unfinished_));
        descriptor_ = -1;
    }

    std::deque<std::string> messages_{};
    std::string unfinished_{};
    int descriptor_ = -1;
};

#endif
