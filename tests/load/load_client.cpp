// A WebSocket client that puts load on an echo server, and checks every byte of it.
#include "load_client.hpp"
#include "load_options.hpp"

#include <command_line.hpp>
#include <epoll/listener.hpp>

#include <csignal>
#include <exception>
#include <iostream>

namespace {

int run(int argc, char** argv) {
    const LoadOptions options = parse_load_options(argc, argv);
    if (options.help) {
        std::cout << load_client_help;
        return 0;
    }
    raise_descriptor_limit();
    return LoadClient{options}.run() ? 0 : 3;
}

int fail(int status, const char* what) {
    std::cerr << "load_client: " << what << '\n';
    return status;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        std::signal(SIGPIPE, SIG_IGN);
        return run(argc, argv);
    } catch (const UsageError& error) {
        return fail(1, error.what());
    } catch (const std::exception& error) {
        return fail(2, error.what());
    }
}
