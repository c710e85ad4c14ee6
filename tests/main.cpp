// The entry point of wsproto_tests, the same for both versions of Catch2.
#define CATCH_CONFIG_RUNNER
#include "catch.hpp"

int main(int argument_count, char** arguments) {
    return Catch::Session().run(argument_count, arguments);
}
