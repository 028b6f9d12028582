# cmake -DFILES=a;b -DOUTPUT=stdlib.cpp -P EmbedStdlib.cmake: each file as a raw string behind stdlib/embedded.h.
set(text "#include \"stdlib/embedded.h\"\n\nnamespace sluice::stdlib {\nnamespace {\n")
set(table "")
set(index 0)
foreach(file IN LISTS FILES)
  get_filename_component(name "${file}" NAME)
  file(READ "${file}" content)
  # A string literal may hold 64 KiB at least: no file of the library comes near.
  string(APPEND text "constexpr char file_${index}[] = R\"sluice~(${content})sluice~\";\n")
  string(APPEND table "    {\"${name}\", {file_${index}, sizeof file_${index} - 1}},\n")
  math(EXPR index "${index} + 1")
endforeach()
string(APPEND text "constexpr EmbeddedFile table[] = {\n${table}};\n}  // namespace\n\nstd::span<const EmbeddedFile> files() { return table; }\n\n}  // namespace sluice::stdlib\n")
file(WRITE "${OUTPUT}" "${text}")
