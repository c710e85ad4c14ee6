#include <wsproto/detail/response_body.hpp>

#include "support.hpp"

#include <cstddef>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

constexpr HeadBudget plenty{.size = 1000, .fields = 10};

/// What a body is read as: its data, then "|" at its end, "!" at a mistake; what is left behind it.
std::string read(BodyFraming framing, const support::Pieces& pieces, HeadBudget budget) {
    ResponseBody body{framing};
    std::string text;
    for (const BytesView piece : pieces) {
        Bytes bytes = support::concat({piece});
        MutableBytesView in{bytes};
        Progress progress =
            text.ends_with('|') || text.ends_with('!') ? Progress::NeedMore : Progress::Ready;
        while (progress == Progress::Ready) {
            RejectData data;
            progress = body.read(in, budget, data);
            if (progress == Progress::Ready) {
                text += as_text(data.data);
                if (data.body_finished) break;
            }
        }
        if (progress == Progress::Ready) text += '|';
        if (progress == Progress::Failed) text += '!';
    }
    return text;
}

/// The same for every split.
std::string read(BodyFraming framing, std::string_view input, HeadBudget budget = plenty) {
    std::string whole = read(framing, support::Pieces{as_bytes(input)}, budget);
    support::for_each_split(as_bytes(input), [&](const support::Pieces& pieces) {
        CHECK(read(framing, pieces, budget) == whole);
    });
    return whole;
}

std::string chunked(std::string_view input, HeadBudget budget = plenty) {
    return read({.kind = BodyKind::Chunked}, input, budget);
}

}  // namespace

TEST_CASE("a body of known length ends there") {
    CHECK(read({.length = 5}, "hello") == "hello|");
    CHECK(read({.length = 5}, "hell") == "hell");
    CHECK(read({.length = 5}, "hello, world") == "hello|");
    CHECK(read({.length = ~std::uint64_t{0}}, "hello") == "hello");
}

TEST_CASE("a body of no length ends at once, without any input") {
    ResponseBody body{BodyFraming{}};
    MutableBytesView in{};
    RejectData piece{.body_finished = false};
    CHECK(body.read(in, plenty, piece) == Progress::Ready);
    CHECK(piece.data.empty());
    CHECK(piece.body_finished);
}

TEST_CASE("a body of unknown length goes on while there is input") {
    CHECK(read({.kind = BodyKind::UntilEnd}, "hello") == "hello");
    CHECK(ResponseBody{{.kind = BodyKind::UntilEnd}}.ends_with_transport());
    CHECK_FALSE(ResponseBody{{.kind = BodyKind::Chunked}}.ends_with_transport());
    CHECK_FALSE(ResponseBody{{.length = 1}}.ends_with_transport());
}

TEST_CASE("chunks are joined") {
    CHECK(chunked("0\r\n\r\n") == "|");
    CHECK(chunked("5\r\nhello\r\n0\r\n\r\nmore") == "hello|");
    CHECK(chunked("005\r\nhello\r\n000C\r\n, wide world\r\n000\r\n\r\n") == "hello, wide world|");
    CHECK(chunked("a\r\n0123456789\r\n0\r\n\r\n") == "0123456789|");
    CHECK(chunked("5\r\nhel") == "hel");
    CHECK(chunked("5\r\nhello\r\n0\r\n") == "hello");
}

TEST_CASE("what a chunk holds is not looked at") {
    CHECK(chunked("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n") == "\r\n0\r\n\r\n|");
}

TEST_CASE("chunk extensions are skipped") {
    CHECK(chunked("2;a=b;c=\"d\"\r\nhi\r\n0 ; e\t\r\n\r\n") == "hi|");
    CHECK(chunked("2\t;a\r\nhi\r\n0\r\n\r\n") == "hi|");
    CHECK(chunked("2;\x01\r\nhi\r\n") == "!");
    CHECK(chunked("2;a\nhi\r\n") == "!");
}

TEST_CASE("a chunk has a size in hexadecimal digits") {
    CHECK(chunked("\r\n") == "!");
    CHECK(chunked("x\r\n") == "!");
    CHECK(chunked("-2\r\nhi\r\n") == "!");
    CHECK(chunked("0x2\r\nhi\r\n") == "!");
    CHECK(chunked(" 2\r\nhi\r\n") == "!");
    CHECK(chunked(";\r\n") == "!");
}

TEST_CASE("the size of a chunk does not wrap") {
    CHECK(chunked("FFFFFFFFFFFFFFFF\r\nhi") == "hi");
    CHECK(chunked("10000000000000000\r\nhi") == "!");
    CHECK(chunked("00000000000000000002\r\nhi\r\n0\r\n\r\n") == "hi|");
}

TEST_CASE("every line around a chunk ends in CRLF") {
    CHECK(chunked("2\nhi\r\n0\r\n\r\n") == "!");
    CHECK(chunked("2\rxhi\r\n0\r\n\r\n") == "!");  // Debian's llhttp reads "hi"
    CHECK(chunked("2\r\nhi\n0\r\n\r\n") == "hi!");
    CHECK(chunked("2\r\nhi\rx0\r\n\r\n") == "hi!");
    CHECK(chunked("2\r\nhix\r\n0\r\n\r\n") == "hi!");
    CHECK(chunked("0\r\n\n") == "!");
    CHECK(chunked("0\r\n\rx") == "!");
}

TEST_CASE("trailers are skipped, but not unchecked") {
    CHECK(chunked("0\r\na: b\r\nc:d\r\n\r\n") == "|");
    CHECK(chunked("0\r\na : b\r\n\r\n") == "!");
    CHECK(chunked("0\r\na: b\n\r\n") == "!");
    CHECK(chunked("0\r\na: b\r\n c\r\n\r\n") == "!");
}

TEST_CASE("trailers count against what the heads left of the limits") {
    const std::string_view body = "0\r\na: b\r\n\r\n";
    CHECK(chunked(body, {.size = 8, .fields = 1}) == "|");
    CHECK(chunked(body, {.size = 7, .fields = 1}) == "!");
    CHECK(chunked(body, {.size = 8, .fields = 0}) == "!");
    CHECK(chunked("0\r\n\r\n", {.size = 0, .fields = 0}) == "!");
}

TEST_CASE("a mistake in a body has a name") {
    const auto error = [](std::string_view input, HeadBudget budget) {
        Bytes bytes = support::concat({as_bytes(input)});
        MutableBytesView in{bytes};
        ResponseBody body{{.kind = BodyKind::Chunked}};
        RejectData piece;
        CHECK(body.read(in, budget, piece) == Progress::Failed);
        return body.error();
    };
    CHECK(error("x", plenty) == Error::BadHttpMessage);
    CHECK(error("0\r\n\r\n", {.size = 1, .fields = 0}) == Error::HeadTooLarge);
    CHECK(error("0\r\na:b\r\n\r\n", {.size = 9, .fields = 0}) == Error::TooManyHeaders);
}

TEST_CASE("an endless chunk extension takes no memory") {
    ResponseBody body{{.kind = BodyKind::Chunked}};
    const std::size_t before = support::allocations().count;
    std::array<std::byte, 64> piece_of_extension{};
    piece_of_extension.fill(std::byte{';'});
    piece_of_extension[0] = std::byte{'1'};
    for (int round = 0; round != 10'000; ++round) {
        MutableBytesView in{piece_of_extension};
        RejectData piece;
        REQUIRE(body.read(in, plenty, piece) == Progress::NeedMore);
        piece_of_extension[0] = std::byte{';'};
    }
    CHECK(support::allocations().count == before);
}
