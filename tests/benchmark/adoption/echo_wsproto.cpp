// A server of one connection: reads standard input, echoes messages to standard output.
#include <wsproto/wsproto.hpp>

#include <unistd.h>

#include <cstddef>

namespace {

void answer(wsproto::WSConnection& ws, const wsproto::Event& event, wsproto::Bytes& out) {
    if (std::holds_alternative<wsproto::Request>(event)) {
        ws.send(wsproto::AcceptConnection{}, out);
    } else if (const auto* const text = std::get_if<wsproto::TextMessage>(&event)) {
        ws.send(*text, out);
    } else if (const auto* const bytes = std::get_if<wsproto::BytesMessage>(&event)) {
        ws.send(*bytes, out);
    } else if (const auto owed = ws.response_to(event)) {
        ws.send(*owed, out);
    }
}

bool write_all(wsproto::BytesView data) {
    while (!data.empty()) {
        const auto size = ::write(STDOUT_FILENO, data.data(), data.size());
        if (size < 0) return false;
        data = data.subspan(static_cast<std::size_t>(size));
    }
    return true;
}

}  // namespace

int main() {
    wsproto::WSConnection ws{wsproto::ConnectionType::Server};
    wsproto::Bytes buffer(16 * 1024);
    wsproto::Bytes out;
    while (!ws.should_close_transport()) {
        const auto size = ::read(STDIN_FILENO, buffer.data(), buffer.size());
        if (size <= 0) {
            ws.receive_eof();
        } else {
            ws.receive_data_in_place({buffer.data(), static_cast<std::size_t>(size)});
        }
        out.clear();
        for (const wsproto::Event& event : ws.events()) {
            answer(ws, event, out);
        }
        if (!write_all(out)) return 1;
    }
}
