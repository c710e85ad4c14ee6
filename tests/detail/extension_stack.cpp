#include <wsproto/detail/extension_stack.hpp>

#include "support.hpp"
#include "support_extension.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

using namespace wsproto;
using namespace wsproto::detail;
using namespace support;

namespace {

constexpr FrameHeader with_rsv2{.rsv = {.rsv2 = true}};

std::shared_ptr<Disguise> disguise(std::string trailer, std::byte key, RsvBits bits) {
    return std::make_shared<Disguise>(Disguise::Settings{bits, key, trailer, std::move(trailer)});
}

struct Inbound {
    std::string text{};
    bool ended = false;
    Error error = Error::None;
};

// One frame in two pieces, drained through steps of `step` bytes.
Inbound pass(ExtensionStack& stack, const FrameHeader& header, BytesView payload,
             std::size_t cut = 0, std::size_t step = 1000) {
    Inbound got;
    got.error = stack.begin_frame(header, header.rsv);
    for (const BytesView piece : {payload.first(cut), payload.subspan(cut)}) {
        const bool last = piece.data() + piece.size() == payload.data() + payload.size();
        if (!last && piece.empty()) continue;
        BytesView in = piece;
        Bytes out(step);
        for (;;) {
            if (got.ended || got.error != Error::None) return got;
            const Pulled pulled = stack.inbound(in, last, last && header.fin, out);
            got.text += as_text(BytesView{out}.first(pulled.produced));
            got.ended = pulled.ended;
            got.error = pulled.error;
            if (pulled.produced != step) break;
        }
        CHECK((in.empty() || got.error != Error::None));
    }
    return got;
}

std::string sent(ExtensionStack& stack, FrameHeader& header, std::string_view payload) {
    Bytes out;
    REQUIRE(stack.outbound(header, as_bytes(payload), true, out) == Error::None);
    return std::string{as_text(out)};
}

// Decodes digits, two of which are one byte; any other character is an error.
class Digits : public Disguise {
  public:
    explicit Digits(RsvBits bits) : Disguise{{.bits = bits}} {}
    Step frame_inbound_payload_data(BytesView& in, MutableBytesView out) override {
        Step step{};
        while (!in.empty() && step.produced != out.size()) {
            const char digit = as_text(in)[0];
            if (digit < '0' || digit > '9') {
                step.error = Error::ExtensionInvalidData;
                return step;
            }
            in = in.subspan(1);
            if (have_ == '\0') {
                have_ = digit;
            } else {
                out[step.produced++] = static_cast<std::byte>((have_ - '0') * 10 + digit - '0');
                have_ = '\0';
            }
        }
        step.more = !in.empty();
        return step;
    }
    Step frame_inbound_complete(bool, MutableBytesView) override { return {}; }

  private:
    char have_ = '\0';
};

struct Stalling : Disguise {
    bool in_complete = false;
    Step frame_inbound_payload_data(BytesView& in, MutableBytesView out) override {
        ask();
        return in_complete ? Disguise::frame_inbound_payload_data(in, out) : Step{.more = true};
    }
    Step frame_inbound_complete(bool, MutableBytesView) override {
        ask();
        return {.more = in_complete};
    }

  private:
    void ask() {
        if (++asked_ == 100) FAIL("asked again and again");
    }

    int asked_ = 0;
};

struct Recording : Disguise {
    Recording(std::string& log, char letter, Error answer = Error::None)
        : log_{log}, letter_{letter}, answer_{answer} {}
    Error frame_inbound_header(const FrameHeader&) override {
        log_ += letter_;
        return answer_;
    }

  private:
    std::string& log_;
    char letter_;
    Error answer_;
};

// Reports more than it was given: `beyond` bytes behind `out`, or input that it never had.
struct Boasting : Disguise {
    std::size_t beyond = 0;
    bool in_complete = false;
    BytesView invented{};
    Step frame_inbound_payload_data(BytesView& in, MutableBytesView out) override {
        if (in_complete) return Disguise::frame_inbound_payload_data(in, out);
        if (!invented.empty()) in = invented;
        return {.produced = out.size() + beyond};
    }
    Step frame_inbound_complete(bool, MutableBytesView out) override {
        return {.produced = out.size() + beyond};
    }
};

}  // namespace

