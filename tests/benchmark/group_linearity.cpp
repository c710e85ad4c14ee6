// Whether a byte costs the same however many of them there are: one message of up to 1 GiB, whose
// pieces are never held, and heads of up to 16 KiB that come byte by byte. The contestants of a row
// are sizes.
#include "groups.hpp"
#include "page_buffer.hpp"

#include <wsproto/wsproto.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <variant>

namespace benchmark {
namespace {

constexpr std::string_view group = "linearity";
constexpr std::size_t slack = 64;
constexpr std::size_t read_size = 64 * 1024;
constexpr std::size_t kilo = 1024;
constexpr std::size_t message_sizes_in_kib[] = {64, kilo, 16 * kilo, 256 * kilo, kilo* kilo};
constexpr std::size_t head_sizes[] = {kilo, 4 * kilo, 16 * kilo};

wsproto::Options unlimited() {
    constexpr auto any = std::numeric_limits<std::uint64_t>::max();
    return {.limits = {.frame_size = any, .message_size = any}};
}

/// A server that reads the head of a frame, and then the same masked bytes again and again.
class LongMessage {
  public:
    explicit LongMessage(std::uint64_t size)
        : size_{size},
          content_{make_messages(Payload::Binary, read_size, read_size)},
          masked_{make_wire(content_, Role::Server).substr(largest_header)},
          buffer_(largest_header + read_size + slack, '\0') {
        const PageBuffer wire = make_wire(content_, Role::Server);
        std::copy_n(wire.begin(), largest_header, header_.begin());
        for (std::size_t index = 0; index < sizeof size_; ++index) {
            header_[2 + index] = static_cast<char>(size_ >> (56 - 8 * index));
        }
    }

    /// Returns whether the message has come, every byte of it as it was sent.
    bool receive(bool checks = false) {
        std::uint64_t received = 0;
        bool finished = false;
        for (std::uint64_t sent = 0; sent < size_; sent += read_size) {
            lend(sent == 0);
            for (const wsproto::Event& event : server_.events()) {
                const auto* const bytes = std::get_if<wsproto::BytesMessage>(&event);
                if (bytes == nullptr) return false;
                if (checks && !is_right(wsproto::as_text(bytes->data), received)) return false;
                received += bytes->data.size();
                finished = bytes->message_finished;
            }
        }
        return finished && received == size_;
    }

  private:
    static constexpr std::size_t largest_header = 14;

    /// One read; the first has the head in front.
    void lend(bool first) {
        const std::size_t payload = largest_header;
        copy_bytes(buffer_.data() + payload, masked_.data(), read_size);
        std::copy(header_.begin(), header_.end(), buffer_.begin());
        const auto bytes = std::as_writable_bytes(std::span{buffer_});
        server_.receive_data_in_place(
            first ? bytes.first(payload + read_size) : bytes.subspan(payload, read_size), slack);
    }

    [[nodiscard]] bool is_right(std::string_view piece, std::uint64_t received) const {
        const auto at = static_cast<std::size_t>(received % read_size);
        return piece == std::string_view{content_.content}.substr(at, piece.size());
    }

    std::uint64_t size_;
    Messages content_;
    PageBuffer masked_;
    PageBuffer buffer_;
    std::array<char, largest_header> header_{};
    wsproto::Connection server_{wsproto::ConnectionType::Server, {}, {}, unlimited()};
};

void measure_messages(Harness& harness) {
    const std::string row = "1 KiB of a binary message of this size, reads of 64 KiB";
    if (!harness.wants(group, row)) {
        return;
    }
    std::vector<Contestant> contestants;
    for (const std::size_t kibs : message_sizes_in_kib) {
        const std::size_t size = kibs * kilo;
        const auto message = std::make_shared<LongMessage>(size);
        if (harness.options().brief && size > kilo * kilo) {
            continue;
        }
        if (!message->receive(true)) {
            harness.complain(group, row, size_name(size));
            continue;
        }
        contestants.push_back({size_name(size), Kind::Ours, [message] { message->receive(); },
                               static_cast<double>(kibs)});
    }
    harness.time(std::string{group}, row, 1, std::move(contestants));
}

/// The request of the other groups with more fields, as many bytes as `size`.
std::string head_of(std::size_t size) {
    constexpr std::string_view name = "X-Filling: ";
    constexpr std::size_t longest = 250;
    const std::string_view request = canned_request();
    std::string head{request.substr(0, request.size() - 2)};
    for (std::size_t missing = size - request.size(); missing > 0;) {
        const bool is_last = missing <= longest;
        const std::size_t field = is_last ? missing : std::min(longest, missing - longest / 2);
        head += name;
        head.append(field - name.size() - 2, 'x');
        head += "\r\n";
        missing -= field;
    }
    return head + "\r\n";
}

/// Returns whether the connection was open at the end.
bool accept_byte_by_byte(const std::string& head, wsproto::Bytes& out) {
    wsproto::WSConnection server{wsproto::ConnectionType::Server};
    for (const char byte : head) {
        server.receive_data(wsproto::as_bytes({&byte, 1}));
        for (const wsproto::Event& event : server.events()) {
            if (std::holds_alternative<wsproto::Request>(event)) {
                server.send(wsproto::AcceptConnection{}, out);
            }
        }
    }
    return server.state() == wsproto::ConnectionState::Open;
}

void measure_heads(Harness& harness) {
    const std::string row = "1 B of a request of this size, byte by byte";
    if (!harness.wants(group, row)) {
        return;
    }
    std::vector<Contestant> contestants;
    const auto out = std::make_shared<wsproto::Bytes>();
    for (const std::size_t size : head_sizes) {
        const std::string head = head_of(size);
        if (head.size() != size || !accept_byte_by_byte(head, *out)) {
            harness.complain(group, row, size_name(size));
            continue;
        }
        contestants.push_back({size_name(size), Kind::Ours,
                               [head, out] {
                                   out->clear();
                                   accept_byte_by_byte(head, *out);
                               },
                               static_cast<double>(size)});
    }
    harness.time(std::string{group}, row, 1, std::move(contestants));
}

}  // namespace

void measure_linearity(Harness& harness) {
    measure_messages(harness);
    measure_heads(harness);
}

}  // namespace benchmark
