// A WebSocket server for many clients on one thread: epoll(7), one receive buffer for all, time
// limits, bounded memory. The loop stands in epoll/server.hpp, a client in epoll/session.hpp.
#include "command_line.hpp"
#include "epoll/listener.hpp"
#include "epoll/options.hpp"
#include "epoll/server.hpp"

#include <exception>
#include <iostream>
#include <utility>

namespace {

void run(int argc, char** argv) {
    ServerOptions options = parse_server_options(argc, argv);
    if (options.help) {
        std::cout << epoll_server_help;
        return;
    }
    raise_descriptor_limit();
    EpollServer{std::move(options)}.run();
}

}  // namespace

int main(int argc, char** argv) {
    try {
        run(argc, argv);
        return 0;
    } catch (const UsageError& error) {
        std::cerr << "epoll_server: " << error.what() << '\n';
        return 1;
    } catch (const std::exception& error) {
        std::cerr << "epoll_server: " << error.what() << '\n';
        return 2;
    }
}
