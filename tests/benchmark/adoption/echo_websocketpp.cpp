// A server of one connection: reads standard input, echoes messages to standard output. Without
// deflate.
#include <websocketpp/config/core.hpp>
#include <websocketpp/server.hpp>

#include <unistd.h>

#include <array>
#include <cstddef>

namespace {

using Server = websocketpp::server<websocketpp::config::core>;

websocketpp::lib::error_code write_all(const char* data, std::size_t size) {
    while (size > 0) {
        const auto written = ::write(STDOUT_FILENO, data, size);
        if (written < 0) {
            return make_error_code(websocketpp::error::general);
        }
        data += written;
        size -= static_cast<std::size_t>(written);
    }
    return {};
}

}  // namespace

int main() {
    Server server;
    server.clear_access_channels(websocketpp::log::alevel::all);
    server.clear_error_channels(websocketpp::log::elevel::all);
    server.set_message_handler([&](websocketpp::connection_hdl to, Server::message_ptr message) {
        server.send(to, message->get_payload(), message->get_opcode());
    });
    server.set_write_handler([](websocketpp::connection_hdl, const char* data, std::size_t size) {
        return write_all(data, size);
    });
    const Server::connection_ptr connection = server.get_connection();
    connection->start();
    std::array<char, 16 * 1024> buffer;
    while (connection->get_state() != websocketpp::session::state::closed) {
        const auto size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (size <= 0) {
            connection->eof();
        } else {
            connection->read_all(buffer.data(), static_cast<std::size_t>(size));
        }
    }
}
