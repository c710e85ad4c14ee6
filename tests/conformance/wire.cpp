// How plain frames are written and read.
#include "wire.hpp"

#include "catch.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>

namespace conformance {
namespace {

using Key = std::array<unsigned char, 4>;

Key next_key() {
    static std::uint32_t state = 0x37fa213d;
    state = state * 1664525U + 1013904223U;
    Key key{};
    std::memcpy(key.data(), &state, key.size());
    return key;
}

// In words, since some payloads are large.
void mask(std::byte* data, std::size_t size, Key key) {
    std::uint32_t word = 0;
    std::memcpy(&word, key.data(), sizeof word);
    const std::uint64_t twice = std::uint64_t{word} << 32U | word;
    std::size_t at = 0;
    for (; at + sizeof twice <= size; at += sizeof twice) {
        std::uint64_t value = 0;
        std::memcpy(&value, data + at, sizeof value);
        value ^= twice;
        std::memcpy(data + at, &value, sizeof value);
    }
    for (; at != size; ++at) {
        data[at] ^= std::byte{key[at % key.size()]};
    }
}

std::size_t length_bytes(std::size_t size) {
    return size <= 125 ? 0 : size <= 65535 ? 2 : 8;
}

// Reads frame after frame, and demands that all bytes are there.
class Reader {
  public:
    Reader(BytesView wire, bool masked) : wire_{wire}, masked_{masked} {}

    [[nodiscard]] bool done() const { return wire_.empty() || !sound_; }

    /// Whether all that was taken was there, and in its form.
    [[nodiscard]] bool sound() const { return sound_; }

    PlainFrame next() {
        PlainFrame frame{.first = take_byte()};
        const unsigned second = take_byte();
        sound_ = sound_ && (second >= 0x80) == masked_;
        const std::size_t size = take_length(second & 0x7fU);
        Key key{};
        if (masked_) {
            std::generate(key.begin(), key.end(),
                          [this] { return static_cast<unsigned char>(take_byte()); });
        }
        sound_ = sound_ && size <= wire_.size();
        if (!sound_) return frame;
        frame.payload = wsproto::as_text(wire_.first(size));
        mask(reinterpret_cast<std::byte*>(frame.payload.data()), size, key);
        wire_ = wire_.subspan(size);
        return frame;
    }

  private:
    unsigned take_byte() {
        sound_ = sound_ && !wire_.empty();
        if (!sound_) return 0;
        const auto byte = std::to_integer<unsigned>(wire_.front());
        wire_ = wire_.subspan(1);
        return byte;
    }

    std::size_t take_length(unsigned form) {
        if (form <= 125) return form;
        std::size_t size = 0;
        const std::size_t bytes = form == 126 ? 2 : 8;
        for (std::size_t i = 0; i != bytes; ++i) {
            size = size << 8U | take_byte();
        }
        sound_ = sound_ && length_bytes(size) == bytes;
        return size;
    }

    BytesView wire_;
    bool masked_;
    bool sound_ = true;
};

}  // namespace

std::string close_payload(unsigned code, const std::string& reason) {
    return std::string{static_cast<char>(code / 256), static_cast<char>(code % 256)} + reason;
}

std::size_t header_size(ConnectionType receiver, std::size_t payload_size) {
    return 2 + length_bytes(payload_size) + (receiver == ConnectionType::Server ? 4 : 0);
}

void write(Bytes& out, const PlainFrame& frame, ConnectionType receiver) {
    const bool masked = receiver == ConnectionType::Server;
    const std::size_t size = frame.payload.size();
    const std::size_t bytes = length_bytes(size);
    const std::size_t form = bytes == 0 ? size : bytes == 2 ? 126 : 127;
    out.push_back(static_cast<std::byte>(frame.first));
    out.push_back(static_cast<std::byte>((masked ? 0x80 : 0) | form));
    for (std::size_t i = bytes; i != 0; --i) {
        out.push_back(static_cast<std::byte>(size >> 8 * (i - 1)));
    }
    const Key key = masked ? next_key() : Key{};
    if (masked) {
        const BytesView bytes_of_key = std::as_bytes(std::span{key});
        out.insert(out.end(), bytes_of_key.begin(), bytes_of_key.end());
    }
    const std::size_t begin = out.size();
    out.resize(begin + size);
    std::copy_n(wsproto::as_bytes(frame.payload).data(), size, out.data() + begin);
    mask(out.data() + begin, size, key);
}

std::vector<PlainFrame> read(BytesView wire, ConnectionType sender) {
    Reader reader{wire, sender == ConnectionType::Client};
    std::vector<PlainFrame> frames;
    while (!reader.done()) {
        frames.push_back(reader.next());
    }
    REQUIRE(reader.sound());
    return frames;
}

}  // namespace conformance
