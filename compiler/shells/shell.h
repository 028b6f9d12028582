#pragma once
#include <llvm/ADT/ArrayRef.h>
#include <llvm/ADT/StringRef.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// The languages that scripts are written in, read far enough to know what stands at each hole.
namespace sluice::shells {

/// A script as its author wrote it; each hole is one byte of `text`.
struct Script {
  std::string text;
  std::vector<std::size_t> holes;  ///< offsets into `text`, ascending

  void add_hole() {
    holes.push_back(text.size());
    text += mark;
  }
  static constexpr char mark = '\x01';
};

/// What a value is, as far as a script's language tells values apart.
enum class Sort : std::uint8_t { text, number, boolean };

struct Constant {
  std::string text;
  Sort sort = Sort::text;
};

/// What is done with a value, beyond handing it on.
enum class Use : std::uint8_t {
  none,
  code,     ///< a program reads it as code
  program,  ///< it chooses what is run
  file,     ///< it chooses the file that is run
  option,   ///< it stands where a program that can be told to run something takes options
  label,    ///< it chooses labels, which other workflows ask for
  commit,   ///< it chooses what is checked out
};

/// What stands at a hole.
struct Place {
  enum class Kind : std::uint8_t {
    word,             ///< outside quotes
    double_quotes,    ///< `"…"`, and all that expands as it does
    single_quotes,    ///< `'…'`
    document,         ///< a here-document that expands; ends at a line `end`
    comment,          ///< read by nobody
    code,             ///< where an expression of Python may stand
    string,           ///< in Python's quotes, which are `end`
    nested,           ///< in the braces of a Python string whose quotes are `end`
    fallback,         ///< the word of `"${NAME:-word}"`
    arithmetic,       ///< text here is run: `$((…))`, subscripts, `-eq` in `[[ … ]]`
    name,             ///< what a variable, a function or an option is called
    parameter,        ///< a pattern or an offset in `${…}`
    ansi,             ///< `$'…'`
    backticks,        ///< `` `…` ``
    quoted_document,  ///< a here-document that does not expand; ends at a line `end`
    joined,           ///< a part of a longer word, in a language that cannot join them
    closed,           ///< a string of bytes, or a language in which no place is known
  };
  Kind kind = Kind::closed;
  bool escaped = false;          ///< a backslash or a `$` stands before the hole and would take its first letter
  bool behind_variable = false;  ///< `$NAME` stands before the hole: letters would lengthen the name
  bool bare = true;              ///< whether plain text means itself here without quotes
  bool command = false;          ///< the word says what is run: `if` and `x=1` would be no command
  std::string end;
  std::string reader;     ///< the program that reads this argument as code; empty: none does
  std::string_view mend;  ///< how to give that program a value; `%v` is a variable, `%h` what stands in the hole
  bool refused = false;   ///< whether text may not stand here because of `reader`
  Use use = Use::none;
  std::string assigns;     ///< variables that get the value, with blanks between them
  bool rewritten = false;  ///< they get what a command made of it
  bool requoted = false;   ///< `printf %q` has quoted it once more
};

/// A place where a script reads a variable.
struct VariableRead {
  std::string name;  ///< as in the environment; `@` stands for all arguments, and `$x` for what only PowerShell knows
  std::size_t begin = 0, end = 0;
};

/// A script inside a script: `sh -c '…'`.
struct InnerScript {
  std::size_t begin = 0, end = 0;
  bool arguments = false;  ///< whether a hole is one of its arguments
};

/// How the items of a list are put together at a place.
struct ListForm {
  std::string_view open, between, close;
};

/// One language. Knows no values: only places, and how to write at them.
class Shell {
 public:
  virtual ~Shell() = default;
  /// One place a hole, in order.
  virtual std::vector<Place> places(const Script& script) const = 0;
  /// Appends `value` so that it is data at `place`; false, and nothing, where it cannot be written there.
  virtual bool quote(const Constant& value, const Place& place, std::string& out) const = 0;
  /// Appends a reference to the environment variable so that its value is data at `place`; false where none is.
  virtual bool reference(llvm::StringRef variable, Sort sort, const Place& place, std::string& out) const = 0;
  virtual ListForm list_form(const Place& place) const = 0;
  /// How a script in this language reads a variable, where that can be said.
  virtual std::string read_variable(llvm::StringRef variable) const = 0;
  /// Where the script reads variables, as far as that is known.
  virtual std::vector<VariableRead> variables(llvm::StringRef script) const = 0;
  virtual std::vector<InnerScript> inner_scripts(const Script& /*script*/) const { return {}; }
};

/// The language of scripts for `shell`, an option as GitHub has it: `bash`, `python`, `bash -l {0}`, `perl {0}`.
const Shell& language_of(llvm::StringRef shell);

/// Whether that language is bash's or sh's.
bool is_posix(llvm::StringRef shell);

/// The place in words, for "cannot be put into …".
std::string_view describe(Place::Kind kind);

/// A place where a script does more with a variable's value than hand it on.
struct Reread {
  std::string variable;            ///< the one of the environment that it comes from
  std::size_t begin = 0, end = 0;  ///< in the script
  Place place;
};

/// All such places of variables with one of these names, and of copies that the script makes of them, in order.
std::vector<Reread> rereads(llvm::StringRef shell, llvm::StringRef script, llvm::ArrayRef<std::string> names);

/// What to write instead where the value of `hole`, which the script may know as `variable`, cannot be put at `place`.
std::string advice(const Shell& shell, const Place& place, llvm::StringRef variable, llvm::StringRef hole);

/// A name by which a script may know a value, from how the author wrote it: `inputs.version` is `INPUTS_VERSION`.
std::string variable_name(llvm::StringRef source);

}  // namespace sluice::shells
