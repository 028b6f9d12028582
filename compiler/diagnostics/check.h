#pragma once
#include <cstdio>
#include <cstdlib>

/// Our own mistake, never a user's: says what we believed and stops.
#define CHECK(condition, belief)                                                                \
  do {                                                                                          \
    if (!(condition)) {                                                                         \
      std::fprintf(stderr, "sluice: internal error: %s (%s:%d)\n", belief, __FILE__, __LINE__); \
      std::abort();                                                                             \
    }                                                                                           \
  } while (false)
