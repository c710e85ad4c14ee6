// The exceptions of a connection: one for the caller's mistakes, one for the peer's. Which
// complaint is which is a matter of error_code.hpp.
#ifndef WSPROTO_ERRORS_HPP
#define WSPROTO_ERRORS_HPP

#include <wsproto/error_code.hpp>
#include <wsproto/events.hpp>
#include <wsproto/headers.hpp>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <utility>

namespace wsproto {

/// The base of both protocol errors.
class ProtocolError : public std::runtime_error {
  public:
    ProtocolError(Error error, const std::string& what) : std::runtime_error{what}, error_{error} {}

    /// The complaint, of the category "wsproto"; compare with an `Error`.
    [[nodiscard]] std::error_code code() const noexcept { return error_; }

    /// The complaint as an enumerator.
    [[nodiscard]] Error error() const noexcept { return error_; }

  private:
    Error error_;
};

/// The caller's mistake. Nothing was sent, and the connection is as it was.
class LocalProtocolError : public ProtocolError {
  public:
    using ProtocolError::ProtocolError;
};

/// A complete HTTP request that is no valid WebSocket handshake; kept for a server on a shared
/// port.
struct RefusedRequest {
    std::string method{};
    std::string target{};
    Headers headers{};  ///< All of them; names in lower case, order kept.
};

/// The peer's mistake. The receive side is dead; `event_hint()` is what to send.
///
/// Copies share what they tell, and copying throws nothing.
class RemoteProtocolError : public ProtocolError {
  public:
    RemoteProtocolError(Error error, const std::string& what, std::optional<Event> hint,
                        RefusedRequest request = {})
        : ProtocolError{error, what},
          told_{std::make_shared<Told>(Told{std::move(hint), std::move(request)})} {}

    // What is moved is copied, so that no object is without what it tells.
    RemoteProtocolError(const RemoteProtocolError&) noexcept = default;
    RemoteProtocolError& operator=(const RemoteProtocolError&) noexcept = default;
    ~RemoteProtocolError() override = default;

    /// What to answer: a `CloseConnection` once open, a `RejectConnection` on a server's handshake,
    /// nothing where nothing can be sent.
    [[nodiscard]] const std::optional<Event>& event_hint() const noexcept { return told_->hint; }

    /// The request whose head was complete but no WebSocket handshake; else everything is empty.
    [[nodiscard]] const std::string& method() const noexcept { return told_->request.method; }
    [[nodiscard]] const std::string& target() const noexcept { return told_->request.target; }
    [[nodiscard]] const Headers& headers() const noexcept { return told_->request.headers; }

  private:
    struct Told {
        std::optional<Event> hint;
        RefusedRequest request;
    };

    std::shared_ptr<const Told> told_;
};

}  // namespace wsproto

#endif
