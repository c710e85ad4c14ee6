// A message that was sent, and whether its echo is the same; the echo is compared as it arrives and
// never held.
#ifndef WSPROTO_EXAMPLES_ECHO_CHECK_HPP
#define WSPROTO_EXAMPLES_ECHO_CHECK_HPP

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

/// Give it each piece of the echo, then ask.
class EchoCheck {
  public:
    explicit EchoCheck(std::string message) : message_{std::move(message)} {}

    void take(std::string_view piece) {
        const auto expected = std::string_view{message_}.substr(received_, piece.size());
        equal_ = equal_ && piece == expected;
        received_ += expected.size();
        ++pieces_;
    }

    [[nodiscard]] bool is_whole() const noexcept { return equal_ && received_ == message_.size(); }
    [[nodiscard]] const std::string& message() const noexcept { return message_; }
    [[nodiscard]] std::size_t pieces() const noexcept { return pieces_; }

  private:
    std::string message_;
    std::size_t received_ = 0;
    std::size_t pieces_ = 0;
    bool equal_ = true;
};

#endif
