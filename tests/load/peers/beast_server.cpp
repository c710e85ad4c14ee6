// Boost.Beast as an echo server: asynchronous, on one thread, as its own example of that kind has
// it. Without compression.
#include <boost/asio/dispatch.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/websocket.hpp>

#include <cstddef>
#include <iostream>
#include <memory>
#include <utility>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using Tcp = asio::ip::tcp;

class Session : public std::enable_shared_from_this<Session> {
  public:
    explicit Session(Tcp::socket socket) : ws_{std::move(socket)} {}

    void run() {
        ws_.set_option(websocket::stream_base::timeout::suggested(beast::role_type::server));
        ws_.async_accept(beast::bind_front_handler(&Session::read, shared_from_this()));
    }

  private:
    void read(beast::error_code error) {
        if (error) return;
        ws_.async_read(buffer_, beast::bind_front_handler(&Session::write, shared_from_this()));
    }

    void write(beast::error_code error, std::size_t) {
        if (error) return;
        ws_.text(ws_.got_text());
        ws_.async_write(buffer_.data(),
                        beast::bind_front_handler(&Session::done, shared_from_this()));
    }

    void done(beast::error_code error, std::size_t) {
        buffer_.consume(buffer_.size());
        read(error);
    }

    websocket::stream<beast::tcp_stream> ws_;
    beast::flat_buffer buffer_{};
};

void accept(Tcp::acceptor& acceptor) {
    acceptor.async_accept([&](beast::error_code error, Tcp::socket socket) {
        if (!error) {
            socket.set_option(Tcp::no_delay{true});
            std::make_shared<Session>(std::move(socket))->run();
        }
        accept(acceptor);
    });
}

}  // namespace

int main() {
    asio::io_context context{1};
    Tcp::acceptor acceptor{context, {asio::ip::make_address("127.0.0.1"), 0}};
    acceptor.listen(4096);
    std::cout << "listening on " << acceptor.local_endpoint() << std::endl;
    accept(acceptor);
    context.run();
}
