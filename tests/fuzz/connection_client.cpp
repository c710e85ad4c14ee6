// Invariant: a client, handshake and deflate included, survives any bytes: documented errors alone,
// legal states, every step of events() takes or shows something, and memory is bounded.
#include "whole_connection.hpp"

namespace fuzz::connection_client {

void run(Input input) {
    const Setup setup{input};
    WholeConnection client{ConnectionType::Client, setup};
    client.live(opening_to(ConnectionType::Client, setup), input.rest());
}

}  // namespace fuzz::connection_client
