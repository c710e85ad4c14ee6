#include <wsproto/detail/http_head.hpp>

#include "support.hpp"

#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

constexpr HeadBudget plenty{.size = 1'000'000, .fields = 1000};

Progress read(HttpHead& head, std::string_view text, HeadBudget limits = plenty) {
    Bytes bytes = support::concat({as_bytes(text)});
    MutableBytesView in{bytes};
    return head.read(in, limits);
}

/// The complaint about `text`, the same for every split; None if there is none.
Error complaint(HeadKind kind, std::string_view text) {
    HttpHead whole{kind};
    static_cast<void>(read(whole, text));
    support::for_each_split(as_bytes(text), [&](const support::Pieces& pieces) {
        HttpHead head{kind};
        Progress progress = Progress::NeedMore;
        for (const BytesView piece : pieces) {
            if (progress == Progress::NeedMore) {
                progress = read(head, as_text(piece));
            }
        }
        CHECK(head.error() == whole.error());
        CHECK((progress == Progress::Failed) == (head.error() != Error::None));
    });
    return whole.error();
}

BodyFraming framing_of(std::string_view response) {
    HttpHead head{HeadKind::Response};
    REQUIRE(read(head, response) == Progress::Ready);
    return head.framing();
}

}  // namespace

TEST_CASE("a head is taken off the input, and nothing behind it") {
    Bytes bytes = support::concat({as_bytes("GET /x HTTP/1.1\r\nA: b\r\n\r\nmore")});
    MutableBytesView in{bytes};
    HttpHead head{HeadKind::Request};
    CHECK_FALSE(head.started());
    CHECK(head.read(in, plenty) == Progress::Ready);
    CHECK(as_text(in) == "more");
    CHECK(head.started());
    CHECK(head.head().target() == "/x");
    CHECK(head.head().headers() == Headers{{"a", "b"}});
}

TEST_CASE("a head that came in one piece is read where it lies") {
    Bytes bytes = support::concat({as_bytes("GET /x HTTP/1.1\r\nA: b\r\n\r\n")});
    MutableBytesView in{bytes};
    HttpHead head{HeadKind::Request};
    CHECK(head.read(in, plenty) == Progress::Ready);
    CHECK(as_bytes(head.head().method()).data() == bytes.data());
}

TEST_CASE("a body or an upgrade that is announced does not move the end of the head") {
    for (const std::string_view fields :
         {"Content-Length: 4\r\n", "Transfer-Encoding: chunked\r\n",
          "Connection: upgrade\r\nUpgrade: x\r\n", "Connection: close\r\n",
          "Proxy-Connection: upgrade\r\nUpgrade: x\r\n", "Proxy-Connection: close\r\nA: b\r\n"}) {
        for (const std::string_view line :
             {"GET / HTTP/1.1\r\n", "CONNECT a:1 HTTP/1.1\r\n", "POST / HTTP/1.0\r\n"}) {
            HttpHead head{HeadKind::Request};
            CHECK(read(head, std::string{line}.append(fields) + "\r\n") == Progress::Ready);
        }
        for (const std::string_view status : {"101", "100", "200", "204", "304", "599", "999"}) {
            HttpHead head{HeadKind::Response};
            CHECK(read(head, "HTTP/1.1 " + std::string{status}.append("\r\n").append(fields) +
                                 "\r\n") == Progress::Ready);
            CHECK(head.status_code() == static_cast<unsigned>(std::stoi(std::string{status})));
        }
    }
}