TEST_CASE("extensions are claimed for one connection, and the first complaint stands") {
    const auto a = disguise("", {}, {.rsv1 = true});
    const auto b = disguise("", {}, {.rsv2 = true});
    const auto also_b = disguise("", {}, {.rsv2 = true});
    CHECK(attach_extensions({}) == Error::None);
    CHECK(attach_extensions({a}) == Error::None);
    CHECK(attach_extensions({b, also_b, a}) == Error::ReservedBitsShared);
    CHECK(attach_extensions({a, b, also_b}) == Error::ExtensionInUse);
    CHECK((a->attached() && b->attached() && also_b->attached()));
}

TEST_CASE("a stack claims what its extensions claim together") {
    const ExtensionStack stack{
        {disguise("", {}, {.rsv1 = true}), disguise("", {}, {.rsv3 = true})}};
    CHECK(stack.claimed() == RsvBits{true, false, true});
    CHECK_FALSE(stack.always_transforms());
}

TEST_CASE("an extension sees the frames that carry its bit, and no others") {
    ExtensionStack stack{{std::make_shared<Disguise>()}};
    CHECK(stack.begin_frame(with_rsv2, with_rsv2.rsv) == Error::None);
    CHECK(stack.transforms());
    CHECK(stack.begin_frame({}, {}) == Error::None);
    CHECK_FALSE(stack.transforms());
    CHECK(stack.begin_frame({.opcode = Opcode::Continuation}, with_rsv2.rsv) == Error::None);
    CHECK(stack.transforms());
}

TEST_CASE("an extension without a bit of its own sees all frames") {
    ExtensionStack stack{{disguise("", {}, {})}};
    CHECK(stack.always_transforms());
    CHECK(stack.begin_frame({}, {}) == Error::None);
    CHECK(stack.transforms());
}

TEST_CASE("a control frame is shown to all, the one nearest to the wire first, and ends nothing") {
    std::string log;
    ExtensionStack stack{
        {std::make_shared<Recording>(log, 'a'), std::make_shared<Recording>(log, 'b')}};
    CHECK(stack.begin_frame(with_rsv2, with_rsv2.rsv) == Error::None);
    CHECK(stack.begin_frame({.opcode = Opcode::Ping}, {}) == Error::None);
    CHECK(log == "baba");
    CHECK(stack.transforms());
}

TEST_CASE("a control frame before any message passes no extension") {
    ExtensionStack stack{{disguise("", {}, {})}};
    CHECK_FALSE(stack.transforms());
    CHECK(stack.begin_frame({.opcode = Opcode::Ping}, {}) == Error::None);
    CHECK_FALSE(stack.transforms());
}

TEST_CASE("an extension that refuses a header is the last one asked") {
    std::string log;
    ExtensionStack stack{{std::make_shared<Recording>(log, 'a'),
                          std::make_shared<Recording>(log, 'b', Error::ExtensionProtocolError)}};
    CHECK(stack.begin_frame({}, {}) == Error::ExtensionProtocolError);
    CHECK(log == "b");
}

TEST_CASE("what an extension complains of when it receives is never the caller's mistake") {
    std::string log;
    ExtensionStack stack{{std::make_shared<Recording>(log, 'a', Error::DataTypeMismatch)}};
    CHECK(stack.begin_frame({}, {}) == Error::ExtensionProtocolError);

    struct Complaining : Disguise {
        Step frame_inbound_payload_data(BytesView&, MutableBytesView) override {
            return {.error = Error::ExtensionRefusedToSend};
        }
    };
    ExtensionStack complaining{{std::make_shared<Complaining>()}};
    CHECK(pass(complaining, with_rsv2, as_bytes("Hello")).error == Error::ExtensionProtocolError);
}

