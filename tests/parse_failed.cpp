#include <wsproto/parse_failed.hpp>

#include "catch.hpp"

#include <stdexcept>
#include <string>
#include <type_traits>

using namespace wsproto;

static_assert(std::is_base_of_v<std::runtime_error, ParseFailed>);

TEST_CASE("a failed parse tells the close code, the complaint and its text") {
    const ParseFailed failure{Error::InvalidUtf8, "Text message is not valid UTF-8"};
    CHECK(failure.code() == CloseReason::InvalidFramePayloadData);
    CHECK(failure.error() == Error::InvalidUtf8);
    CHECK(failure.what() == std::string{"Text message is not valid UTF-8"});
}
