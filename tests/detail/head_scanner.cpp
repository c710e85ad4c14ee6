#include <wsproto/detail/head_scanner.hpp>

#include "support.hpp"

#include <cstddef>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

constexpr HeadBudget plenty{.size = 1'000'000, .fields = 1000};

/// "complete", "needs more", or the complaint; and how many bytes were taken before it.
struct Outcome {
    std::string what;
    std::size_t taken;

    friend bool operator==(const Outcome&, const Outcome&) = default;
    friend std::ostream& operator<<(std::ostream& out, const Outcome& outcome) {
        return out << outcome.what << " after " << outcome.taken;
    }
};

Outcome scan(HeadKind kind, const support::Pieces& pieces, HeadBudget budget) {
    HeadScanner scanner{kind};
    for (const BytesView piece : pieces) {
        const auto result = scanner.scan(as_text(piece), budget);
        if (result.error != Error::None) {
            return {std::string{message(result.error)}, scanner.size()};
        }
        if (scanner.complete()) {
            return {"complete", scanner.size()};
        }
        CHECK(result.size == piece.size());
    }
    return {"needs more", scanner.size()};
}

/// The outcome, the same for every split.
Outcome scan(HeadKind kind, std::string_view text, HeadBudget budget = plenty) {
    Outcome whole = scan(kind, support::Pieces{as_bytes(text)}, budget);
    support::for_each_split(as_bytes(text), [&](const support::Pieces& pieces) {
        CHECK(scan(kind, pieces, budget) == whole);
    });
    return whole;
}

Outcome request(std::string_view text) {
    return scan(HeadKind::Request, text);
}

Outcome bad_after(std::size_t taken) {
    return {"Bad HTTP message", taken};
}

}  // namespace

TEST_CASE("a head ends behind its empty line") {
    CHECK(request("GET / HTTP/1.1\r\n\r\n") == Outcome{"complete", 18});
    CHECK(request("GET / HTTP/1.1\r\na:b\r\nC: \t\r\n\r\nmore") == Outcome{"complete", 29});
    CHECK(scan(HeadKind::Response, "HTTP/1.1 200 OK\r\na: b\r\n\r\n\r\n") ==
          Outcome{"complete", 25});
    CHECK(scan(HeadKind::Trailers, "\r\nmore") == Outcome{"complete", 2});
    CHECK(scan(HeadKind::Trailers, "a: b\r\n\r\n") == Outcome{"complete", 8});
}

TEST_CASE("a head that has not ended needs more, at every length") {
    const std::string_view head = "GET /x HTTP/1.1\r\nHost: a\tb \r\n\r\n";
    for (std::size_t size = 0; size != head.size(); ++size) {
        HeadScanner scanner{HeadKind::Request};
        CHECK(scanner.scan(head.substr(0, size), plenty).size == size);
        CHECK_FALSE(scanner.complete());
    }
}

TEST_CASE("a request line has three parts, and nothing but visible ASCII in them",
          "[rfc6455-8.1-handshake]") {
    CHECK(request(" GET / HTTP/1.1\r\n") == bad_after(0));
    CHECK(request("GET  / HTTP/1.1\r\n") == bad_after(4));
    CHECK(request("GET /  HTTP/1.1\r\n") == bad_after(6));
    CHECK(request("GET / HTTP/1.1 \r\n") == bad_after(14));
    CHECK(request("GET\t/ HTTP/1.1\r\n") == bad_after(3));
    CHECK(request("GET /\tx HTTP/1.1\r\n") == bad_after(5));
    CHECK(request("GET /\xc3\xa4 HTTP/1.1\r\n") == bad_after(5));
    CHECK(request("GET /\x7f HTTP/1.1\r\n") == bad_after(5));
    CHECK(request("GET /\r\n") == bad_after(5));  // HTTP/0.9
    CHECK(request("GET / \r\n") == bad_after(6));
    CHECK(request("\r\nGET / HTTP/1.1\r\n") == bad_after(0));
}

TEST_CASE("a status line has a version, and anything printable behind it") {
    const auto response = [](std::string_view text) { return scan(HeadKind::Response, text); };
    CHECK(response("HTTP/1.1 404 Not\tF\xc3\xbcnd ~\r\n\r\n") == Outcome{"complete", 28});
    CHECK(response("HTTP/1.1 404 \x7f\r\n") == bad_after(13));
    CHECK(response("HTTP/1.1 404\r\n\r\n") == Outcome{"complete", 16});
    CHECK(response("HTTP/1.1 404 \r\n\r\n") == Outcome{"complete", 17});
    CHECK(response("HTTP/1.1\r\n\r\n") == bad_after(8));
    CHECK(response("HTTP/1.1 404 \x01\r\n") == bad_after(13));
    CHECK(response("HTTP/1.1 0404 Not Found\r\n") == bad_after(23));
    CHECK(response("HTTP/1.1 0404\r\n") == bad_after(13));
    CHECK(response("HTTP/1.1 40\r\n") == bad_after(11));
    CHECK(response("\r\nHTTP/1.1 404\r\n") == bad_after(0));
}

