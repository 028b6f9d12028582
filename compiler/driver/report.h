#pragma once
#include <string>

#include "diagnostics/sink.h"
#include "source/source_manager.h"

namespace sluice::driver {

/// Prints what was found: for people on the error stream, as JSON lines on the output. Gives whether there was an
/// error.
bool report(const diagnostics::Sink& sink, const source::SourceManager& sources, const std::string& format = "human");

/// `sluice: …` on the error stream; gives the exit status of misuse.
int complain(const std::string& message);

/// Writes all of it to standard output; gives 2 if that cannot take it.
int print(std::string_view text);

}  // namespace sluice::driver
