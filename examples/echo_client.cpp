// A WebSocket client that sends messages to an echo server, checks what comes back, and tells what
// happens line by line. The dialogue itself stands in echo_dialogue.hpp, and in echo_back.hpp the
// one in which the client is the echo.
#include "client_failure.hpp"
#include "command_line.hpp"
#include "echo_back.hpp"
#include "echo_client_options.hpp"
#include "echo_dialogue.hpp"
#include "posix_socket.hpp"
#include "transcript.hpp"

#include <wsproto/wsproto.hpp>

#include <csignal>
#include <exception>
#include <iostream>
#include <utility>

namespace {

void run(int argc, char** argv) {
    EchoClientOptions options = parse_echo_client_options(argc, argv);
    if (options.help) {
        std::cout << echo_client_help;
        return;
    }
    const Transcript transcript;
    posix::Socket socket = posix::connect_to(options.url.endpoint, options.timeout);
    transcript.line("connected", "to " + posix::remote_address(socket));
    if (options.echo) {
        EchoBack{std::move(options), std::move(socket), transcript}.run();
    } else {
        EchoDialogue{std::move(options), std::move(socket), transcript}.run();
    }
}

Exit fail(Exit status, const char* what) {
    std::cerr << "echo_client: " << what << '\n';
    return status;
}

Exit run_and_report(int argc, char** argv) {
    try {
        run(argc, argv);
        return Exit::Success;
    } catch (const UsageError& error) {
        return fail(Exit::Usage, error.what());
    } catch (const wsproto::LocalProtocolError& error) {
        return fail(Exit::Usage, error.what());
    } catch (const Failure& failure) {
        return fail(failure.status, failure.what());
    } catch (const wsproto::RemoteProtocolError& error) {
        return fail(Exit::Protocol, error.what());
    } catch (const std::exception& error) {
        return fail(Exit::Lost, error.what());
    }
}

}  // namespace

int main(int argc, char** argv) {
    std::signal(SIGPIPE, SIG_IGN);
    return static_cast<int>(run_and_report(argc, argv));
}
