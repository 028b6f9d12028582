# Compiler settings that every target of ours shares: warnings are errors, sanitizers by preset.
add_library(sluice_options INTERFACE)
target_compile_options(sluice_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Werror)

set(SLUICE_SANITIZE "" CACHE STRING "Value of -fsanitize=, empty for none")
set(SLUICE_SANITIZE_FOLDERS "" CACHE STRING "Only sources below these folders are instrumented; empty for every one")
# GCC says that -fsanitize makes -Wmaybe-uninitialized see what is not there; a release build has it on.
set(sluice_sanitizer_options
  -O1 -g1 -fsanitize=${SLUICE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all -Wno-maybe-uninitialized)
if(SLUICE_SANITIZE)
  add_link_options(-fsanitize=${SLUICE_SANITIZE})
  if(NOT SLUICE_SANITIZE_FOLDERS)
    add_compile_options(${sluice_sanitizer_options})
  endif()
endif()

# sluice_sanitize(sources...): those of them that stand below SLUICE_SANITIZE_FOLDERS. All others are compiled as for a
# release, so that a build of one room with a sanitizer takes from the compiler's cache what it can.
function(sluice_sanitize)
  foreach(source IN LISTS ARGN)
    foreach(folder IN LISTS SLUICE_SANITIZE_FOLDERS)
      string(FIND "${source}" "${CMAKE_SOURCE_DIR}/${folder}/" at)
      if(SLUICE_SANITIZE AND at EQUAL 0)
        set_property(SOURCE "${source}" PROPERTY COMPILE_OPTIONS ${sluice_sanitizer_options})
      endif()
    endforeach()
  endforeach()
endfunction()

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
  if(SLUICE_SANITIZE OR SLUICE_COVERAGE)
    target_compile_definitions(${target} PRIVATE SLUICE_INSTRUMENTED)
  else()
    target_link_options(${target} PRIVATE -static-libstdc++ -static-libgcc -Wl,--gc-sections -Wl,-O1)
  endif()
endfunction()
