// wslay (https://github.com/tatsuhiro-t/wslay): frames only, through its event API.
#include "library.hpp"

#include <wslay/wslay.h>

#include <cstdint>
#include <utility>

namespace benchmark {
namespace {

class WslayEndpoint : public Endpoint {
  public:
    WslayEndpoint(const Settings& settings, bool streams) {
        wslay_event_callbacks callbacks{};
        callbacks.recv_callback = receive_some;
        callbacks.send_callback = send_some;
        callbacks.genmask_callback = make_key;
        if (streams) {
            callbacks.on_frame_recv_start_callback = start_frame;
            callbacks.on_frame_recv_chunk_callback = take_chunk;
            callbacks.on_frame_recv_end_callback = end_frame;
        } else {
            callbacks.on_msg_recv_callback = take_message;
        }
        const bool server = settings.role == Role::Server;
        const auto initialise =
            server ? wslay_event_context_server_init : wslay_event_context_client_init;
        initialise(&context_, &callbacks, this);
        wslay_event_config_set_max_recv_msg_length(context_, std::uint64_t{1} << 30U);
        wslay_event_config_set_no_buffering(context_, streams ? 1 : 0);
    }
    ~WslayEndpoint() override { wslay_event_context_free(context_); }

    void receive(Pipe& pipe, std::size_t, Sink& sink) override {
        pipe_ = &pipe;
        sink_ = &sink;
        wslay_event_recv(context_);
    }

    void send(const Batch& batch, Outbox& out) override {
        out_ = &out;
        const std::uint8_t opcode = batch.text ? WSLAY_TEXT_FRAME : WSLAY_BINARY_FRAME;
        for (const std::string_view payload : batch.messages) {
            const wslay_event_msg message{
                opcode, reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
            wslay_event_queue_msg(context_, &message);
            wslay_event_send(context_);
        }
    }

  private:
    static WslayEndpoint& self(void* user) { return *static_cast<WslayEndpoint*>(user); }

    static ssize_t receive_some(wslay_event_context_ptr context, std::uint8_t* to,
                                std::size_t capacity, int, void* user) {
        const std::size_t size = self(user).pipe_->read(to, capacity);
        if (size == 0) {
            wslay_event_set_error(context, WSLAY_ERR_WOULDBLOCK);
            return -1;
        }
        return static_cast<ssize_t>(size);
    }

    static ssize_t send_some(wslay_event_context_ptr, const std::uint8_t* data, std::size_t size,
                             int, void* user) {
        self(user).out_->write(data, size);
        return static_cast<ssize_t>(size);
    }

    // Cheaper than any key that may be used.
    static int make_key(wslay_event_context_ptr, std::uint8_t* key, std::size_t size, void* user) {
        std::uint32_t& state = self(user).random_;
        for (std::size_t index = 0; index < size; ++index) {
            state = state * 1664525U + 1013904223U;
            key[index] = static_cast<std::uint8_t>(state >> 24U);
        }
        return 0;
    }

    static void take_message(wslay_event_context_ptr, const wslay_event_on_msg_recv_arg* message,
                             void* user) {
        const auto* const data = reinterpret_cast<const char*>(message->msg);
        self(user).sink_->piece({data, message->msg_length}, true);
    }

    static void start_frame(wslay_event_context_ptr,
                            const wslay_event_on_frame_recv_start_arg* frame, void* user) {
        self(user).fin_ = frame->fin != 0;
    }

    static void take_chunk(wslay_event_context_ptr,
                           const wslay_event_on_frame_recv_chunk_arg* chunk, void* user) {
        const auto* const data = reinterpret_cast<const char*>(chunk->data);
        self(user).sink_->piece({data, chunk->data_length}, false);
    }

    static void end_frame(wslay_event_context_ptr, void* user) {
        self(user).sink_->piece({}, self(user).fin_);
    }

    wslay_event_context_ptr context_ = nullptr;
    Pipe* pipe_ = nullptr;
    Sink* sink_ = nullptr;
    Outbox* out_ = nullptr;
    std::uint32_t random_ = 1;
    bool fin_ = false;
};

class Wslay : public Library {
  public:
    Wslay(std::string name, bool streams) : Library{std::move(name), false}, streams_{streams} {}

    std::unique_ptr<Endpoint> open(const Settings& settings) override {
        if (settings.deflate != Deflate::Off) {
            return nullptr;
        }
        return std::make_unique<WslayEndpoint>(settings, streams_);
    }

    [[nodiscard]] bool shakes_hands() const noexcept override { return false; }
    void accept(std::string_view, Outbox&) override {}
    bool shake_hands() override { return false; }

  private:
    bool streams_;
};

}  // namespace

Libraries wslay_libraries() {
    Libraries libraries;
    libraries.push_back(std::make_unique<Wslay>("wslay", false));
    libraries.push_back(std::make_unique<Wslay>("wslay stream", true));
    return libraries;
}

}  // namespace benchmark
