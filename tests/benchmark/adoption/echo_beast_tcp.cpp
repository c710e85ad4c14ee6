// A server of one connection: standard input is its socket. As Beast's own example of a synchronous
// server has it: with the sockets of Asio, and with deflate, which is there unless it is left out.
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <unistd.h>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

}  // namespace

int main() {
    asio::io_context context;
    asio::ip::tcp::socket socket{context};
    beast::error_code error;
    socket.assign(asio::ip::tcp::v4(), STDIN_FILENO, error);
    beast::websocket::stream<asio::ip::tcp::socket> ws{std::move(socket)};
    ws.accept(error);
    beast::flat_buffer buffer;
    while (!error) {
        ws.read(buffer, error);
        if (!error) {
            ws.text(ws.got_text());
            ws.write(buffer.data(), error);
            buffer.consume(buffer.size());
        }
    }
    return error == beast::websocket::error::closed ? 0 : 1;
}
