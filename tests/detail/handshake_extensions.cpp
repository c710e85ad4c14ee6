#include <wsproto/detail/handshake_extensions.hpp>

#include "catch.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

using namespace wsproto;
using namespace wsproto::detail;

namespace {

class NamedExtension : public Extension {
  public:
    explicit NamedExtension(std::string name, std::optional<std::string> offer = "",
                            Error validity = Error::None)
        : name_{std::move(name)}, offer_{std::move(offer)}, validity_{validity} {}

    [[nodiscard]] std::string_view name() const override { return name_; }
    [[nodiscard]] std::optional<std::string> offer() const override { return offer_; }
    [[nodiscard]] Error validate() const override { return validity_; }

  private:
    std::string name_;
    std::optional<std::string> offer_;
    Error validity_;
};

template <typename... Arguments>
std::shared_ptr<Extension> make(Arguments... arguments) {
    return std::make_shared<NamedExtension>(arguments...);
}

}  // namespace

TEST_CASE("extensions that are valid, free and of different names may take part") {
    CHECK(check_extensions({}) == Error::None);
    CHECK(check_extensions({make("a"), make("b")}) == Error::None);
}

TEST_CASE("two extensions of one name may not, nor one given twice") {
    CHECK(check_extensions({make("a"), make("b"), make("A")}) == Error::DuplicateExtension);
    const auto extension = make("a");
    CHECK(check_extensions({extension, extension}) == Error::DuplicateExtension);
}

TEST_CASE("an extension of another connection may not") {
    const Extensions extensions = {make("a"), make("b")};
    attach_all({extensions[1]});
    CHECK(check_extensions({extensions[0]}) == Error::None);
    CHECK(check_extensions(extensions) == Error::ExtensionInUse);
}

TEST_CASE("an extension says itself what is wrong with it") {
    CHECK(check_extensions({make("a"), make("b", "", Error::OptionsOutOfRange)}) ==
          Error::OptionsOutOfRange);
}

TEST_CASE("offers are joined in the order of preference") {
    CHECK(join_offers({}).empty());
    CHECK(join_offers({make("x", "p=1; q"), make("hidden", std::nullopt), make("y")}) ==
          "x; p=1; q, y");
    CHECK(join_offers({make("hidden", std::nullopt)}).empty());
}

TEST_CASE("what an answer names is picked, in its order") {
    const Extensions supported = {make("a"), make("b"), make("c")};
    CHECK(pick_agreed("", supported).empty());
    CHECK(pick_agreed("C; p=\"1, b\", a", supported) == Extensions{supported[2], supported[0]});
}
