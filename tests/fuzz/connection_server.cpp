// Invariant: a server, handshake and deflate included, survives any bytes: documented errors alone,
// legal states, every step of events() takes or shows something, and memory is bounded.
#include "whole_connection.hpp"

namespace fuzz::connection_server {

void run(Input input) {
    const Setup setup{input};
    WholeConnection server{ConnectionType::Server, setup};
    server.live(opening_to(ConnectionType::Server, setup), input.rest());
}

}  // namespace fuzz::connection_server