TEST_CASE("payload passes an extension at every cut and every size of steps") {
    const std::string wire = disguised("Hello, world");
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
        for (std::size_t step = 1; step != 20; ++step) {
            CAPTURE(cut, step);
            ExtensionStack stack{{std::make_shared<Disguise>()}};
            const Inbound got = pass(stack, with_rsv2, as_bytes(wire), cut, step);
            CHECK(got.text == "Hello, world<in>");
            CHECK(got.ended);
            CHECK(got.error == Error::None);
        }
    }
}

TEST_CASE("payload passes two extensions, out in order and in reversed") {
    const std::byte one{1};
    const std::byte two{2};
    const RsvBits both{.rsv1 = true, .rsv2 = true};
    const auto make = [&] {
        return ExtensionStack{
            {disguise("A", one, {.rsv1 = true}), disguise("B", two, {.rsv2 = true})}};
    };
    FrameHeader header{};
    ExtensionStack out = make();
    CHECK(sent(out, header, "Hello") == disguised(disguised("HelloA", one) + "B", two));
    CHECK(header.rsv == both);

    const std::string wire = disguised("Hello", std::byte{3});
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
        for (std::size_t step = 1; step != 10; ++step) {
            CAPTURE(cut, step);
            ExtensionStack in = make();
            const Inbound got = pass(in, {.rsv = both}, as_bytes(wire), cut, step);
            CHECK(got.text == "Hello" + disguised("B", one) + "A");
            CHECK(got.ended);
        }
    }
}

TEST_CASE("of two extensions only those take part whose bit is set") {
    ExtensionStack stack{
        {disguise("A", std::byte{1}, {.rsv1 = true}), disguise("B", std::byte{2}, {.rsv2 = true})}};
    const std::string by_first = disguised("Hello", std::byte{1});
    CHECK(pass(stack, {.rsv = {.rsv1 = true}}, as_bytes(by_first)).text == "HelloA");
    const std::string by_second = disguised("Hello", std::byte{2});
    CHECK(pass(stack, {.rsv = {.rsv2 = true}}, as_bytes(by_second)).text == "HelloB");
}

