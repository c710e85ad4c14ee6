// Catch2 under one name: decides between its versions 2 and 3, and includes nothing else.
#ifndef WSPROTO_TESTS_CATCH_HPP
#define WSPROTO_TESTS_CATCH_HPP

#if __has_include(<catch2/catch_all.hpp>)
#include <catch2/catch_all.hpp>
#else
#include <catch2/catch.hpp>
#endif

#endif  // WSPROTO_TESTS_CATCH_HPP
