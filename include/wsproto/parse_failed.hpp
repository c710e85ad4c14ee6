// The exception of the frame layer, for those who use it without a connection.
#ifndef WSPROTO_PARSE_FAILED_HPP
#define WSPROTO_PARSE_FAILED_HPP

#include <wsproto/close_reason.hpp>
#include <wsproto/error_code.hpp>

#include <stdexcept>
#include <string>

namespace wsproto {

/// The bytes break the protocol; nothing that follows them can be read.
class ParseFailed : public std::runtime_error {
  public:
    ParseFailed(Error error, const std::string& what) : std::runtime_error{what}, error_{error} {}

    /// The close code to send.
    [[nodiscard]] CloseReason code() const noexcept { return close_code(error_); }

    /// The complaint as an enumerator.
    [[nodiscard]] Error error() const noexcept { return error_; }

  private:
    Error error_;
};

}  // namespace wsproto

#endif