TEST_CASE("methods and versions that HTTP/1.1 does not know are refused") {
    const auto request = [](std::string_view text) { return complaint(HeadKind::Request, text); };
    CHECK(request("GXT / HTTP/1.1\r\n\r\n") == Error::BadHttpMessage);
    CHECK(request("get / HTTP/1.1\r\n\r\n") == Error::BadHttpMessage);
    CHECK(request("GET / HTTP/3.1\r\n\r\n") == Error::BadHttpMessage);
    CHECK(request("GET / HTTQ/1.1\r\n\r\n") == Error::BadHttpMessage);
    CHECK(request("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == Error::BadHttpMessage);
    CHECK(request("\x16\x03\x01\x02") == Error::BadHttpMessage);
    CHECK(request("GET / HTTP/1.0\r\n\r\n") == Error::None);
    CHECK(request("PATCH / HTTP/1.1\r\n\r\n") == Error::None);
}

TEST_CASE("a path is legal or not whether llhttp sees it or is spared it") {
    for (const std::string start : {"GET /", "CONNECT /", "GET /?", "GET /a#", "GET http://a/"}) {
        for (char first = '!'; first <= '~'; ++first) {
            for (const char second : {'/', '?', '#', '@', ':', '[', '"', '~'}) {
                const std::string head = start + first + second + " HTTP/1.1\r\nA: b\r\n\r\n";
                CAPTURE(head);
                static_cast<void>(complaint(HeadKind::Request, head));
            }
        }
    }
}

TEST_CASE("a target that does not begin with a slash is left to llhttp") {
    const auto request = [](std::string_view target) {
        return complaint(HeadKind::Request,
                         "GET " + std::string{target} + " HTTP/1.1\r\nA: b\r\n\r\n");
    };
    CHECK(request("*") == Error::None);
    CHECK(request("http://a@b/") == Error::None);
    CHECK(request("a") == Error::BadHttpMessage);
    CHECK(request("a/") == Error::BadHttpMessage);
    CHECK(request("?a") == Error::BadHttpMessage);
    CHECK(request("http:/a") == Error::BadHttpMessage);
}

TEST_CASE("a head that ends within its start line is no reason to look for a target") {
    for (const std::string_view head : {"\r\n", "G\r\n", "GET \r\n", "GET /\r\n", "GET / \r\n",
                                        "GET / HTTP/1.1\r\nA: b\r\nC\r\n"}) {
        CAPTURE(head);
        CHECK(complaint(HeadKind::Request, head) == Error::BadHttpMessage);
    }
}

TEST_CASE("a piece that looks like a head is not taken for one") {
    HttpHead cut{HeadKind::Request};
    CHECK(read(cut, "GET / HTTP/1.1\r\nContent-Length: 4") == Progress::NeedMore);
    CHECK(read(cut, "GET / HTTP/1.1\r\n\r\n") == Progress::Failed);
    CHECK(cut.error() == Error::BadHttpMessage);
    HttpHead head{HeadKind::Request};
    CHECK(read(head, "GET / HTTP/1.1\r\nA: ") == Progress::NeedMore);
    CHECK(read(head, "GET / HTTP/1.1\r\nContent-Length: 4x\r\n\r\n") == Progress::Failed);
    CHECK(head.error() == Error::BadHttpMessage);
}

TEST_CASE("answers that are no HTTP are refused") {
    const auto response = [](std::string_view text) { return complaint(HeadKind::Response, text); };
    CHECK(response("HTTP/1.1 2x0 OK\r\n\r\n") == Error::BadHttpMessage);
    CHECK(response("HTTP/1.1 20 OK\r\n\r\n") == Error::BadHttpMessage);
    CHECK(response("HTTP/1.1 2000 OK\r\n\r\n") == Error::BadHttpMessage);
    CHECK(response("HTTP/1.1 0200 OK\r\n\r\n") == Error::BadHttpMessage);
    CHECK(response("HTTP/1.1 0101\r\n\r\n") == Error::BadHttpMessage);
    CHECK(response("HTTP/1.1 200\r\n\r\n") == Error::None);
    CHECK(response("SSH-2.0-OpenSSH\r\n") == Error::BadHttpMessage);
    CHECK(response("GET / HTTP/1.1\r\n\r\n") == Error::BadHttpMessage);
    CHECK(response("HTTP/1.1 200 OK\r\n\r\n") == Error::None);
}

TEST_CASE("contradictory and unreadable lengths are refused") {
    for (const std::string_view fields :
         {"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n",
          "Content-Length: 4\r\nContent-Length: 4\r\n", "Content-Length: 4x\r\n",
          "Content-Length: -1\r\n", "Content-Length: 18446744073709551616\r\n"}) {
        CAPTURE(fields);
        CHECK(complaint(HeadKind::Response, std::string{"HTTP/1.1 200 OK\r\n"}.append(fields) +
                                                "\r\n") == Error::BadHttpMessage);
        CHECK(complaint(HeadKind::Request, std::string{"GET / HTTP/1.1\r\n"}.append(fields) +
                                               "\r\n") == Error::BadHttpMessage);
    }
}

TEST_CASE("a length that is unreadable is refused before the fields behind it are looked at") {
    const std::string fields = "Content-Length: 4x\r\nA: b\r\nC: d\r\n\r\n";
    CHECK(complaint(HeadKind::Response, "HTTP/1.1 200 OK\r\n" + fields) == Error::BadHttpMessage);
    CHECK(complaint(HeadKind::Request, "GET / HTTP/1.1\r\n" + fields) == Error::BadHttpMessage);
}

TEST_CASE("what frames a message is found wherever it stands between other fields") {
    const std::string start = "HTTP/1.1 200 OK\r\n";
    const std::string other = "Some-Field: a b c\r\n";
    for (const std::string length : {"Content-Length: 4\r\n", "content-LENGTH:4\r\n"}) {
        for (const std::string& fields :
             {length + other + other, other + length + other, other + other + length}) {
            const std::string head = start + fields + "\r\n";
            CHECK(complaint(HeadKind::Response, head) == Error::None);
            CHECK(framing_of(head).length == 4);
            CHECK(complaint(HeadKind::Response, start + fields + "Transfer-Encoding: chunked\r\n" +
                                                    other + "\r\n") == Error::BadHttpMessage);
            CHECK(complaint(HeadKind::Response, start + fields + length + "\r\n") ==
                  Error::BadHttpMessage);
        }
    }
    CHECK(framing_of(start + other + "Transfer-Encoding: chunked\r\n" + other + "\r\n").kind ==
          BodyKind::Chunked);
}

TEST_CASE("a mistake is told when its byte arrives") {
    HttpHead head{HeadKind::Request};
    CHECK(read(head, "G") == Progress::NeedMore);
    CHECK(read(head, "X") == Progress::Failed);
    HttpHead other{HeadKind::Request};
    CHECK(read(other, "GET / HTTP/1.1\r\nHost") == Progress::NeedMore);
    CHECK(read(other, " ") == Progress::Failed);
}

TEST_CASE("the complaint is about the first byte that is wrong, whoever finds it") {
    // llhttp stumbles over the method, the scanner over the line feed and the limits.
    HttpHead head{HeadKind::Request};
    CHECK(read(head, "GXT /\n", {.size = 5, .fields = 9}) == Progress::Failed);
    CHECK(head.error() == Error::BadHttpMessage);
    HttpHead other{HeadKind::Request};
    CHECK(read(other, "GET / HTTP/3.1\r\n", {.size = 5, .fields = 9}) == Progress::Failed);
    CHECK(other.error() == Error::HeadTooLarge);
}

TEST_CASE("the framing of a body follows from the head") {
    using enum BodyKind;
    CHECK(framing_of("HTTP/1.1 200 OK\r\n\r\n").kind == UntilEnd);
    CHECK(framing_of("HTTP/1.1 205 OK\r\n\r\n").kind == UntilEnd);
    CHECK(framing_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").kind == Chunked);
    CHECK(framing_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n").kind ==
          Chunked);
    CHECK(framing_of("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n").kind == UntilEnd);
    const BodyFraming known = framing_of("HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n");
    CHECK(known.kind == Length);
    CHECK(known.length == 12);
}

TEST_CASE("204 and 304 have no body, whatever they announce") {
    for (const std::string status : {"204", "304"}) {
        const BodyFraming framing =
            framing_of("HTTP/1.1 " + status + " x\r\nContent-Length: 12\r\n\r\n");
        CHECK(framing.kind == BodyKind::Length);
        CHECK(framing.length == 0);
    }
}

TEST_CASE("heads that follow each other share the limits") {
    const std::string_view first = "HTTP/1.1 103 x\r\nConnection: close\r\n\r\n";
    const std::string_view second = "HTTP/1.1 101 x\r\na: b\r\n\r\n";
    const HeadBudget limits{.size = first.size() + second.size(), .fields = 2};
    const auto second_progress = [&](HeadBudget budget) {
        HttpHead head{HeadKind::Response};
        CHECK(read(head, first, budget) == Progress::Ready);
        head.start_next();
        CHECK_FALSE(head.started());
        return read(head, second, budget);
    };
    CHECK(second_progress(limits) == Progress::Ready);
    CHECK(second_progress({.size = limits.size - 1, .fields = 2}) == Progress::Failed);
    CHECK(second_progress({.size = limits.size, .fields = 1}) == Progress::Failed);
}

TEST_CASE("a head has nothing of the one before it") {
    HttpHead request{HeadKind::Request};
    CHECK(read(request, "GET / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n") == Progress::Ready);
    CHECK(request.framing().kind == BodyKind::Chunked);
    request.start_next();
    CHECK(read(request, "GET / HTTP/1.1\r\n\r\n") == Progress::Ready);
    CHECK(request.framing().kind == BodyKind::Length);

    HttpHead response{HeadKind::Response};
    CHECK(read(response, "HTTP/1.1 103 x\r\n\r\n") == Progress::Ready);
    CHECK(response.status_code() == 103);
    response.start_next();
    CHECK(response.status_code() == 0);
}

TEST_CASE("what the heads leave of the limits is known") {
    HttpHead head{HeadKind::Response};
    CHECK(read(head, "HTTP/1.1 100 x\r\n\r\n") == Progress::Ready);
    head.start_next();
    CHECK(read(head, "HTTP/1.1 200 x\r\na: b\r\n\r\n") == Progress::Ready);
    const HeadBudget left = head.remaining_after({.size = 50, .fields = 3});
    CHECK(left.size == 50 - 18 - 24);
    CHECK(left.fields == 2);
    CHECK(head.remaining_after({.size = 1, .fields = 0}).size == 0);
}

TEST_CASE("tabs around what frames the body are white space") {
    for (const std::string_view field :
         {"Transfer-Encoding:\tchunked\t ", "Transfer-Encoding: chunked\t"}) {
        HttpHead head{HeadKind::Response};
        CHECK(read(head, "HTTP/1.1 200 x\r\n" + std::string{field} + "\r\n\r\n") ==
              Progress::Ready);
        CHECK(head.framing().kind == BodyKind::Chunked);
    }
    for (const std::string_view field :
         {"Content-Length:\t5\t", "Content-Length: 5 \t ", "Content-Length:\t\t5\t\t"}) {
        HttpHead head{HeadKind::Response};
        CHECK(read(head, "HTTP/1.1 200 x\r\n" + std::string{field} + "\r\n\r\n") ==
              Progress::Ready);
        CHECK(head.framing().length == 5);
    }
}

TEST_CASE("a tab in a start line is no white space") {
    for (const std::string_view line :
         {"HTTP/1.1\t200 OK", "HTTP/1.1 200\tOK", "HTTP/1.1 200\t", "\tHTTP/1.1 200 OK"}) {
        const std::string head = std::string{line} + "\r\nA:\tb\r\n\r\n";
        CHECK(complaint(HeadKind::Response, head) == Error::BadHttpMessage);
    }
    CHECK(complaint(HeadKind::Response, "HTTP/1.1 200 O\tK\r\n\r\n") == Error::None);
}

TEST_CASE("a head can be moved while it is read") {
    HttpHead first{HeadKind::Request};
    CHECK(read(first, "GET /moved HT") == Progress::NeedMore);
    HttpHead second = std::move(first);
    CHECK(read(second, "TP/1.1\r\n\r\n") == Progress::Ready);
    CHECK(second.head().target() == "/moved");
}
