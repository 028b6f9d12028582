# cmake -DFILES=a;b -DHEADER=stdlib/embedded.h -DNAMESPACE=stdlib -DOUTPUT=stdlib.cpp [-DPART=opening] -P EmbedFiles.cmake
# Each file as a raw string behind the header, which declares `EmbeddedFile` and `files()` in that namespace. With
# PART=opening only the comment that a source file opens with.
set(text "#include \"${HEADER}\"\n\nnamespace sluice::${NAMESPACE} {\nnamespace {\n")
set(table "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" content)
  if("${PART}" STREQUAL "opening" AND name MATCHES "\\.cpp$")
    string(REGEX MATCH "^(//[^\n]*\n)+" content "${content}")
  endif()
  string(APPEND text "constexpr char file_${index}[] = R\"sluice~(${content})sluice~\";\n")
  string(APPEND table "    {\"${name}\", {file_${index}, sizeof file_${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND text "constexpr EmbeddedFile table[] = {\n${table}};\n}  // namespace\n\n")
string(APPEND text "std::span<const EmbeddedFile> files() { return table; }\n\n}  // namespace sluice::${NAMESPACE}\n")
file(WRITE "${OUTPUT}" "${text}")
