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
    case ShellPlace::word:
    case ShellPlace::double_quotes:
    case ShellPlace::single_quotes:
    case ShellPlace::document: return "this place";
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
      if (c == '`')
        ++at;
      else if (c == '#' && (at == 0 || script[at - 1] == ' ' || script[at - 1] == '\n'))
        at = std::min(script.find('\n', at), script.size());
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

// Whether the text at `at` is read as code once more: by `eval` and its like, or as arithmetic inside `[[ … ]]`.
bool runs_as_code(llvm::StringRef script, std::size_t at) {
  std::size_t from = script.rfind('\n', at) + 1;
  llvm::StringRef line = script.substr(from).take_until([](char c) { return c == '\n'; });
  llvm::StringRef before = line.take_front(at - from);
  static constexpr llvm::StringLiteral readers[] = {"eval ", "bash -c", "sh -c", "su -c", "test -v", "printf -v"};
  for (llvm::StringRef reader : readers)
    if (before.contains(reader)) return true;
  std::size_t open = before.rfind("[[");
  if (open == llvm::StringRef::npos || before.substr(open).contains("]]")) return false;
  llvm::StringRef condition = line.substr(open);
  condition = condition.take_front(condition.find("]]"));
  static constexpr llvm::StringLiteral operators[] = {" -eq ", " -ne ", " -lt ", " -le ", " -gt ", " -ge ", " -v "};
  return std::any_of(std::begin(operators), std::end(operators),
                     [&](llvm::StringRef name) { return condition.contains(name); });
}

}  // namespace

// The variable that holds the value: one that holds it already, or a new one named after what the author wrote.
std::string Unfolder::bind(const Expression& hole, ExpressionId value, const Expression& string, Bindings& env,
                           const Bindings& outer) {
  for (const auto& [name, held] : env)
    if (held == value) return name;
  std::string wanted = variable_name(sources_.text(hole.span));
  std::string name = wanted;
  llvm::StringRef script = sources_.text(string.span);
  for (int count = 2; bound(env, name) || bound(outer, name) || mentions(script, name); ++count)
    name = wanted + "_" + std::to_string(count);
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

/// A script while its holes are filled.
struct Unfolder::ScriptState {
  const Expression& string;
  const StepContext& context;
  Bindings& env;
  std::string text;
  ShellReader reader;
  /// What the author wrote in a hole, with the variable that holds it.
  llvm::SmallVector<std::pair<std::string, std::string>, 4> seen;
};

// The variable of this hole; the same text in another hole is the same variable. A list has one a word.
std::string Unfolder::variable_of(ScriptState& script, const Expression& hole, const Value& value, std::size_t word) {
  std::string source = fmt::format("{} {}", word, sources_.text(hole.span));
  for (const auto& [seen, name] : script.seen)
    if (seen == source) return name;
  std::string name = bind(hole, expression_of(value, hole.span), script.string, script.env, script.context.env);
  script.seen.push_back({source, name});
  return name;
}

// Gives whether the value could be written so that it is data.
bool Unfolder::put_value(ScriptState& script, const Expression& hole, const Value& value, std::size_t word) {
  const std::string& shell = script.context.shell;
  bool constant = value.constant() || value.kind == Value::Kind::artifact || value.kind == Value::Kind::stage ||
                  value.kind == Value::Kind::environment;
  if (is_posix(shell)) {
    ShellPlace place = script.reader.place();
    if (runs_as_code(sources_.text(script.string.span), hole.span.begin - script.string.span.begin))
      place = ShellPlace::arithmetic;
    if (constant) return quote_for_shell(text_of(value), place, script.text);
    return reference_for_shell(variable_of(script, hole, value, word), place, script.text);
  }
  if (constant && value.kind == Value::Kind::number) {
    script.text += text_of(value);
    return true;
  }
  if (!is_powershell(shell) || closed_in_powershell(script.text)) return false;
  script.text += "${env:" + variable_of(script, hole, value, word) + "}";
  return true;
}

void Unfolder::put_hole(ScriptState& script, const Expression& hole) {
  Value value = evaluate(hole);
  if (value.kind == Value::Kind::poison) return;
  bool put = true;
  if (value.kind != Value::Kind::list) {
    put = put_value(script, hole, value, 0);
  } else {
    // A list is its words; an empty one is no word.
    for (std::size_t word = 0; word < value.items.size(); ++word) {
      if (word > 0) script.text += ' ';
      put = put_value(script, hole, value.items[word], word) && put;
    }
  }
  if (put) return;
  std::string_view place = "a script of this shell";
  if (is_posix(script.context.shell)) place = describe(script.reader.place());
  if (place == "this place") place = "a text that is run as code";
  sink_.report<UnsafePlace>(hole.span, "this value", place)
      .help("give it a name with `env {{ VALUE: … }}` and read that variable in the script");
}

std::string Unfolder::lower_script(const Expression& string, const StepContext& context, Bindings& env) {
  ScriptState script{string, context, env, {}, {}, {}};
  for (const ast::StringPart& part : string.parts) {
    if (part.hole) {
      put_hole(script, *part.hole);
      continue;
    }
    script.text += part.text;
    script.reader.feed(part.text);
  }
  // In single quotes, or as `${{ '${{' }}`: what GitHub would read as an expression of its own.
  if (script.text.find("${{") != std::string::npos)
    sink_.report<UnsafePlace>(string.span, "`${{`", "a script")
        .help("GitHub reads an expression there: write the script in double quotes, so that the hole is one of ours");
  return std::move(script.text);
}

}  // namespace sluice::lower