TEST_CASE("more than is made ahead passes two extensions") {
    const std::string text(50'000, 'x');
    ExtensionStack stack{{disguise("A", std::byte{1}, {}), disguise("B", std::byte{1}, {})}};
    const Inbound got = pass(stack, {}, as_bytes(text), 12'345, 7'000);
    CHECK((got.text == text + disguised("B", std::byte{1}) + "A"));
}

TEST_CASE("what is valid before a failure comes first, behind another extension too") {
    const std::string wire = "656667x";
    const bool stacked = GENERATE(false, true);
    for (std::size_t cut = 0; cut <= wire.size(); ++cut) {
        for (std::size_t step = 1; step != 6; ++step) {
            CAPTURE(cut, step, stacked);
            Extensions extensions{std::make_shared<Digits>(RsvBits{.rsv2 = true})};
            if (stacked) {
                extensions.insert(extensions.begin(), disguise("", {}, {.rsv1 = true}));
            }
            ExtensionStack stack{std::move(extensions)};
            const FrameHeader header{.rsv = {.rsv1 = stacked, .rsv2 = true}};
            const Inbound got = pass(stack, header, as_bytes(wire), cut, step);
            CHECK(got.text == "ABC");
            CHECK(got.error == Error::ExtensionInvalidData);
            CHECK_FALSE(got.ended);
        }
    }
}

TEST_CASE("an extension that failed is not asked again, behind another extension either") {
    struct FailingOnce : Disguise {
        explicit FailingOnce() : Disguise{{.bits = {}}} {}
        Step frame_inbound_payload_data(BytesView& in, MutableBytesView out) override {
            const bool failed = std::exchange(failed_, true);
            out[0] = in[0];
            in = in.subspan(1);
            return {.produced = 1, .error = failed ? Error::None : Error::ExtensionInvalidData};
        }

      private:
        bool failed_ = false;
    };
    ExtensionStack stack{{disguise("", {}, {}), std::make_shared<FailingOnce>()}};
    const Inbound got = pass(stack, {}, as_bytes("Hello"));
    CHECK(got.text == "H");
    CHECK(got.error == Error::ExtensionInvalidData);
}

TEST_CASE("a loop that neither consumes nor returns: an extension cannot make one", "[attack]") {
    const bool in_complete = GENERATE(false, true);
    const auto stalling = std::make_shared<Stalling>();
    stalling->in_complete = in_complete;
    ExtensionStack stack{{stalling}};
    const Inbound got = pass(stack, with_rsv2, as_bytes("Hello"));
    CHECK(got.error == Error::ExtensionStalled);
    CHECK_FALSE(got.ended);
}

TEST_CASE("two extensions keep no buffer between messages") {
    ExtensionStack stack{{disguise("A", std::byte{1}, {}), disguise("B", std::byte{2}, {})}};
    const std::size_t before = allocations().live;
    pass(stack, {}, as_bytes("Hello"));
    CHECK(allocations().live <= before);
}

TEST_CASE("a message that is not to be compressed keeps away from what compresses") {
    struct Compressing : Disguise {
        [[nodiscard]] bool compresses() const override { return true; }
    };
    ExtensionStack alone{{std::make_shared<Compressing>()}};
    CHECK(alone.touches(true));
    CHECK_FALSE(alone.touches(false));
    ExtensionStack stack{{std::make_shared<Compressing>(), disguise("", std::byte{1}, {}),
                          std::make_shared<Compressing>()}};
    CHECK(stack.touches(false));
    FrameHeader header{};
    Bytes out;
    CHECK(stack.outbound(header, as_bytes("Hello"), false, out) == Error::None);
    CHECK(as_text(out) == disguised("Hello", std::byte{1}));
}

TEST_CASE("an extension that refuses to send is the last one asked") {
    struct Refusing : Disguise {
        Error frame_outbound(FrameHeader&, BytesView, bool, Bytes&) override {
            return Error::ExtensionRefusedToSend;
        }
    };
    ExtensionStack stack{{std::make_shared<Refusing>(), std::make_shared<Disguise>()}};
    FrameHeader header{};
    Bytes out;
    CHECK(stack.outbound(header, as_bytes("Hello"), true, out) == Error::ExtensionRefusedToSend);
    CHECK(out.empty());
}

TEST_CASE("an extension that reports more than it was given is not believed") {
    const std::string much(100, 'x');
    const bool stacked = GENERATE(false, true);
    for (const int how : {0, 1, 2}) {
        CAPTURE(how, stacked);
        const auto boasting = std::make_shared<Boasting>();
        boasting->beyond = how == 2 ? 0 : SIZE_MAX / 2;
        boasting->in_complete = how == 1;
        if (how == 2) boasting->invented = as_bytes(much);
        Extensions extensions{boasting};
        if (stacked) extensions.insert(extensions.begin(), disguise("", {}, {.rsv2 = true}));
        ExtensionStack stack{std::move(extensions)};
        const Inbound got = pass(stack, with_rsv2, as_bytes("Hello"), 0, 10);
        CHECK(got.error == Error::ExtensionOverran);
        CHECK_FALSE(got.ended);
    }
}

TEST_CASE("an extension that takes away what is to be sent already refuses to send for good") {
    struct Taking : Disguise {
        Error frame_outbound(FrameHeader&, BytesView, bool, Bytes& out) override {
            out.clear();
            return Error::None;
        }
    };
    ExtensionStack stack{{std::make_shared<Taking>()}};
    FrameHeader header{};
    for (int times = 0; times != 2; ++times) {
        Bytes out = hex("01 02");
        CHECK(stack.outbound(header, as_bytes("x"), true, out) == Error::ExtensionRefusedToSend);
    }
}

TEST_CASE("a frame passes the extensions once the one before it was sent, and not otherwise") {
    ExtensionStack stack{{std::make_shared<Disguise>()}};
    FrameHeader header{};
    sent(stack, header, "Hello");
    Bytes out;
    CHECK(stack.outbound(header, as_bytes("x"), true, out) == Error::ExtensionRefusedToSend);
    stack.outbound_sent();
    CHECK(sent(stack, header, "Hello") == disguised("Hello<out>"));
}
