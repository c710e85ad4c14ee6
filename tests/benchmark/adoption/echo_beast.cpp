// A server of one connection: reads standard input, echoes messages to standard output. Without
// deflate, and without the sockets of Asio.
#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/beast/core/buffers_range.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/websocket.hpp>

#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;

class StandardStream {
  public:
    using executor_type = asio::io_context::executor_type;

    explicit StandardStream(asio::io_context& context) : executor_{context.get_executor()} {}
    executor_type get_executor() const noexcept { return executor_; }

    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers, beast::error_code& error) {
        for (const asio::mutable_buffer buffer : beast::buffers_range_ref(buffers)) {
            if (buffer.size() != 0) {
                return report(::read(STDIN_FILENO, buffer.data(), buffer.size()), error);
            }
        }
        return 0;
    }

    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers, beast::error_code& error) {
        for (const asio::const_buffer buffer : beast::buffers_range_ref(buffers)) {
            if (buffer.size() != 0) {
                return report(::write(STDOUT_FILENO, buffer.data(), buffer.size()), error);
            }
        }
        return 0;
    }

    template <typename Buffers>
    std::size_t read_some(const Buffers& buffers) {
        beast::error_code error;
        return read_some(buffers, error);
    }
    template <typename Buffers>
    std::size_t write_some(const Buffers& buffers) {
        beast::error_code error;
        return write_some(buffers, error);
    }

  private:
    static std::size_t report(ssize_t size, beast::error_code& error) {
        error = {};
        if (size == 0) error = asio::error::eof;
        if (size < 0) error = {errno, boost::system::system_category()};
        return size > 0 ? static_cast<std::size_t>(size) : 0;
    }

    executor_type executor_;
};

[[maybe_unused]] void teardown(beast::role_type, StandardStream&, beast::error_code& error) {
    error = {};
}

}  // namespace

int main() {
    asio::io_context context;
    beast::websocket::stream<StandardStream, false> ws{context};
    beast::error_code error;
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
