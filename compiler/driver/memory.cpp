#include "driver/memory.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdlib>

namespace sluice::driver {

void prepare_memory() {
  constexpr std::uintptr_t step = 256U << 20U;
  constexpr std::uintptr_t huge_page = 2U << 20U;
  mallopt(M_TOP_PAD, step);
  mallopt(M_TRIM_THRESHOLD, 1 << 30);
  mallopt(M_MMAP_THRESHOLD, 1 << 30);
  auto begin = reinterpret_cast<std::uintptr_t>(sbrk(0));
  // The first piece that is asked for makes the heap grow by a whole step; volatile, so that it is asked for.
  void* volatile piece = std::malloc(huge_page);
  std::free(piece);
  auto end = reinterpret_cast<std::uintptr_t>(sbrk(0));
  begin = (begin + huge_page - 1) / huge_page * huge_page;
  if (end > begin) madvise(reinterpret_cast<void*>(begin), end - begin, MADV_HUGEPAGE);
}

}  // namespace sluice::driver
