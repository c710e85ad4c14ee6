// What the tests of compression share: data of two kinds, and messages that are inflated in steps.
#ifndef WSPROTO_TESTS_SUPPORT_DEFLATE_HPP
#define WSPROTO_TESTS_SUPPORT_DEFLATE_HPP

#include "catch.hpp"
#include "support.hpp"

#include <wsproto/bytes.hpp>
#include <wsproto/error_code.hpp>
#include <wsproto/extension.hpp>

#include <zlib.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <random>
#include <string>
#include <string_view>

namespace deflate_support {

using support::concat;
using support::hex;

inline std::string noise(std::size_t size, unsigned seed = 1) {
    std::mt19937 random{seed};
    std::string data(size, '\0');
    std::generate(data.begin(), data.end(), [&] { return static_cast<char>(random()); });
    return data;
}

/// Data that compresses, with matches near and as far back as 32 KiB.
inline std::string sample_text(std::size_t size, unsigned seed = 1) {
    std::mt19937 random{seed};
    std::string text;
    while (text.size() < size) {
        text += R"({"id": )" + std::to_string(random() % 10000) + R"(, "name": "user )";
        text += std::to_string(random() % 100) + R"(", "tags": ["a", "b"]}, )";
    }
    text.resize(size);
    return text;
}

/// Data of which one part in eight occurred shortly before, at any distance within 64 KiB.
inline std::string mixed_data(std::size_t size, unsigned seed = 1) {
    std::mt19937 random{seed};
    std::string data;
    while (data.size() < size) {
        const std::size_t reach = std::min<std::size_t>(data.size(), 65536);
        if (reach > 300 && random() % 8 == 0) {
            data += std::string{data, data.size() - 1 - random() % (reach - 1), random() % 300};
        } else {
            data += static_cast<char>(random());
        }
    }
    data.resize(size);
    return data;
}

/// zlib's own compressor, raw, without any code of the library.
class PlainDeflate {
  public:
    explicit PlainDeflate(int window_bits = 15, std::string_view dictionary = {}, int level = 9,
                          int memory_level = 9) {
        deflateInit2(&stream_, level, Z_DEFLATED, -window_bits, memory_level, Z_DEFAULT_STRATEGY);
        if (dictionary.empty()) return;
        ::deflateSetDictionary(&stream_, pointer(dictionary), static_cast<uInt>(dictionary.size()));
    }
    PlainDeflate(const PlainDeflate&) = delete;
    PlainDeflate& operator=(const PlainDeflate&) = delete;
    ~PlainDeflate() { ::deflateEnd(&stream_); }

    /// Z_SYNC_FLUSH, or Z_FINISH for a stream that ends with a final block.
    wsproto::Bytes operator()(std::string_view text, int flush) {
        wsproto::Bytes out(text.size() * 2 + 100);
        stream_.next_in = pointer(text);
        stream_.avail_in = static_cast<uInt>(text.size());
        stream_.next_out = reinterpret_cast<Bytef*>(out.data());
        stream_.avail_out = static_cast<uInt>(out.size());
        ::deflate(&stream_, flush);
        out.resize(out.size() - stream_.avail_out);
        return out;
    }

    /// The payload of a message: flushed, and without the last four bytes.
    wsproto::Bytes message(std::string_view text) {
        wsproto::Bytes out = (*this)(text, Z_SYNC_FLUSH);
        out.resize(out.size() - 4);
        return out;
    }

  private:
    static Bytef* pointer(std::string_view text) {
        return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
    }

    z_stream stream_{};
};

/// What zlib makes of deflated data, without any code of the library; nothing if it is invalid.
///
/// In small steps: what lies further back in the same output is there for zlib, too, however small
/// the window.
inline std::optional<std::string> plain_inflate(wsproto::BytesView in, int window_bits,
                                                std::size_t expected_size) {
    std::string out(expected_size + 100, '\0');
    z_stream stream{};
    inflateInit2(&stream, -window_bits);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(in.data()));
    stream.avail_in = static_cast<uInt>(in.size());
    stream.next_out = reinterpret_cast<Bytef*>(out.data());
    int result = Z_OK;
    while (result == Z_OK && stream.avail_out == 0 && stream.total_out < out.size()) {
        stream.avail_out =
            static_cast<uInt>(std::min<std::size_t>(64, out.size() - stream.total_out));
        result = ::inflate(&stream, Z_SYNC_FLUSH);
    }
    ::inflateEnd(&stream);
    const bool valid = (result == Z_OK || result == Z_BUF_ERROR) && stream.avail_in == 0;
    return valid ? std::optional{out.substr(0, stream.total_out)} : std::nullopt;
}

/// What came of a message, and in how many steps.
struct Inflated {
    std::string text{};
    wsproto::Error error{};
    std::size_t steps = 0;
};

/// Runs `step(out)` with `out` of that size while there is more; every step has to get on.
template <typename NextStep>
void run_steps(Inflated& inflated, std::size_t out_size, NextStep step) {
    wsproto::Bytes out(out_size);
    wsproto::Step done{.more = true};
    while (done.more && inflated.error == wsproto::Error::None) {
        done = step(wsproto::MutableBytesView{out});
        REQUIRE(done.produced <= out_size);
        inflated.text += wsproto::as_text(wsproto::BytesView{out}.first(done.produced));
        inflated.error = done.error;
        ++inflated.steps;
    }
}

/// Hands a piece of a payload to `inflate(in, out)`.
template <typename Inflate>
void feed(Inflated& inflated, wsproto::BytesView in, std::size_t out_size, Inflate inflate) {
    run_steps(inflated, out_size, [&](wsproto::MutableBytesView out) {
        const std::size_t before = in.size();
        const wsproto::Step done = inflate(in, out);
        REQUIRE((in.size() < before || done.produced != 0 || !done.more));
        REQUIRE((in.empty() || done.more || done.error != wsproto::Error::None));
        return done;
    });
}

}  // namespace deflate_support

#endif
