# Compiler settings that every target of ours shares: warnings are errors, sanitizers by preset.
add_library(sluice_options INTERFACE)
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Werror)

set(SLUICE_SANITIZE "" CACHE STRING "Value of -fsanitize= for every target, empty for none")
if(SLUICE_SANITIZE)
  add_compile_options(-fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${SLUICE_SANITIZE})
endif()

option(SLUICE_COVERAGE "Instrument every target for gcov" OFF)
if(SLUICE_COVERAGE)
  add_compile_options(--coverage)
  add_link_options(--coverage)
endif()

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER "${CCACHE}")
endif()

# Start-up time is part of the product: no shared C++ library to load but libc itself.
function(sluice_link_statically target)
  if(NOT SLUICE_SANITIZE AND NOT SLUICE_COVERAGE)
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,-O1)
  endif()
endfunction()
