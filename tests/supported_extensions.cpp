#include <wsproto/supported_extensions.hpp>

#include "catch.hpp"

#include <string>
#include <vector>

using namespace wsproto;

static_assert(!supported_extensions().empty());

TEST_CASE("permessage-deflate is the extension that the library brings") {
    std::vector<std::string> names;
    for (const auto& supported : supported_extensions()) {
        names.emplace_back(supported.name);
    }
    CHECK(names == std::vector<std::string>{"permessage-deflate"});
}

TEST_CASE("every supported extension is made new, by its name, and can be offered") {
    for (const auto& supported : supported_extensions()) {
        CAPTURE(supported.name);
        const auto extension = supported.make();
        CHECK(extension != supported.make());
        CHECK(extension->name() == supported.name);
        CHECK(extension->offer());
        CHECK(extension->validate() == Error::None);
        CHECK_FALSE(extension->enabled());
    }
}
