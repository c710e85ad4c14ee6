// What the fuzz targets share: the input as a source of choices, claims that end the process where
// they do not hold, and endpoints that are fed and drained under watch. Knows no target.
#ifndef WSPROTO_TESTS_FUZZ_FUZZ_HPP
#define WSPROTO_TESTS_FUZZ_FUZZ_HPP

#include <wsproto/wsproto.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

namespace fuzz {

using namespace wsproto;  // NOLINT: the targets are about nothing else

/// Ends the process unless the claim holds: libFuzzer keeps the input, and a replay fails.
inline void claim(bool holds, std::string_view what) {
    if (!holds) {
        std::fprintf(stderr, "broken: %.*s\n", static_cast<int>(what.size()), what.data());
        std::abort();
    }
}

/// Bytes of the heap that are in use; defined by who runs the target.
std::size_t heap_in_use();

/// What the fuzzer made up, read from the front. Zeros follow its end.
class Input {
  public:
    explicit Input(BytesView bytes) noexcept : rest_{bytes} {}

    unsigned byte() noexcept {
        const BytesView next = take(1);
        return next.empty() ? 0U : std::to_integer<unsigned>(next.front());
    }

    std::size_t word() noexcept {
        const std::size_t high = byte();
        return high << 8U | byte();
    }

    /// As many as there are, `size` at most.
    BytesView take(std::size_t size) noexcept {
        const BytesView taken = rest_.first(std::min(size, rest_.size()));
        rest_ = rest_.subspan(taken.size());
        return taken;
    }

    [[nodiscard]] BytesView rest() const noexcept { return rest_; }
    [[nodiscard]] bool empty() const noexcept { return rest_.empty(); }

  private:
    BytesView rest_;
};

/// Up to eight choices of one byte.
class Choices {
  public:
    explicit Choices(unsigned bits) noexcept : bits_{bits} {}
    [[nodiscard]] bool operator[](unsigned bit) const noexcept { return (bits_ >> bit & 1U) != 0; }

  private:
    unsigned bits_;
};

/// Adds both parts of a frame to what is to be written.
inline void append(Bytes& out, const OutgoingFrame& frame) {
    // Not by detail::append, where GCC 12 at -O2 imagines a header of more bytes than there are.
    const BytesView header = frame.header();
    out.insert(out.end(), header.begin(), header.end());
    detail::append(out, frame.payload());
}

/// A copy that ends where its allocation ends, so that a sanitizer sees what is read behind it.
class ExactCopy {
  public:
    /// With `front` bytes before it, to be aligned in any way, and `slack` behind it.
    explicit ExactCopy(BytesView bytes, std::size_t slack = 0, std::size_t front = 0)
        : memory_(front + bytes.size() + slack, filling), front_{front}, slack_{slack} {
        memory_.shrink_to_fit();
        std::copy(bytes.begin(), bytes.end(), this->bytes().begin());
    }

    [[nodiscard]] MutableBytesView bytes() noexcept {
        return MutableBytesView{memory_}.subspan(front_, memory_.size() - front_ - slack_);
    }

    /// Whether what is around the bytes is as it was.
    [[nodiscard]] bool untouched_around() const noexcept {
        const auto is_filling = [](std::byte byte) { return byte == filling; };
        const BytesView all{memory_};
        const BytesView front = all.first(front_);
        const BytesView slack = all.last(slack_);
        return std::all_of(front.begin(), front.end(), is_filling) &&
               std::all_of(slack.begin(), slack.end(), is_filling);
    }

    void overwrite() noexcept { std::fill(memory_.begin(), memory_.end(), std::byte{0xdd}); }

