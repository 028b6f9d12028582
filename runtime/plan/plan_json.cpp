#include "runtime/plan/plan_json.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "runtime/expressions/json.h"
#include "runtime/system/sha256.h"

namespace sluice::runtime {
namespace {

// ---- the fields of every part, once for the writer and the reader; a name stays what it is, for journals keep it

#define FIELDS(Type)                                     \
  template <class Archive, class Part>                   \
  requires std::same_as<std::remove_const_t<Part>, Type> \
  void visit(Archive& a, Part& p)

FIELDS(Script) { a("shell", p.shell), a("text", p.text), a("folder", p.working_directory), a("pasted", p.pasted); }
FIELDS(Checkout) { (void)a, (void)p; }
FIELDS(Upload) {
  a("name", p.name), a("path", p.path), a("keep", p.keep), a("if_no_files_found", p.if_no_files_found);
  a("include_hidden", p.include_hidden), a("overwrite", p.overwrite);
}
FIELDS(Download) { a("name", p.name), a("to", p.to); }
FIELDS(Cache) { a("key", p.key), a("path", p.path), a("restore_keys", p.restore_keys); }
FIELDS(UseAction) { a("uses", p.uses), a("folder", p.folder), a("with", p.with); }
FIELDS(Sleep) { a("duration", p.duration); }
FIELDS(Arm) { a("rollback", p.rollback); }
FIELDS(Commit) { (void)a, (void)p; }
FIELDS(Retry) { a("attempts", p.attempts), a("pause", p.pause); }
FIELDS(Poll) { a("kind", p.kind), a("every", p.every), a("lasting", p.lasting), a("tolerate", p.tolerate); }
FIELDS(Step) {
  a("id", p.id), a("title", p.title), a("condition", p.condition), a("action", p.action), a("env", p.env);
  a("allow_failure", p.allow_failure), a("timeout", p.timeout), a("grace", p.grace), a("retry", p.retry);
  a("poll", p.poll), a("idempotent", p.idempotent), a("probe", p.probe), a("phase", p.phase);
}
FIELDS(Rollback) { a("title", p.title), a("steps", p.steps), a("within", p.within); }
FIELDS(Service) {
  a("id", p.id), a("start", p.start), a("ready", p.ready), a("ports", p.ports), a("env", p.env);
  a("ready_within", p.ready_within), a("image", p.image), a("health", p.health);
}
FIELDS(Matrix) { a("legs", p.legs), a("fail_fast", p.fail_fast), a("max_parallel", p.max_parallel); }
FIELDS(Approval) {
  a("count", p.count), a("who", p.who), a("not_author", p.not_author), a("not_starter", p.not_starter);
}
FIELDS(Window) { a("times", p.times), a("zone", p.zone); }
FIELDS(Freeze) { a("from", p.from), a("to", p.to), a("zone", p.zone), a("because", p.because); }
FIELDS(Conditions) {
  a("approvals", p.approvals), a("confirm", p.confirm), a("expires", p.expires), a("wait", p.wait);
  a("windows", p.windows), a("freezes", p.freezes);
}
FIELDS(Lock) { a("name", p.name), a("queue", p.queue); }
FIELDS(Environment) { a("name", p.name), a("branches", p.branches), a("lock", p.lock), a("entry", p.entry); }
FIELDS(Stage) {
  a("id", p.id), a("title", p.title), a("after", p.after), a("condition", p.condition);
  a("allow_failure", p.allow_failure), a("env", p.env), a("matrix", p.matrix), a("services", p.services);
  a("steps", p.steps), a("rollbacks", p.rollbacks), a("outputs", p.outputs), a("timeout", p.timeout);
  a("retry", p.retry), a("handler", p.handler), a("gate", p.gate), a("environment", p.environment);
}
FIELDS(Plan) {
  a("pipeline", p.pipeline), a("title", p.title), a("env", p.env), a("secrets", p.secrets);
  a("optional_secrets", p.optional_secrets), a("environments", p.environments), a("stages", p.stages);
}
#undef FIELDS

using Action = decltype(Step::action);
constexpr std::array action_names = {"run",  "checkout", "upload", "download", "cache",
                                     "uses", "sleep",    "arm",    "commit"};
static_assert(action_names.size() == std::variant_size_v<Action>);

constexpr std::array expression_names = {"literal",    "context", "member",        "index",    "filter",  "call",
                                         "negation",   "both",    "either",        "equal",    "unequal", "less",
                                         "less_equal", "greater", "greater_equal", "fallback", "text"};
static_assert(expression_names.size() == static_cast<std::size_t>(Expression::Kind::text) + 1);

bool is_nothing(const Expression& value) { return value.kind == Expression::Kind::literal && value.text == "null"; }

class Writer {
 public:
  explicit Writer(bool with_titles) : with_titles_(with_titles) {}

