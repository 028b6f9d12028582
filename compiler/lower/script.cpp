// Scripts: every hole becomes a variable of the step or a quoted constant, so that no text is ever read as code.
#include "lower/shell_places.h"
#include "lower/unfolder.h"

namespace sluice::lower {
namespace {

DIAGNOSTIC(UnsafePlace, "{} cannot be put into {} safely");

bool is_posix(llvm::StringRef shell) { return shell == "bash" || shell == "sh"; }
bool is_powershell(llvm::StringRef shell) { return shell == "pwsh" || shell == "powershell"; }

std::string_view describe(ShellPlace place) {
  switch (place) {
    case ShellPlace::closed: return "a quoted here-document, `$'…'` or backticks";
    case ShellPlace::arithmetic: return "arithmetic, a subscript or a `${…}`";
    case ShellPlace::comment: return "a comment";
    case ShellPlace::word: case ShellPlace::double_quotes: case ShellPlace::single_quotes: case ShellPlace::document: return "this place";
  }
  return "";
}

bool mentions(llvm::StringRef text, llvm::StringRef name) {
  for (std::size_t at = text.find(name); at != llvm::StringRef::npos; at = text.find(name, at + 1)) {
    bool before = at > 0 && (std::isalnum(static_cast<unsigned char>(text[at - 1])) || text[at - 1] == '_');
    std::size_t end = at + name.size();
    bool behind = end < text.size() && (std::isalnum(static_cast<unsigned char>(text[end])) || text[end] == '_');
    if (!before && !behind) return true;
  }
  return false;
}

bool bound(const Bindings& env, std::string_view name) {
  return std::any_of(env.begin(), env.end(), [&](const auto& binding) { return binding.first == name; });
}

// What a step without a title is called: its script's first line, cut where it grows long.
constexpr std::size_t longest_title = 72;

// `set -eu` and comments say nothing of what a script does.
llvm::StringRef first_telling_line(llvm::StringRef script) {
  llvm::StringRef text = script.ltrim();
  while (text.startswith("set -") || text.startswith("#")) {
    llvm::StringRef rest = text.split('\n').second.ltrim();
    if (rest.empty()) break;
    text = rest;
  }
  return text;
}

// At most so many bytes, between two words where there are any, never inside a character.
std::string cut(llvm::StringRef line, std::size_t most) {
  std::size_t end = std::min(most, line.size());
  while (end > 0 && end < line.size() && (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U) --end;
  return line.take_front(end).rsplit(' ').first.str();
}

// In PowerShell's single quotes and `@'…'@` nothing is a variable.
bool closed_in_powershell(llvm::StringRef script) {
  char quote = '\0';
  bool document = false;
  for (std::size_t at = 0; at < script.size(); ++at) {
    char c = script[at];
    if (quote == '\0') {
      if (c == '`') ++at;
      else if (c == '#' && (at == 0 || script[at - 1] == ' ' || script[at - 1] == '\n')) at = std::min(script.find('\n', at), script.size());
      else if (c == '\'' || c == '"') {
        quote = c;
        document = at > 0 && script[at - 1] == '@' && script.substr(at + 1).startswith("\n");
      }
    } else if (document) {
      if (c == '\n' && script.substr(at + 1).startswith(quote == '"' ? "\"@" : "'@")) quote = '\0', at += 2;
    } else if (c == '`' && quote == '"') {
      ++at;
    } else if (c == quote) {
      quote = '\0';
    }
  }
  return quote == '\'';
}

}  // namespace

// The variable that holds the value: one that holds it already, or a new one named after what the author wrote.
std::string Unfolder::bind(const Expression& hole, ExpressionId value, const Expression& string, Bindings& env, const Bindings& outer) {
  for (const auto& [name, held] : env)
    if (held == value) return name;
  std::string wanted = variable_name(sources_.text(hole.span));
  std::string name = wanted;
  llvm::StringRef script = sources_.text(string.span);
  for (int count = 2; bound(env, name) || bound(outer, name) || mentions(script, name); ++count) name = wanted + "_" + std::to_string(count);
  env.emplace_back(name, value);
  return name;
}

// The first line as the author wrote it: what is known later is told when it is known, but never a secret.
ExpressionId Unfolder::title_of(const Expression& string) {
  std::vector<ExpressionId> pieces;
  std::string text;
  std::size_t length = 0;
  for (const ast::StringPart& part : string.parts) {
    llvm::StringRef line = part.text;
    if (length == 0 && !part.hole) line = first_telling_line(line);
    bool ends = !part.hole && line.contains('\n');
    line = line.split('\n').first;
    if (length + line.size() > longest_title) {
      text += cut(line, longest_title - std::min(length, longest_title - 3) - 3) + "...";
      break;
    }
    text += line;
    length += line.size();
    if (ends) break;
    if (!part.hole) continue;
    Value value = evaluate(*part.hole);
    if (value.kind != Value::Kind::dynamic) {
      text += value.kind == Value::Kind::list ? text_of_list(value) : text_of(value);
    } else if (shows_secret(value.expression)) {
      text += "***";
    } else {
      if (!text.empty()) pieces.push_back(text_constant(std::exchange(text, {}), string.span));
      pieces.push_back(value.expression);
    }
    length = std::min(longest_title, length + 8);
  }
  if (pieces.empty()) return text_constant(std::move(text), string.span);
  if (!text.empty()) pieces.push_back(text_constant(std::move(text), string.span));
  return make(graph::Expression::Kind::text, "", std::move(pieces), string.span);
}

std::string Unfolder::lower_script(const Expression& string, const StepContext& context, Bindings& env) {
  std::string text;
  ShellReader reader;
  llvm::SmallVector<std::pair<std::string, std::string>, 4> seen;  // what the author wrote, and the variable that holds it
  auto refuse = [&](const Expression& hole, std::string_view place) {
    sink_.report<UnsafePlace>(hole.span, "this value", place)
        .help("give it a name with `env {{ VALUE: … }}` and read that variable in the script");
  };
  auto put = [&](const Expression& hole, const Value& value, ShellPlace place, std::size_t word) {
    bool posix = is_posix(context.shell);
    bool constant = value.constant() || value.kind == Value::Kind::artifact || value.kind == Value::Kind::stage;
    if (constant && posix) return quote_for_shell(text_of(value), place, text);
    if (constant && value.kind == Value::Kind::number) {
      text += text_of(value);
      return true;
    }
    if (!posix && (!is_powershell(context.shell) || closed_in_powershell(text))) return false;
    std::string source = fmt::format("{} {}", word, sources_.text(hole.span));
    auto same = std::find_if(seen.begin(), seen.end(), [&](const auto& entry) { return entry.first == source; });
    ExpressionId id = expression_of(value, hole.span);
    std::string name;
    if (same == seen.end()) {
      name = bind(hole, id, string, env, context.env);
      seen.push_back({source, name});
    } else {
      name = same->second;
    }
    if (posix) return reference_for_shell(name, place, text);
    text += "${env:" + name + "}";
    return true;
  };
  for (const ast::StringPart& part : string.parts) {
    if (!part.hole) {
      text += part.text;
      reader.feed(part.text);
      continue;
    }
    Value value = evaluate(*part.hole);
    if (value.kind == Value::Kind::poison) continue;
    if (value.kind != Value::Kind::list) {
      if (!put(*part.hole, value, reader.place(), 0)) refuse(*part.hole, is_posix(context.shell) ? describe(reader.place()) : "a script of this shell");
      continue;
    }
    // A list is its words; an empty one is no word.
    for (const Value& item : value.items) {
      auto word = static_cast<std::size_t>(&item - value.items.data());
      if (word > 0) text += ' ';
      if (!put(*part.hole, item, reader.place(), word)) refuse(*part.hole, describe(reader.place()));
    }
  }
  return text;
}

}  // namespace sluice::lower
