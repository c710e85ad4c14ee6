#include "traffic.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <random>

namespace benchmark {
namespace {

using Random = std::mt19937;

std::string_view binary_unit(Random& random) {
    static std::array<char, 1> byte;
    byte[0] = static_cast<char>(random());
    return {byte.data(), 1};
}

std::string_view ascii_unit(Random& random) {
    constexpr std::string_view characters =
        "the quick brown fox jumps over the lazy dog, THE FIVE BOXING WIZARDS JUMP; 0123456789.";
    return characters.substr(random() % characters.size(), 1);
}

std::string_view multibyte_unit(Random& random) {
    static constexpr std::array<std::string_view, 16> units = {
        "ж", "д", "и", "é", "ß", "λ", "ש", "漢", "字", "か", "な", "€", "…", "한", " ", "😀",
    };
    return units[random() % units.size()];
}

std::string_view json_unit(Random& random) {
    static constexpr std::array<std::string_view, 8> keys = {"id",   "user",  "room",     "text",
                                                             "time", "likes", "reply_to", "seen"};
    static constexpr std::array<std::string_view, 8> values = {
        "true", "null", "\"alice\"", "\"bob\"", "\"general\"", "\"see you tomorrow\"", "[]", "{}"};
    static std::string unit;
    unit = "{\"";
    unit += keys[random() % keys.size()];
    unit += "\":";
    unit += random() % 2 == 0 ? std::string{values[random() % values.size()]}
                              : std::to_string(random() % 1'000'000);
    unit += "},";
    return unit;
}

std::string_view next_unit(Payload payload, Random& random) {
    switch (payload) {
        case Payload::Ascii:
            return ascii_unit(random);
        case Payload::Multibyte:
            return multibyte_unit(random);
        case Payload::Json:
            return json_unit(random);
        default:
            return binary_unit(random);
    }
}

// A message ends with a whole code point, so that what is missing is made up of single bytes.
void append_message(Payload payload, std::size_t size, Random& random, PageBuffer& content) {
    const std::size_t end = content.size() + size;
    for (int misses = 0; content.size() < end && misses < 50;) {
        const std::string_view unit = next_unit(payload, random);
        const bool fits = unit.size() <= end - content.size();
        content += fits ? unit : std::string_view{};
        misses += fits ? 0 : 1;
    }
    content.resize(end, 'x');
}

void append_frame(std::string_view payload, unsigned char first, bool masked, Random& random,
                  PageBuffer& wire) {
    const auto put = [&](std::uint64_t byte) { wire += static_cast<char>(byte & 0xFF); };
    const std::uint64_t size = payload.size();
    const unsigned mask_bit = masked ? 0x80 : 0;
    put(first);
    put(mask_bit | (size < 126 ? size : size <= 0xFFFF ? 126 : 127));
    for (int shift = size < 126 ? -8 : size <= 0xFFFF ? 8 : 56; shift >= 0; shift -= 8) {
        put(size >> shift);
    }
    std::array<char, 4> key{};
    if (masked) {
        std::generate(key.begin(), key.end(), [&] { return static_cast<char>(random()); });
        wire.append(key.data(), key.size());
    }
    const std::size_t begin = wire.size();
    wire += payload;
    for (std::size_t index = 0; masked && index < payload.size(); ++index) {
        wire[begin + index] = static_cast<char>(wire[begin + index] ^ key[index % 4]);
    }
}

// Takes a whole message, in one or more frames, off the front of `wire`; false if it is another.
class FrameReader {
  public:
    FrameReader(std::string_view wire, bool masked) noexcept : wire_{wire}, masked_{masked} {}

    bool takes(std::string_view message, unsigned opcode) {
        for (bool fin = false; !fin; opcode = 0) {
            const unsigned first = take(1);
            const std::uint64_t second = take(1);
            fin = (first & 0x80) != 0;
            const std::uint64_t length = second & 0x7F;
            const std::uint64_t size = length < 126 ? length : take(length == 126 ? 2 : 8);
            const bool as_expected = (first & 0x7F) == opcode && (second >= 128) == masked_;
            if (!as_expected || !takes_payload(message, size)) {
                return false;
            }
        }
        return message.empty();
    }

    [[nodiscard]] bool at_end() const noexcept { return wire_.empty(); }

  private:
    unsigned take(std::size_t bytes) {
        unsigned value = 0;
        for (; bytes > 0 && !wire_.empty(); --bytes) {
            value = value << 8 | static_cast<unsigned char>(wire_.front());
            wire_.remove_prefix(1);
        }
        return value;
    }

    bool takes_payload(std::string_view& message, std::uint64_t size) {
        const std::string_view key = masked_ ? wire_.substr(0, 4) : std::string_view{"\0\0\0\0", 4};
        wire_.remove_prefix(masked_ ? key.size() : 0);
        if (key.size() != 4 || size > wire_.size() || size > message.size()) {
            return false;
        }
        for (std::size_t index = 0; index < size; ++index) {
            if ((wire_[index] ^ key[index % 4]) != message[index]) return false;
        }
        wire_.remove_prefix(size);
        message.remove_prefix(size);
        return true;
    }

    std::string_view wire_;
    bool masked_;
};

}  // namespace

std::string_view to_string(Payload payload) noexcept {
    constexpr std::array<std::string_view, 4> names = {"binary", "ASCII text", "multi-byte text",
                                                       "JSON"};
    return names[static_cast<std::size_t>(payload)];
}

Messages make_messages(Payload payload, std::size_t size, std::size_t total) {
    Messages messages{payload, size, std::max<std::size_t>(1, total / size), {}};
    Random random{42};
    messages.content.reserve(size * messages.count);
    for (std::size_t index = 0; index < messages.count; ++index) {
        append_message(payload, size, random, messages.content);
    }
    return messages;
}

PageBuffer make_wire(const Messages& messages, Role receiver) {
    Random random{43};
    PageBuffer wire;
    wire.reserve((messages.size + 14) * messages.count);
    for (std::size_t index = 0; index < messages.count; ++index) {
        append_frame(messages[index], messages.text() ? 0x81 : 0x82, receiver == Role::Server,
                     random, wire);
    }
    return wire;
}

std::vector<Batch> make_batches(const Messages& messages, std::size_t total) {
    const std::size_t in_one = std::max<std::size_t>(1, total / (messages.size + 14));
    std::vector<Batch> batches;
    for (std::size_t index = 0; index < messages.count; ++index) {
        if (index % in_one == 0) {
            batches.push_back({{}, messages.text()});
        }
        batches.back().messages.push_back(messages[index]);
    }
    return batches;
}

bool holds(std::string_view wire, const Batch& batch, Role sender) {
    FrameReader reader{wire, sender == Role::Client};
    for (const std::string_view message : batch.messages) {
        if (!reader.takes(message, batch.text ? 1 : 2)) return false;
    }
    return reader.at_end();
}

std::string size_name(std::size_t size) {
    constexpr std::size_t kilo = 1024;
    constexpr std::array<std::string_view, 4> units = {" B", " KiB", " MiB", " GiB"};
    std::size_t unit = 0;
    for (; unit + 1 < units.size() && size >= kilo && size % kilo == 0; size /= kilo) {
        ++unit;
    }
    return std::to_string(size) + std::string{units[unit]};
}

}  // namespace benchmark
