// How a peer compresses and inflates, with zlib alone.
#include "compressed.hpp"

#include "groups.hpp"
#include "play.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>

using namespace wsproto;
using support::Feed;

namespace conformance {
namespace {

constexpr std::string_view flushed = {"\x00\x00\xff\xff", 4};

Bytef* pointer(const char* data) {
    return reinterpret_cast<Bytef*>(const_cast<char*>(data));
}

// Compresses one message after the other. RFC 7692 §7.2.1.
class Compressor {
  public:
    explicit Compressor(Direction direction) : takeover_{direction.takeover} {
        ::deflateInit2(&stream_, 6, Z_DEFLATED, -direction.window_bits, 8, Z_DEFAULT_STRATEGY);
    }
    Compressor(const Compressor&) = delete;
    Compressor& operator=(const Compressor&) = delete;
    ~Compressor() { ::deflateEnd(&stream_); }

    std::string operator()(std::string_view message) {
        std::string out(message.size() + message.size() / 8 + 100, '\0');
        stream_.next_in = pointer(message.data());
        stream_.avail_in = static_cast<uInt>(message.size());
        stream_.next_out = pointer(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        ::deflate(&stream_, Z_SYNC_FLUSH);
        out.resize(out.size() - stream_.avail_out - flushed.size());
        if (!takeover_) ::deflateReset(&stream_);
        return out;
    }

  private:
    z_stream stream_{};
    bool takeover_;
};

// Inflates one message after the other; what is not valid gives another text. RFC 7692 §7.2.2.
class Decompressor {
  public:
    explicit Decompressor(Direction direction) : takeover_{direction.takeover} {
        ::inflateInit2(&stream_, -direction.window_bits);
    }
    Decompressor(const Decompressor&) = delete;
    Decompressor& operator=(const Decompressor&) = delete;
    ~Decompressor() { ::inflateEnd(&stream_); }

    std::string operator()(std::string payload, std::size_t expected_size) {
        payload += flushed;
        std::string out(expected_size + 100, '\0');
        stream_.next_in = pointer(payload.data());
        stream_.avail_in = static_cast<uInt>(payload.size());
        stream_.next_out = pointer(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        const int result = ::inflate(&stream_, Z_SYNC_FLUSH);
        out.erase(out.size() - stream_.avail_out);
        const bool valid = result == Z_OK && stream_.avail_in == 0;
        if (!takeover_) ::inflateReset(&stream_);
        return valid ? out : "(what came back does not inflate)";
    }

  private:
    z_stream stream_{};
    bool takeover_;
};

std::string cut_out(const Messages& messages, std::size_t& at) {
    std::string message;
    while (message.size() < messages.size) {
        if (at == messages.data.size()) at = 0;
        message += messages.data.substr(at, messages.size - message.size());
        at += messages.size;
        at = std::min(at, messages.data.size());
    }
    return message;
}

// Another kind of reads each time: whole, cut in two, in small pieces, or byte by byte.
void receive(Echo& echo, BytesView wire, std::size_t turn) {
    const std::size_t small = wire.size() <= 300 ? 1 : 1000 + turn;
    const std::size_t read =
        std::array{wire.size(), 1 + turn % wire.size(), std::size_t{4096}, small}[turn % 4];
    const Feed feed = std::array{Feed::Copied, Feed::InPlace, Feed::InPlaceWithSlack}[turn % 3];
    while (!wire.empty()) {
        const std::size_t size = turn % 4 == 1 && wire.size() > read && wire.size() < 2 * read
                                     ? wire.size()
                                     : std::min(std::max<std::size_t>(read, 1), wire.size());
        echo.receive(wire.first(size), feed);
        wire = wire.subspan(size);
    }
}

}  // namespace

const std::vector<Load>& loads() {
    static const std::vector<Load> rows = {
        {16},         {64},         {256},         {1024},         {4096},         {8192},
        {16384},      {32768},      {65536},       {131072},       {8192, 256},    {16384, 256},
        {32768, 256}, {65536, 256}, {131072, 256}, {131072, 1024}, {131072, 4096}, {131072, 32768},
    };
    return rows;
}

std::vector<std::string> load_ids(const std::string& section) {
    std::vector<std::string> ids;
    for (std::size_t i = 0; i != loads().size(); ++i) {
        ids.push_back(section + '.' + std::to_string(i + 1));
    }
    return ids;
}

void converse(ConnectionType role, const Agreement& agreement, const Messages& messages) {
    const auto delivery = messages.size % 3 == 1 ? Delivery::Chunks : Delivery::Messages;
    Echo echo{role, {.delivery = delivery}, agreement.compression};
    Compressor compress{agreement.to_endpoint};
    Decompressor decompress{agreement.from_endpoint};
    const std::size_t count =
        shortened(std::clamp<std::size_t>(64 * 1024 / messages.size, 2, 200), 2);
    std::size_t at = 0;
    for (std::size_t turn = 0; turn != count; ++turn) {
        const std::string message = cut_out(messages, at);
        const std::string payload = compress(message);
        const std::size_t fragment = messages.fragment == 0 ? payload.size() : messages.fragment;
        Bytes wire;
        for (const PlainFrame& frame : fragments(rsv1 | messages.opcode, payload, fragment)) {
            write(wire, frame, role);
        }
        receive(echo, wire, turn);
        const Frames answer = read(echo.written(), role);
        echo.forget_written();
        REQUIRE(answer.size() == 1);
        CHECK(answer[0].first == (fin | rsv1 | messages.opcode));
        const bool echoed = decompress(answer[0].payload, message.size()) == message;
        REQUIRE(echoed);
    }
    Bytes closing_frame;
    write(closing_frame, {fin | close, close_payload(1000)}, role);
    echo.receive(closing_frame);
    CHECK(read(echo.written(), role) == Frames{{fin | close, close_payload(1000)}});
    CHECK(echo.connection.state() == ConnectionState::Closed);
}

void converse_all(ConnectionType role, const std::string& section, const Agreement& agreement,
                  Messages messages) {
    const std::string by = role == ConnectionType::Server ? ", by a server" : ", by a client";
    const std::vector<std::string> ids = load_ids(section);
    for (std::size_t i = 0; i != ids.size(); ++i) {
        DYNAMIC_SECTION(ids[i] << by) {
            messages.size = shortened(loads()[i].size, 1500);
            messages.fragment = loads()[i].fragment;
            converse(role, agreement, messages);
        }
    }
}

}  // namespace conformance