  private:
    static constexpr std::byte filling{0xee};
    Bytes memory_;
    std::size_t front_;
    std::size_t slack_;
};

/// Always the same bytes, so that what is sent can be compared.
inline RandomSource fixed_random() {
    return [next = 0U](MutableBytesView out) mutable {
        for (std::byte& byte : out) {
            byte = static_cast<std::byte>(next++ * 37 + 11);
        }
    };
}

/// Limits that small inputs reach.
inline Limits small_limits() {
    return {.handshake_size = 600,
            .handshake_headers = 10,
            .frame_size = 80,
            .message_size = 100,
            .fragments = 4,
            .early_data = 40,
            .chunk_size = min_chunk_size};
}

/// Counts what goes in and comes out: every step takes bytes, shows payload, or is the last.
class Balance {
  public:
    void receive(std::size_t size) noexcept { received_ += size; }

    void show(const Event& event) {
        ++events_;
        if (const auto* const text = std::get_if<TextMessage>(&event)) {
            shown_ += text->data.size();
        } else if (const auto* const bytes = std::get_if<BytesMessage>(&event)) {
            shown_ += bytes->data.size();
        }
        claim(events_ <= 16 + 4 * received_ + shown_ / 16, "every step takes bytes or shows some");
        claim(shown_ <= 1024 + 1100 * received_, "deflate gives no more than 1032 for one");
    }

    [[nodiscard]] std::size_t received() const noexcept { return received_; }
    [[nodiscard]] std::size_t shown() const noexcept { return shown_; }

  private:
    std::size_t received_ = 0;
    std::size_t events_ = 0;
    std::size_t shown_ = 0;
};

/// What a mistake of the peer's has to be: a documented one, with the hint that belongs to it.
template <typename Endpoint>
void claim_documented(const RemoteProtocolError& error, const Endpoint& endpoint) {
    claim(error.error() != Error::None && !is_local(error.error()), "the peer made the mistake");
    claim(error.error() != Error::ExtensionStalled, "no extension stalls");
    claim(std::string_view{error.what()}.starts_with(message(error.error())), "the table's words");
    const auto& hint = error.event_hint();
    claim(hint.has_value() == endpoint.event_hint().has_value(), "one hint, wherever it is asked");
    if (!hint) return;
    if (const auto* const close = std::get_if<CloseConnection>(&*hint)) {
        claim(close->code == close_code(error.error()), "the close code of the table");
        claim(endpoint.state() == ConnectionState::RemoteClosing, "a Close may be sent");
    } else {
        const auto& reject = std::get<RejectConnection>(*hint);
        const bool upgrade = reject.status_code == 426;
        claim(upgrade || reject.status_code == http_status(error.error()), "the table's status");
        claim(endpoint.state() == ConnectionState::Connecting, "a rejection may be sent");
    }
}

/// Drains, and shows each event; returns the peer's mistake, if any. Nothing else may be thrown.
template <typename Endpoint, typename OnEvent>
Error drain(Endpoint& endpoint, Balance& balance, OnEvent on_event) {
    try {
        for (const Event& event : endpoint.events()) {
            balance.show(event);
            on_event(event);
        }
    } catch (const RemoteProtocolError& error) {
        claim_documented(error, endpoint);
        return error.error();
    }
    return Error::None;
}

/// Feeds, then calls `use`: copied if `how` is 0, else in place with some slack. What was lent is
/// overwritten behind that.
template <typename Endpoint, typename Use>
void lend(Endpoint& endpoint, BytesView piece, std::size_t how, Use use) {
    if (how % 4 == 0) {
        endpoint.receive_data(piece);
        use();
        return;
    }
    const std::size_t slack = how % 4 == 1 ? 0 : how % 4 == 2 ? 64 : how % 80;
    ExactCopy lent{piece, slack};
    endpoint.receive_data_in_place(lent.bytes(), slack);
    use();
    claim(lent.untouched_around(), "slack is rewritten unchanged");
    lent.overwrite();
}

/// Calls `feed(piece)` with pieces of that size; 0 is all at once.
template <typename Feed>
void in_pieces(BytesView bytes, std::size_t size, Feed feed) {
    do {
        const std::size_t count = size == 0 ? bytes.size() : std::min(size, bytes.size());
        feed(bytes.first(count));
        bytes = bytes.subspan(count);
    } while (!bytes.empty());
}

}  // namespace fuzz

#endif
