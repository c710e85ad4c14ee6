#include <wsproto/detail/frame_source.hpp>

#include "support.hpp"

#include <string>
#include <system_error>

using namespace wsproto;
using namespace support;

namespace {

struct Source : wsproto::detail::FrameSource<Source> {
    Progress progress = Progress::NeedMore;

    Progress next(MutableBytesView& in, Frame& frame) {
        in = in.subspan(1);
        frame.opcode = Opcode::Ping;
        return progress;
    }
    [[nodiscard]] Error error() const { return Error::InvalidOpcode; }
    [[nodiscard]] std::string error_message() const { return "Invalid opcode 0x3"; }
};

}  // namespace

TEST_CASE("a source that has a frame gives it") {
    Source source;
    source.progress = Progress::Ready;
    Bytes bytes(3);
    MutableBytesView in{bytes};
    const auto frame = source.receive(in);
    REQUIRE(frame);
    CHECK(frame->opcode == Opcode::Ping);
    CHECK(in.size() == 2);
}

TEST_CASE("a source that starves gives nothing, and no error") {
    Source source;
    Bytes bytes(3);
    MutableBytesView in{bytes};
    std::error_code ec = Error::InvalidUtf8;
    CHECK_FALSE(source.receive(in, ec));
    CHECK_FALSE(ec);
    CHECK_FALSE(source.receive(in));
}

TEST_CASE("a source that failed throws, or stores its complaint") {
    Source source;
    source.progress = Progress::Failed;
    Bytes bytes(3);
    MutableBytesView in{bytes};
    std::error_code ec;
    CHECK_FALSE(source.receive(in, ec));
    CHECK(ec == Error::InvalidOpcode);
    try {
        static_cast<void>(source.receive(in));
        FAIL("nothing was thrown");
    } catch (const ParseFailed& failure) {
        CHECK(failure.what() == std::string{"Invalid opcode 0x3"});
        CHECK(failure.code() == CloseReason::ProtocolError);
        CHECK(failure.error() == Error::InvalidOpcode);
    }
}
