#pragma once
#include <chrono>
#include <expected>
#include <filesystem>
#include <string>

#include "runtime/expressions/json.h"

namespace sluice::runtime {

struct Unanswered {
  enum class Kind {
    unreachable,  ///< nobody listens there: no such file, or its process is dead
    forbidden,    ///< the file's mode does not let this user
    late,         ///< no answer in time; the request may have been done
    broken,       ///< no JSON, or the connection ended; the request may have been done
  };
  Kind kind;
  std::string text;
};

/// Asks one thing of a run or a server and waits for the answer. What the other side refuses is an answer too:
/// `{"error": "…"}`.
std::expected<Json, Unanswered> ask(const std::filesystem::path& path, const Json& request,
                                    std::chrono::milliseconds timeout);

}  // namespace sluice::runtime