TEST_CASE("lenient HTTP: bare CR or LF end no line", "[attack]") {
    CHECK(request("GET / HTTP/1.1\nHost: a\r\n\r\n") == bad_after(14));
    CHECK(request("GET / HTTP/1.1\r\r\n") == bad_after(15));
    CHECK(request("GET / HTTP/1.1\r\nHost: a\n\r\n") == bad_after(23));
    CHECK(request("GET / HTTP/1.1\r\nHost: a\t\n\r\n") == bad_after(24));
    CHECK(request("GET / HTTP/1.1\r\nHost: a\x01\n\r\n") == bad_after(23));
    CHECK(request("GET / HTTP/1.1\r\nHost: a\rb\r\n") == bad_after(24));
    CHECK(request("GET / HTTP/1.1\r\nHost: a\rb\n\r\n") == bad_after(24));
    CHECK(request("GET / HTTP/1.1\r\nHost: a\r\n\n") == bad_after(25));
    CHECK(request("GET / HTTP/1.1\r\nHost: a\r\n\rx") == bad_after(26));
}

TEST_CASE("lenient HTTP: obs-fold, no value continues over a line", "[attack]") {
    CHECK(request("GET / HTTP/1.1\r\nHost: a\r\n b\r\n\r\n") == bad_after(25));
    CHECK(request("GET / HTTP/1.1\r\nHost: a\r\n\tb\r\n\r\n") == bad_after(25));
    CHECK(request("GET / HTTP/1.1\r\n Host: a\r\n\r\n") == bad_after(16));
}

TEST_CASE("lenient HTTP: space before colon, or in a name, is refused", "[attack]") {
    CHECK(request("GET / HTTP/1.1\r\n: a\r\n") == bad_after(16));
    CHECK(request("GET / HTTP/1.1\r\nHost : a\r\n") == bad_after(20));
    CHECK(request("GET / HTTP/1.1\r\nHost\r\n") == bad_after(20));
    CHECK(request("GET / HTTP/1.1\r\nHo(st: a\r\n") == bad_after(18));
    CHECK(request("GET / HTTP/1.1\r\nHo\xc3st: a\r\n") == bad_after(18));
}

TEST_CASE("a field value has no control in it but tabs") {
    for (int byte = 0; byte != 256; ++byte) {
        CAPTURE(byte);
        if (byte == '\r') continue;
        const std::string text = std::string{"GET / HTTP/1.1\r\nHost: a"} +
                                 static_cast<char>(byte) + "bcdefghijk\r\n\r\n";
        const bool legal = byte == '\t' || (byte >= 0x20 && byte != 0x7f);
        CHECK(request(text) == (legal ? Outcome{"complete", text.size()} : bad_after(23)));
    }
}

TEST_CASE("a head of just the limit passes, and one byte more does not") {
    const std::string_view head = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
    for (std::size_t limit = 0; limit != head.size(); ++limit) {
        const Outcome outcome = scan(HeadKind::Request, head, {.size = limit, .fields = 9});
        CHECK(outcome == Outcome{"HTTP head exceeds the size limit", limit});
    }
    CHECK(scan(HeadKind::Request, head, {.size = head.size(), .fields = 9}) ==
          Outcome{"complete", head.size()});
    CHECK(scan(HeadKind::Request, "\x01", {.size = 0, .fields = 9}) ==
          Outcome{"HTTP head exceeds the size limit", 0});
}

TEST_CASE("as many fields as the limit pass, and one more fails at its first byte") {
    const std::string_view head = "GET / HTTP/1.1\r\na: 1\r\nb: 2\r\n\r\n";
    CHECK(scan(HeadKind::Request, head, {.size = 99, .fields = 2}) == Outcome{"complete", 30});
    CHECK(scan(HeadKind::Request, head, {.size = 99, .fields = 1}) ==
          Outcome{"HTTP head has too many fields", 22});
    CHECK(scan(HeadKind::Trailers, head.substr(16), {.size = 99, .fields = 0}) ==
          Outcome{"HTTP head has too many fields", 0});
}

TEST_CASE("many fields are counted like one") {
    for (std::size_t count = 0; count != 6; ++count) {
        std::string head = "GET / HTTP/1.1\r\n";
        for (std::size_t index = 0; index != count; ++index) {
            head += "a: 1\r\n";
        }
        for (std::size_t limit = 0; limit != 6; ++limit) {
            const Outcome expected = limit < count
                                         ? Outcome{"HTTP head has too many fields", 16 + 6 * limit}
                                         : Outcome{"complete", head.size() + 2};
            CHECK(scan(HeadKind::Request, head + "\r\n", {.size = 99, .fields = limit}) ==
                  expected);
        }
    }
}

TEST_CASE("a limit that was lowered below what was taken holds at once") {
    HeadScanner scanner{HeadKind::Request};
    CHECK(scanner.scan("GET / HTTP", plenty).error == Error::None);
    CHECK(scanner.scan("/", {.size = 4, .fields = 9}).error == Error::HeadTooLarge);
}

TEST_CASE("the layout tells where the parts lie") {
    const std::string_view text = "GET /chat HTTP/1.1\r\nHost:\t a b \r\nX-y:\r\n\r\n";
    support::for_each_split(as_bytes(text), [&](const support::Pieces& pieces) {
        HeadScanner scanner{HeadKind::Request};
        for (const BytesView piece : pieces) {
            scanner.scan(as_text(piece), plenty);
        }
        const MessageHead head{text, scanner.layout()};
        CHECK(head.method() == "GET");
        CHECK(head.target() == "/chat");
        CHECK(head.request_version() == "HTTP/1.1");
        CHECK(head.headers() == Headers{{"host", "a b"}, {"x-y", ""}});
    });
}
