# The libraries from Debian, each behind one target. Their headers are system headers: their warnings are not ours.
find_package(pegtl 3.2 REQUIRED CONFIG)

find_package(LLVM 14 REQUIRED CONFIG)
add_library(sluice_llvm INTERFACE)
target_include_directories(sluice_llvm SYSTEM INTERFACE ${LLVM_INCLUDE_DIRS})
# The two archives by path: LLVM's own target would pull in z3, zlib and, in a shared build, 12 ms of start-up.
target_link_libraries(sluice_llvm INTERFACE
  ${LLVM_LIBRARY_DIR}/libLLVMSupport.a ${LLVM_LIBRARY_DIR}/libLLVMDemangle.a tinfo pthread dl)

# Debian ships fmt as a shared library only, so its source part is compiled here, once.
find_package(fmt 9 REQUIRED CONFIG)
add_library(sluice_fmt STATIC cmake/fmt.cpp)

find_package(nlohmann_json 3.11 REQUIRED CONFIG)
add_library(sluice_json INTERFACE)
target_link_libraries(sluice_json INTERFACE nlohmann_json::nlohmann_json)

find_package(CLI11 2 REQUIRED CONFIG)
add_library(sluice_cli11 INTERFACE)
target_link_libraries(sluice_cli11 INTERFACE CLI11::CLI11)

# Linked as an archive where there is one: no second shared library to load at every start.
find_package(SQLite3 3.40 REQUIRED)
find_library(SLUICE_SQLITE_ARCHIVE NAMES libsqlite3.a)
add_library(sluice_sqlite INTERFACE)
target_include_directories(sluice_sqlite SYSTEM INTERFACE ${SQLite3_INCLUDE_DIRS})
target_link_libraries(sluice_sqlite INTERFACE
  $<IF:$<BOOL:${SLUICE_SQLITE_ARCHIVE}>,${SLUICE_SQLITE_ARCHIVE},${SQLite3_LIBRARIES}> pthread dl m)

# SHA-256 alone, from the archive: the shared library would be loaded at every start.
find_library(SLUICE_CRYPTO libcrypto.a REQUIRED)
add_library(sluice_crypto INTERFACE)
target_link_libraries(sluice_crypto INTERFACE ${SLUICE_CRYPTO})

# Its archive by path, as above: the package's own target is the shared library.
find_path(SLUICE_YAML_HEADERS yaml-cpp/eventhandler.h REQUIRED)
find_library(SLUICE_YAML_ARCHIVE libyaml-cpp.a REQUIRED)
add_library(sluice_yaml INTERFACE)
target_include_directories(sluice_yaml SYSTEM INTERFACE ${SLUICE_YAML_HEADERS})
target_link_libraries(sluice_yaml INTERFACE ${SLUICE_YAML_ARCHIVE})
