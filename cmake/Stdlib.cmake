# The library's .pipe files and its table of pinned actions, as one generated source: nothing is read from disk at run time.
file(GLOB SLUICE_STDLIB_FILES CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/stdlib/*.pipe" "${CMAKE_SOURCE_DIR}/stdlib/*.tsv")
set(SLUICE_STDLIB_SOURCE "${CMAKE_BINARY_DIR}/generated/stdlib.cpp")
add_custom_command(
  OUTPUT "${SLUICE_STDLIB_SOURCE}"
  COMMAND "${CMAKE_COMMAND}" "-DFILES=${SLUICE_STDLIB_FILES}" "-DOUTPUT=${SLUICE_STDLIB_SOURCE}" -P "${CMAKE_SOURCE_DIR}/cmake/EmbedStdlib.cmake"
  DEPENDS ${SLUICE_STDLIB_FILES} "${CMAKE_SOURCE_DIR}/cmake/EmbedStdlib.cmake"
  VERBATIM)
add_library(sluice_stdlib STATIC "${SLUICE_STDLIB_SOURCE}")
target_include_directories(sluice_stdlib PUBLIC "${CMAKE_SOURCE_DIR}")
