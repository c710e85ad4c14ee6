#include <wsproto/detail/handshake_core.hpp>

#include "catch.hpp"

#include <wsproto/bytes.hpp>

using namespace wsproto;
using namespace wsproto::detail;

TEST_CASE("a failure drops the input and is remembered") {
    HandshakeCore core;
    core.input.append(as_bytes("abc"));
    CHECK(core.fail(Error::BadAcceptToken, ConnectionState::Closed, "x") == Progress::Failed);
    CHECK(core.error == Error::BadAcceptToken);
    CHECK(core.culprit == "x");
    CHECK(core.state == ConnectionState::Closed);
    CHECK(core.input.size() == 0);
    CHECK_FALSE(core.listening);
}

TEST_CASE("what opens keeps its input") {
    HandshakeCore core;
    core.input.append(as_bytes("abc"));
    core.open({});
    CHECK(core.state == ConnectionState::Open);
    CHECK(core.input.size() == 3);
    CHECK(core.listening);
}

TEST_CASE("the end of the transport takes away the last word, and nothing else") {
    HandshakeCore core;
    core.stop(ConnectionState::Connecting);
    CHECK(core.rest() == Progress::NeedMore);
    CHECK(core.state == ConnectionState::Connecting);
    core.ended = true;
    CHECK(core.rest() == Progress::NeedMore);
    CHECK(core.state == ConnectionState::Closed);
    core.stop(ConnectionState::Rejecting);
    CHECK(core.rest() == Progress::NeedMore);
    CHECK(core.state == ConnectionState::Rejecting);
}
