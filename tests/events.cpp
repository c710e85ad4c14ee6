#include <wsproto/events.hpp>

#include "support.hpp"

#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>

using namespace wsproto;
using namespace support;

namespace {

static_assert(std::is_aggregate_v<Request> && std::is_aggregate_v<TextMessage>);
static_assert(std::is_same_v<TextMessage, Message<std::string_view>>);
static_assert(std::is_same_v<BytesMessage, Message<BytesView>>);
static_assert(std::variant_size_v<Event> == 9);
static_assert(TextMessage{}.frame_finished && TextMessage{}.message_finished);
static_assert(TextMessage{}.compress);

}  // namespace

TEST_CASE("a Ping is answered by a Pong with its payload", "[rfc6455-5.5.3-same-payload]") {
    const Ping ping{.payload = as_bytes("Hello")};
    CHECK(as_text(ping.response().payload) == "Hello");
    CHECK(ping.response().payload.data() == ping.payload.data());
}

TEST_CASE("a Close is answered by one with its code and reason") {
    const CloseConnection close{.code = CloseReason::GoingAway, .reason = "bye"};
    CHECK(close.response().code == CloseReason::GoingAway);
    CHECK(close.response().reason == "bye");
}

TEST_CASE("a Close without a code is answered by one without a code") {
    const CloseConnection close{.code = CloseReason::NoStatusRcvd};
    CHECK(close.response().code == CloseReason::NoStatusRcvd);
}

TEST_CASE("without any field, a Close is a normal closure and a rejection a bad request") {
    CHECK(CloseConnection{}.code == CloseReason::NormalClosure);
    CHECK(RejectConnection{}.status_code == 400);
    CHECK_FALSE(RejectConnection{}.has_body);
    CHECK(RejectData{}.body_finished);
}

TEST_CASE("a message owns its data or views it") {
    const Message<std::string> owner{.data = "owned"};
    const TextMessage view{.data = owner.data, .message_finished = false};
    CHECK(view.data.data() == owner.data.data());
}

TEST_CASE("one visitor is made of several lambdas") {
    const auto visitor = overloaded{
        [](const TextMessage& text) { return std::string{text.data}; },
        [](const Ping&) { return std::string{"ping"}; },
        [](const auto&) { return std::string{"other"}; },
    };
    CHECK(std::visit(visitor, Event{TextMessage{.data = "Hello"}}) == "Hello");
    CHECK(std::visit(visitor, Event{Ping{}}) == "ping");
    CHECK(std::visit(visitor, Event{Pong{}}) == "other");
}

TEST_CASE("complaints name an event by its type") {
    const auto name = [](const Event& event) {
        return std::visit([](const auto& any) { return wsproto::detail::event_name(any); }, event);
    };
    CHECK(name(Request{}) == "Request");
    CHECK(name(AcceptConnection{}) == "AcceptConnection");
    CHECK(name(RejectConnection{}) == "RejectConnection");
    CHECK(name(RejectData{}) == "RejectData");
    CHECK(name(CloseConnection{}) == "CloseConnection");
    CHECK(name(TextMessage{}) == "TextMessage");
    CHECK(name(BytesMessage{}) == "BytesMessage");
    CHECK(name(Ping{}) == "Ping");
    CHECK(name(Pong{}) == "Pong");
}
