// A server of one connection that is open already: reads standard input, echoes messages to
// standard output. wslay has no handshake.
#include <wslay/wslay.h>

#include <unistd.h>

#include <cstddef>
#include <cstdint>

namespace {

ssize_t receive(wslay_event_context_ptr context, std::uint8_t* to, std::size_t capacity, int,
                void*) {
    const ssize_t size = ::read(STDIN_FILENO, to, capacity);
    if (size <= 0) {
        wslay_event_set_error(context, WSLAY_ERR_CALLBACK_FAILURE);
        return -1;
    }
    return size;
}

ssize_t send(wslay_event_context_ptr context, const std::uint8_t* data, std::size_t size, int,
             void*) {
    const ssize_t written = ::write(STDOUT_FILENO, data, size);
    if (written < 0) {
        wslay_event_set_error(context, WSLAY_ERR_CALLBACK_FAILURE);
    }
    return written;
}

void echo(wslay_event_context_ptr context, const wslay_event_on_msg_recv_arg* received, void*) {
    if (!wslay_is_ctrl_frame(received->opcode)) {
        const wslay_event_msg message{received->opcode, received->msg, received->msg_length};
        wslay_event_queue_msg(context, &message);
        wslay_event_send(context);
    }
}

}  // namespace

int main() {
    wslay_event_callbacks callbacks{};
    callbacks.recv_callback = receive;
    callbacks.send_callback = send;
    callbacks.on_msg_recv_callback = echo;
    wslay_event_context_ptr context = nullptr;
    wslay_event_context_server_init(&context, &callbacks, nullptr);
    while (wslay_event_want_read(context) != 0 || wslay_event_want_write(context) != 0) {
        if (wslay_event_recv(context) != 0 || wslay_event_send(context) != 0) break;
    }
    wslay_event_context_free(context);
}
