#pragma once
#include <llvm/ADT/ArrayRef.h>

#include "shells/shell.h"

namespace sluice::shells {

/// Holes by number: from `first` up to, without, `last`.
struct HoleRange {
  std::size_t first = 0;
  std::size_t last = 0;
  bool empty() const { return first == last; }
};

struct PosixWord {
  static constexpr char expansion = '\x02';
  std::string text;  ///< without quotes; a hole is `Script::mark`, what else expands is `expansion`
  HoleRange holes;   ///< all that stand in it, those in `$(…)` among them
  bool quoted = false;
  llvm::StringRef source;
  unsigned nesting = 0;  ///< in how many `$(…)` it stands

  bool is(llvm::StringRef keyword) const { return !quoted && text == keyword; }
};

struct PosixCommand {
  std::vector<PosixWord> words;
  std::vector<PosixWord> here_strings;
  std::vector<PosixWord> targets;      ///< the files of its redirections
  std::vector<std::size_t> documents;  ///< its here-documents: an index into the reading's
  HoleRange group;                     ///< all in the `( … )` or `{ … }`, or loop, that ends with it
};

/// A script of bash or sh as commands.
struct PosixReading {
  const char* text = nullptr;  ///< where the script begins
  std::vector<Place> places;
  std::vector<unsigned> nesting;  ///< of each hole
  std::vector<std::vector<PosixCommand>> pipelines;
  std::vector<HoleRange> documents;
  std::vector<VariableRead> variables;
  std::vector<InnerScript> inner;
  std::string functions;  ///< that the script defines, with blanks before them
};

/// Follows a script from left to right as a shell does. Places are what quotes and brackets make them; what commands do
/// with their words is not known yet.
class PosixReader {
 public:
  explicit PosixReader(const Script& script);
  PosixReading read() &&;

 private:
  /// Commands up to what closes them.
  struct List {
    char close;
    std::vector<PosixCommand> pipeline{1};
    unsigned cases = 0;                    ///< open `case` statements
    bool pattern = false;                  ///< a pattern of `case` is being read
    std::vector<std::size_t> groups = {};  ///< the next hole where each began
    PosixCommand& command() { return pipeline.back(); }
  };
  struct Document {
    std::string end;
    bool quoted = false;
    bool indented = false;
    std::size_t index = 0;
  };

  static constexpr unsigned deepest = 100;

  bool ended() const { return at_ >= text_.size(); }
  bool looks_at(llvm::StringRef text) const { return text_.substr(at_).startswith(text); }
  bool at_hole(std::size_t at) const { return next_ < holes_.size() && holes_[next_] == at; }
  char before() const { return at_ == 0 ? '\n' : text_[at_ - 1]; }
  bool skip_blanks();
  void mark(Place::Kind kind);

  // posix_commands.cpp
  void commands(char close);
  void token(List& list);
  void separator(List& list);
  void parenthesis(List& list);
  void redirection(List& list);
  void command_word(List& list);
  void follow_groups(List& list, const PosixWord& word);
  void comment();
  void end_pipeline(List& list);
  void announce_document(List& list);
  void read_documents();
  void read_document(const Document& document);

  // posix_words.cpp
  PosixWord word(bool assigns);
  bool open_in_word(PosixWord& word, bool assigns);
  void array();
  void single_quotes();
  void double_quotes();
  void ansi_quotes();
  void backticks();
  void backslash();
  void dollar(bool quoted);
  void parameter(bool quoted);
  void parameter_word(Place::Kind kind, bool quoted);
  void arithmetic();
  void subscript();
  void name_in_arithmetic();
  void remember(llvm::StringRef name, std::size_t begin);

  llvm::StringRef text_;
  llvm::ArrayRef<std::size_t> holes_;
  std::size_t at_ = 0;
  std::size_t next_ = 0;  ///< the next hole
  unsigned depth_ = 0;
  unsigned nesting_ = 0;
  unsigned in_arithmetic_ = 0;
  bool escaped_ = false;
  std::size_t variable_end_ = std::string::npos;  ///< where the last `$NAME` ended
  std::string end_;                               ///< of the here-document being read
  std::vector<Document> waiting_;                 ///< announced on this line, beginning on the next
  PosixReading reading_;
};

/// Tells the places what the commands around them do with their words: who reads an argument as code, which word is a
/// name, what is worked out as a number.
void apply_commands(PosixReading& reading);

}  // namespace sluice::shells
