// Scripts: every hole becomes a variable of the step or a quoted constant, so that no text is ever read as code.
#include "lower/unfolder.h"
#include "shells/shell.h"

namespace sluice::lower {
namespace {

DIAGNOSTIC(UnsafePlace, "{} cannot be put into {} safely");
DIAGNOSTIC(RereadAsCode, "`{}` reads this text as code");
DIAGNOSTIC(EscapedHole, "`{}` right before this hole takes away what it means");

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

shells::Sort sort_of(const Value& value) {
  switch (value.kind) {
    case Value::Kind::number:
    case Value::Kind::duration:
    case Value::Kind::percent:
    case Value::Kind::size: return shells::Sort::number;
    case Value::Kind::boolean: return shells::Sort::boolean;
    default: return shells::Sort::text;
  }
}

shells::Sort sort_of(const types::Type* type) {
  if (!type || type->optional) return shells::Sort::text;
  switch (type->kind) {
    case types::Type::Kind::number:
    case types::Type::Kind::duration:
    case types::Type::Kind::percent:
    case types::Type::Kind::size: return shells::Sort::number;
    case types::Type::Kind::boolean: return shells::Sort::boolean;
    default: return shells::Sort::text;
  }
}

}  // namespace

// The variable that holds the value: one that holds it already, or a new one named after what the author wrote.
std::string Unfolder::bind(const Expression& hole, ExpressionId value, const Expression& string, Bindings& env,
                           const Bindings& outer) {
  for (const auto& [name, held] : env)
    if (held == value) return name;
  std::string wanted = shells::variable_name(sources_.text(hole.span));
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
    bool list = value.kind == Value::Kind::list;
    for (const Value& item : list ? llvm::ArrayRef<Value>(value.items) : llvm::ArrayRef<Value>(value)) {
      if (list && &item != &value.items.front()) text += ' ';
      if (item.kind != Value::Kind::dynamic) {
        text += text_of(item);
      } else if (shows_secret(item.expression)) {
        text += "***";
      } else {
        if (!text.empty()) pieces.push_back(text_constant(std::exchange(text, {}), string.span));
        pieces.push_back(item.expression);
      }
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
  const shells::Shell& shell;
  graph::Run run;
  /// What the author wrote in a hole, with the variable that holds it.
  llvm::SmallVector<std::pair<std::string, std::string>, 4> seen;
};

// The variable of this hole; the same text in another hole is the same variable. A list has one a word.
std::string Unfolder::variable_of(ScriptState& script, const Expression& hole, const Value& value, std::size_t word) {
  std::string source = fmt::format("{} {}", word, sources_.text(hole.span));
  for (const auto& [seen, name] : script.seen)
    if (seen == source) return name;
  ExpressionId held = put(Place::script, expression_of(value, hole.span), hole.span);
  std::string name = bind(hole, held, script.string, script.env, script.context.env);
  script.seen.push_back({source, name});
  return name;
}

// What is known late is text unless its type says more.
shells::Sort Unfolder::sort_of_hole(const Expression& hole, const Value& value) const {
  if (value.kind != Value::Kind::dynamic) return sort_of(value);
  if (hole.kind == Expression::Kind::negation) return shells::Sort::boolean;
  return sort_of(checked_type(hole));
}

// Gives whether the value could be written so that it is data. What cannot be quoted, a variable may still hold.
bool Unfolder::put_value(ScriptState& script, const Expression& hole, const shells::Place& place, const Value& value,
                         std::size_t word) {
  bool constant = value.constant() || value.kind == Value::Kind::artifact || value.kind == Value::Kind::stage ||
                  value.kind == Value::Kind::environment;
  shells::Sort sort = sort_of_hole(hole, value);
  if (constant && script.shell.quote({text_of(value), sort}, place, script.run.text)) return true;
  // No variable holds a NUL.
  std::string probe;
  if ((constant && text_of(value).find('\0') != std::string::npos) || !script.shell.reference("X", sort, place, probe))
    return false;
  std::string variable = variable_of(script, hole, value, word);
  if (!constant && !place.reader.empty()) script.run.reread.push_back({variable, place.reader, hole.span});
  return script.shell.reference(variable, sort, place, script.run.text);
}

void Unfolder::put_hole(ScriptState& script, const Expression& hole, const shells::Place& place) {
  Value value = evaluate(hole);
  if (value.kind == Value::Kind::poison) return;
  bool put = true;
  if (value.kind != Value::Kind::list) {
    put = put_value(script, hole, place, value, 0);
  } else {
    shells::ListForm form = script.shell.list_form(place);
    script.run.text += form.open;
    for (std::size_t word = 0; word < value.items.size(); ++word) {
      if (word > 0) script.run.text += form.between;
      put = put_value(script, hole, place, value.items[word], word) && put;
    }
    script.run.text += form.close;
  }
  if (!put) refuse_hole(script, hole, place);
}

void Unfolder::refuse_hole(const ScriptState& script, const Expression& hole, const shells::Place& place) {
  if (place.escaped) {
    llvm::StringRef before = script.run.text;
    sink_.report<EscapedHole>(hole.span, std::string_view(before.take_back(1)))
        .help("leave it out: a hole is data without it");
    return;
  }
  llvm::StringRef source = sources_.text(hole.span);
  std::string help = shells::advice(script.shell, place, shells::variable_name(source), source);
  if (place.refused)
    sink_.report<RereadAsCode>(hole.span, place.reader).help("{}", help);
  else
    sink_.report<UnsafePlace>(hole.span, "this value", shells::describe(place.kind)).help("{}", help);
}

// Raw strings lose the indentation of their lines, so each of those stands for itself.
void Unfolder::put_text(graph::Run& run, const ast::StringPart& part) const {
  llvm::StringRef text = part.text;
  llvm::StringRef source = sources_.text(part.span);
  auto lines_more = source.count('\n') - std::min(source.count('\n'), text.count('\n'));
  std::uint32_t at = part.span.begin;
  for (; lines_more > 0; --lines_more) {
    at += static_cast<std::uint32_t>(source.find('\n') + 1);
    source = source.substr(source.find('\n') + 1);
  }
  for (bool last = false; !last;) {
    llvm::StringRef line = text.take_until([](char c) { return c == '\n'; });
    llvm::StringRef written = source.take_until([](char c) { return c == '\n'; });
    std::size_t lost = written.rtrim('\r').size() - std::min(written.rtrim('\r').size(), line.size());
    run.pieces.push_back({static_cast<std::uint32_t>(run.text.size()), at + static_cast<std::uint32_t>(lost)});
    last = line.size() == text.size();
    run.text += text.take_front(line.size() + 1);
    text = text.drop_front(std::min(text.size(), line.size() + 1));
    source = source.drop_front(std::min(source.size(), written.size() + 1));
    at += static_cast<std::uint32_t>(written.size() + 1);
  }
}

graph::Run Unfolder::lower_script(const Expression& string, const StepContext& context, Bindings& env) {
  shells::Script written;
  for (const ast::StringPart& part : string.parts) {
    if (part.hole)
      written.add_hole();
    else
      written.text += part.text;
  }
  const shells::Shell& shell = shells::language_of(context.shell);
  std::vector<shells::Place> places;
  if (!written.holes.empty()) places = shell.places(written);
  ScriptState script{string, context, env, shell, {}, {}};
  script.run.shell = context.shell;
  std::size_t hole = 0;
  for (const ast::StringPart& part : string.parts) {
    if (part.hole) {
      auto at = static_cast<std::uint32_t>(script.run.text.size());
      script.run.pieces.push_back({at, part.hole->span.begin, false});
      put_hole(script, *part.hole, places[hole++]);
    } else {
      put_text(script.run, part);
    }
  }
  // In single quotes, or as `${{ '${{' }}`: what GitHub would read as an expression of its own.
  if (script.run.text.find("${{") != std::string::npos)
    sink_.report<UnsafePlace>(string.span, "`${{`", "a script")
        .help("GitHub reads an expression there: write the script in double quotes, so that the hole is one of ours");
  return std::move(script.run);
}

}  // namespace sluice::lower
