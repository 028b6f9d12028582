#pragma once
#include <cstdio>
#include <cstdlib>

/// Stops the program when something that we believe turns out to be false: our mistake, never the user's.
#define CHECK(condition, belief)                                                               \
  do {                                                                                         \
    if (!(condition)) {                                                                        \
      std::fprintf(stderr, "%s:%d: internal error: not so: %s\n", __FILE__, __LINE__, belief); \
      std::abort();                                                                            \
    }                                                                                          \
  } while (false)