  template <class Value>
  void operator()(std::string_view name, const Value& value) {
    if (is_left_out(value) || (!with_titles_ && name == "title")) return;
    if (!first_) out_ += ',';
    first_ = false;
    fmt::format_to(std::back_inserter(out_), "\"{}\":", name);
    write(value);
  }

  template <class Part>
  void object(const Part& part) {
    bool outer = std::exchange(first_, true);
    out_ += '{';
    visit(*this, part);
    out_ += '}';
    first_ = outer;
  }

  std::string take() { return std::move(out_); }

 private:
  static bool is_left_out(const std::string& value) { return value.empty(); }
  static bool is_left_out(bool value) { return !value; }
  static bool is_left_out(const Expression& value) { return is_nothing(value); }
  template <class Value>
  static bool is_left_out(const std::optional<Value>& value) {
    return !value;
  }
  template <class Value>
  static bool is_left_out(const std::vector<Value>& value) {
    return value.empty();
  }
  template <class Value>
  static bool is_left_out(const Value&) {
    return false;
  }

  void write(const std::string& text);
  void write(bool) { out_ += "true"; }
  void write(const Expression& value);
  void write(const Action& action) {
    out_ += fmt::format("{{\"{}\":", action_names[action.index()]);
    std::visit([&](const auto& one) { object(one); }, action);
    out_ += '}';
  }
  void write(const std::pair<std::string, Expression>& binding) {
    out_ += '[';
    write(binding.first);
    out_ += ',';
    write(binding.second);
    out_ += ']';
  }
  template <class Value>
  void write(const std::optional<Value>& value) {
    write(*value);
  }
  template <class Value>
  void write(const std::vector<Value>& values) {
    char before = '[';
    for (const Value& value : values) {
      out_ += std::exchange(before, ',');
      write(value);
    }
    out_ += ']';
  }
  template <class Value>
  void write(const Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      fmt::format_to(std::back_inserter(out_), "{}", static_cast<int>(value));
    } else if constexpr (std::is_integral_v<Value>) {
      fmt::format_to(std::back_inserter(out_), "{}", value);
    } else {
      object(value);
    }
  }

  bool with_titles_, first_ = true;
  std::string out_;
};

void Writer::write(const std::string& text) {
  bool plain = std::ranges::all_of(
      text, [](unsigned char letter) { return letter >= 0x20 && letter < 0x7f && letter != '"' && letter != '\\'; });
  if (plain) {
    out_ += '"';
    out_ += text;
    out_ += '"';
  } else {
    out_ += to_json_line(text);
  }
}

/// A literal is its text, anything else `[kind, text, operands …]`.
void Writer::write(const Expression& value) {
  if (value.kind == Expression::Kind::literal) return write(value.text);
  fmt::format_to(std::back_inserter(out_), "[\"{}\",", expression_names[static_cast<std::size_t>(value.kind)]);
  write(value.kind == Expression::Kind::context || value.text != "null" ? value.text : std::string());
  for (const Expression& operand : value.operands) {
    out_ += ',';
    write(operand);
  }
  out_ += ']';
}

/// Thrown and caught in this file: a text that is no plan.
struct NotAPlan {
  std::string what;
};

template <class Names>
std::size_t index_of(const Names& names, const std::string& name) {
  auto found = std::ranges::find(names, name, [](const char* known) { return std::string_view(known); });
  if (found == names.end()) throw NotAPlan{fmt::format("`{}` is not known to this version", name)};
  return static_cast<std::size_t>(found - names.begin());
}

class Reader {
 public:
  explicit Reader(const Json& object) : object_(object) {
    if (!object.is_object()) throw NotAPlan{"an object is missing"};
  }

