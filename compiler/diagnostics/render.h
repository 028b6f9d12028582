#pragma once
#include <string>

#include "diagnostics/diagnostic.h"
#include "source/source_manager.h"

namespace sluice::diagnostics {

/// For people: title, place, the line with a caret under it, causes, what to do. Ends in an empty line.
std::string render_human(const Diagnostic& diagnostic, const source::SourceManager& sources, bool color);

/// One line: a JSON object with code, severity, title, file, line, column, end_line, end_column, message, help, notes
/// and fixes. Lines and columns count from 1, columns in bytes.
std::string render_json(const Diagnostic& diagnostic, const source::SourceManager& sources);

/// One line: a command to GitHub's runner, which shows it beside the line. `file` is the diagnostic's file as seen from
/// the top of the repository.
std::string render_github(const Diagnostic& diagnostic, const source::SourceManager& sources, const std::string& file);

}  // namespace sluice::diagnostics
