// How the echo client ends: its exit statuses, and an error that carries one of them.
#ifndef WSPROTO_EXAMPLES_CLIENT_FAILURE_HPP
#define WSPROTO_EXAMPLES_CLIENT_FAILURE_HPP

#include <stdexcept>
#include <string>

/// How the client ends.
enum class Exit { Success, Usage, Lost, Refused, Protocol };

struct Failure : std::runtime_error {
    Failure(Exit own_status, const std::string& what)
        : std::runtime_error{what}, status{own_status} {}

    Exit status;
};

#endif