  template <class Value>
  void operator()(std::string_view name, Value& value) {
    auto found = object_.find(std::string(name));
    if (found != object_.end()) read(*found, value);
  }

 private:
  template <class Part>
  static void object(const Json& json, Part& part) {
    Reader reader(json);
    visit(reader, part);
  }

  static void read(const Json& json, std::string& value) { value = json.get<std::string>(); }
  static void read(const Json& json, bool& value) { value = json.get<bool>(); }
  static void read(const Json& json, Expression& value);
  static void read(const Json& json, Action& action);
  static void read(const Json& json, std::pair<std::string, Expression>& binding) {
    read(json.at(0), binding.first);
    read(json.at(1), binding.second);
  }
  template <class Value>
  static void read(const Json& json, std::optional<Value>& value) {
    read(json, value.emplace());
  }
  template <class Value>
  static void read(const Json& json, std::vector<Value>& values) {
    values.reserve(json.size());
    for (const Json& item : json) read(item, values.emplace_back());
  }
  template <class Value>
  static void read(const Json& json, Value& value) {
    if constexpr (std::is_enum_v<Value>) {
      value = static_cast<Value>(json.get<int>());
    } else if constexpr (std::is_integral_v<Value>) {
      value = json.get<Value>();
    } else {
      object(json, value);
    }
  }

  template <std::size_t Index = 0>
  static void read_action(const Json& json, std::size_t index, Action& action) {
    if constexpr (Index < std::variant_size_v<Action>) {
      if (index == Index) return object(json, action.emplace<Index>());
      read_action<Index + 1>(json, index, action);
    }
  }

  const Json& object_;
};

void Reader::read(const Json& json, Expression& value) {
  if (json.is_string()) {
    value = {Expression::Kind::literal, json.get<std::string>(), {}};
    return;
  }
  value.kind = static_cast<Expression::Kind>(index_of(expression_names, json.at(0).get<std::string>()));
  value.text = json.at(1).get<std::string>();
  for (std::size_t i = 2; i < json.size(); ++i) read(json[i], value.operands.emplace_back());
}

void Reader::read(const Json& json, Action& action) {
  if (!json.is_object() || json.size() != 1) throw NotAPlan{"a step has no action"};
  auto only = json.begin();
  read_action(only.value(), index_of(action_names, only.key()), action);
}

/// Edges and indices of a text that somebody may have changed.
void check_indices(const Plan& plan) {
  for (std::size_t i = 0; i < plan.stages.size(); ++i) {
    const Stage& stage = plan.stages[i];
    for (std::size_t before : stage.after) {
      if (before >= i) throw NotAPlan{fmt::format("the stage `{}` follows one that comes later", stage.id)};
    }
    if (stage.environment && *stage.environment >= plan.environments.size())
      throw NotAPlan{"an environment is missing"};
    for (const Step& step : stage.steps) {
      const auto* arm = std::get_if<Arm>(&step.action);
      if (arm != nullptr && arm->rollback >= stage.rollbacks.size()) throw NotAPlan{"a rollback is missing"};
    }
  }
  for (const Environment& environment : plan.environments) {
    if (environment.entry && *environment.entry >= plan.stages.size()) throw NotAPlan{"an entry is missing"};
  }
}

std::string written(const Plan& plan, bool with_titles) {
  Writer writer(with_titles);
  writer.object(plan);
  return writer.take();
}

}  // namespace

std::string write_plan(const Plan& plan) { return written(plan, true); }

std::expected<Plan, std::string> read_plan(std::string_view text) {
  Json json = parse_json(text);
  Plan plan;
  try {
    Reader reader(json);
    visit(reader, plan);
    check_indices(plan);
  } catch (const NotAPlan& error) {
    return std::unexpected(fmt::format("this is no plan: {}", error.what));
  } catch (const Json::exception& error) {
    return std::unexpected(fmt::format("this is no plan: {}", error.what()));
  }
  return plan;
}

std::string plan_hash(const Plan& plan) {
  Sha256 hash;
  hash.add(written(plan, false));
  return hexadecimal(hash.finish());
}

}  // namespace sluice::runtime
