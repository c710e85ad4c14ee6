// Lets one program hold many mutations of the library, of which the environment switches one on:
// WSPROTO_MUTATION is its number. What is evaluated by the compiler stays as it is. It is included
// before anything else, and knows nothing of the library.
#ifndef WSPROTO_TESTS_MUTATION_SWITCH_HPP
#define WSPROTO_TESTS_MUTATION_SWITCH_HPP

#include <cstdio>
#include <cstdlib>

namespace mutation {

inline const int active = [] {
    const char* const number = std::getenv("WSPROTO_MUTATION");
    return number != nullptr ? std::atoi(number) : 0;
}();

/// Leaves a file, named by the environment, as a mark that the mutation was met.
inline bool reached() noexcept {
    static const bool marked = [] {
        const char* const name = std::getenv("WSPROTO_MUTATION_REACHED");
        std::FILE* const file = name != nullptr ? std::fopen(name, "w") : nullptr;
        return file != nullptr && std::fclose(file) == 0;
    }();
    static_cast<void>(marked);
    return true;
}

constexpr bool on(int number) noexcept {
    return !__builtin_is_constant_evaluated() && active == number && reached();
}

/// `value`, or `other` where this mutation is on.
template <typename T>
constexpr T pick(int number, T value, T other) noexcept {
    return on(number) ? other : value;
}

/// Stands between the operands of an operator, as in `a < Infix<…>{} < b`, and has its rank.
template <int Number>
struct Infix {};

template <int Number, typename A>
struct Left {
    const A& a;
};

}  // namespace mutation

#define WSPROTO_MUTATION_INFIX(op, other)                                              \
    template <int Number, typename A>                                                  \
    constexpr Left<Number, A> operator op(const A& a, Infix<Number>) noexcept {        \
        return {a};                                                                    \
    }                                                                                  \
    template <int Number, typename A, typename B>                                      \
    constexpr auto operator op(Left<Number, A> left, const B& b) {                     \
        if constexpr (requires { decltype(left.a op b){left.a other b}; }) {           \
            if (on(Number)) return static_cast<decltype(left.a op b)>(left.a other b); \
        }                                                                              \
        return left.a op b;                                                            \
    }

namespace mutation {
WSPROTO_MUTATION_INFIX(<, <=)
WSPROTO_MUTATION_INFIX(<=, <)
WSPROTO_MUTATION_INFIX(>, >=)
WSPROTO_MUTATION_INFIX(>=, >)
WSPROTO_MUTATION_INFIX(==, !=)
WSPROTO_MUTATION_INFIX(!=, ==)
WSPROTO_MUTATION_INFIX(+, -)
WSPROTO_MUTATION_INFIX(-, +)
WSPROTO_MUTATION_INFIX(|, &)
WSPROTO_MUTATION_INFIX(&, |)
WSPROTO_MUTATION_INFIX(<<, >>)
WSPROTO_MUTATION_INFIX(>>, <<)
}  // namespace mutation

#endif
