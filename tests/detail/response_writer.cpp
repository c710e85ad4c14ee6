#include <wsproto/detail/response_writer.hpp>

#include "support.hpp"

#include <optional>
#include <string>
#include <string_view>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

constexpr std::string_view token = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

std::string acceptance_text(const AcceptConnection& accepted,
                            const std::optional<std::string>& extensions) {
    Bytes out = support::hex("7e");
    write_acceptance(accepted, token, extensions, out);
    CHECK(as_text(out).front() == '~');
    return std::string{as_text(out).substr(1)};
}

std::string rejection_text(const RejectConnection& rejection) {
    Bytes out;
    write_rejection(rejection, out);
    return std::string{as_text(out)};
}

RejectData piece(std::string_view data, bool finished) {
    return {.data = as_bytes(data), .body_finished = finished};
}

}  // namespace

TEST_CASE("a 101 without options is this, byte for byte",
          "[rfc6455-4.2.2-no-protocol][rfc6455-4.2.2-accept]") {
    CHECK(acceptance_text({}, std::nullopt) ==
          "HTTP/1.1 101 Switching Protocols\r\n"
          "Upgrade: websocket\r\n"
          "Connection: Upgrade\r\n"
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          "\r\n");
}

TEST_CASE("a 101 with everything is this, byte for byte") {
    const AcceptConnection accepted{.subprotocol = "chat", .extra_headers = {{"sErver", "x"}}};
    CHECK(acceptance_text(accepted, "x; p=1, y") ==
          "HTTP/1.1 101 Switching Protocols\r\n"
          "Upgrade: websocket\r\n"
          "Connection: Upgrade\r\n"
          "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
          "Sec-WebSocket-Protocol: chat\r\n"
          "Sec-WebSocket-Extensions: x; p=1, y\r\n"
          "sErver: x\r\n"
          "\r\n");
}

TEST_CASE("a rejection without a body closes, and has the length 0") {
    CHECK(rejection_text({.status_code = 403, .headers = {{"X", "y"}}}) ==
          "HTTP/1.1 403 Forbidden\r\nX: y\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    CHECK(rejection_text({.status_code = 599}) ==
          "HTTP/1.1 599 \r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("a status that has no body has no length either") {
    CHECK(rejection_text({.status_code = 204}) ==
          "HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n");
    CHECK(rejection_text({.status_code = 205}) ==
          "HTTP/1.1 205 Reset Content\r\nConnection: close\r\n\r\n");
    CHECK(rejection_text({.status_code = 304}) ==
          "HTTP/1.1 304 Not Modified\r\nConnection: close\r\n\r\n");
}

TEST_CASE("a 426 always names the upgrade") {
    CHECK(rejection_text({.status_code = 426}) ==
          "HTTP/1.1 426 Upgrade Required\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
          "Content-Length: 0\r\n\r\n");
    CHECK(rejection_text({.status_code = 426, .headers = {{"upgrade", "h2c, websocket"}}}) ==
          "HTTP/1.1 426 Upgrade Required\r\nupgrade: h2c, websocket\r\n"
          "Connection: Upgrade, close\r\nContent-Length: 0\r\n\r\n");
}

TEST_CASE("an upgrade that any rejection names is in its Connection") {
    CHECK(rejection_text({.status_code = 400, .headers = {{"Upgrade", "websocket"}}}) ==
          "HTTP/1.1 400 Bad Request\r\nUpgrade: websocket\r\nConnection: Upgrade, close\r\n"
          "Content-Length: 0\r\n\r\n");
}

TEST_CASE("a body is framed by its length, or in chunks") {
    CHECK(rejection_text(
              {.status_code = 404, .headers = {{"content-length", "3"}}, .has_body = true}) ==
          "HTTP/1.1 404 Not Found\r\ncontent-length: 3\r\nConnection: close\r\n\r\n");
    CHECK(rejection_text({.status_code = 404, .has_body = true}) ==
          "HTTP/1.1 404 Not Found\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n");
}

TEST_CASE("a body without a declared length goes out in chunks") {
    RejectionBody body{{.status_code = 404, .has_body = true}};
    Bytes out;
    CHECK(body.write(piece("hello", false), out) == Error::None);
    CHECK(body.write(piece("", false), out) == Error::None);
    CHECK(body.write(piece(", wide, wide world", false), out) == Error::None);
    CHECK(body.write(piece("", true), out) == Error::None);
    CHECK(as_text(out) == "5\r\nhello\r\n12\r\n, wide, wide world\r\n0\r\n\r\n");
    out.clear();
    CHECK(body.write(piece("hello", true), out) == Error::None);
    CHECK(as_text(out) == "5\r\nhello\r\n0\r\n\r\n");
}

TEST_CASE("a body of declared length goes out as it is, to the byte") {
    RejectionBody body{{.headers = {{"Content-Length", "5"}}, .has_body = true}};
    Bytes out;
    CHECK(body.write(piece("hel", false), out) == Error::None);
    CHECK(body.write(piece("lo!", false), out) == Error::BodyTooLong);
    CHECK(body.write(piece("l", true), out) == Error::BodyTooShort);
    CHECK(body.write(piece("lo!", true), out) == Error::BodyTooLong);
    CHECK(body.write(piece("lo", false), out) == Error::None);
    CHECK(body.write(piece("!", true), out) == Error::BodyTooLong);
    CHECK(body.write(piece("", true), out) == Error::None);
    CHECK(as_text(out) == "hello");
}
