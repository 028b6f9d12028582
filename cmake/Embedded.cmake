# What the program holds in itself, so that nothing of ours is read from disk at run time.
# sluice_embed(name header namespace files... [PART opening]): a library of those files behind `header`.
function(sluice_embed name header namespace)
  cmake_parse_arguments(EMBED "" "PART" "FILES" ${ARGN})
  set(source "${CMAKE_BINARY_DIR}/generated/${name}.cpp")
  add_custom_command(
    OUTPUT "${source}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${EMBED_FILES}" "-DHEADER=${header}" "-DNAMESPACE=${namespace}"
            "-DPART=${EMBED_PART}" "-DOUTPUT=${source}" -P "${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake"
    DEPENDS ${EMBED_FILES} "${CMAKE_SOURCE_DIR}/cmake/EmbedFiles.cmake"
    VERBATIM)
  add_library(${name} STATIC "${source}")
  target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}" "${CMAKE_SOURCE_DIR}/compiler")
endfunction()

# The library's .pipe files and its table of pinned actions.
file(GLOB SLUICE_STDLIB_FILES CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/stdlib/*.pipe" "${CMAKE_SOURCE_DIR}/stdlib/*.tsv")
sluice_embed(sluice_stdlib stdlib/embedded.h stdlib FILES ${SLUICE_STDLIB_FILES})

# What `sluice explain` knows: the page of the codes, and the comment that each lint rule opens with.
file(GLOB SLUICE_RULE_FILES CONFIGURE_DEPENDS "${CMAKE_SOURCE_DIR}/compiler/lint/rules/*.cpp")
sluice_embed(sluice_pages explain/embedded.h explain PART opening
  FILES "${CMAKE_SOURCE_DIR}/docs/diagnostics.md" ${SLUICE_RULE_FILES})
