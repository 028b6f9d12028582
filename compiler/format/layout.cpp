// Decides where lines end, and puts the comments behind them.
#include <llvm/ADT/SmallVector.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "format/doc.h"

namespace sluice::format {
namespace {

struct Command {
  const Doc* doc;
  unsigned indent;
  bool flat;
};

/// Whether what comes next ends within the line, up to the first place where the line may end.
class Measure {
 public:
  Measure(const std::vector<Command>& rest, unsigned width) : rest_(rest), next_(rest.size()), left_(width) {}

  bool fits(const Doc& group) {
    whole_ = group.whole;
    if ((whole_ || !group.breaks) && group.width > left_) return false;
    if (!group.breaks) {
      left_ -= group.width;
    } else {
      open_.push_back({&group, 0, true});
    }
    return run();
  }

 private:
  struct Frame {
    const Doc* doc;
    std::size_t child;
    bool flat;
  };
  enum class Answer : std::uint8_t { unknown, yes, no };

  bool run() {
    Answer answer = Answer::unknown;
    while (answer == Answer::unknown) {
      if (open_.empty()) {
        if (next_ == 0) return true;
        whole_ = false;
        const Command& command = rest_[--next_];
        answer = look_at(*command.doc, command.flat);
        continue;
      }
      Frame& frame = open_.back();
      if (frame.child == frame.doc->children.size())
        open_.pop_back();
      else
        answer = look_at(*frame.doc->children[frame.child++], frame.flat);
    }
    return answer == Answer::yes;
  }

  Answer look_at(const Doc& doc, bool flat) {
    switch (doc.kind) {
      case Doc::Kind::text: return take(doc.width);
      case Doc::Kind::line: return flat ? take(doc.width) : Answer::yes;
      case Doc::Kind::hard_line: return Answer::yes;
      case Doc::Kind::if_broken: return flat ? Answer::unknown : take(width_of(doc.text));
      case Doc::Kind::suffix: return Answer::unknown;
      case Doc::Kind::raw:
      case Doc::Kind::verbatim: return take(doc.width) == Answer::no ? Answer::no : Answer::yes;
      case Doc::Kind::group: open_.push_back({&doc, 0, flat && (whole_ || !doc.forced)}); return Answer::unknown;
      case Doc::Kind::concat:
      case Doc::Kind::indent: open_.push_back({&doc, 0, flat}); return Answer::unknown;
    }
    return Answer::yes;
  }

  Answer take(unsigned width) {
    if (width > left_) return Answer::no;
    left_ -= width;
    return Answer::unknown;
  }

  const std::vector<Command>& rest_;
  std::size_t next_;
  unsigned left_;
  bool whole_ = false;
  llvm::SmallVector<Frame, 32> open_;
};

/// A comment behind code: where it goes into the text.
struct Trailing {
  std::size_t at;
  unsigned line;
  unsigned indent;
  unsigned column;  ///< where the code before it ends
  std::string text;
};

class Layout {
 public:
  std::string run(const Doc& doc) {
    commands_.push_back({&doc, 0, false});
    while (!commands_.empty()) {
      Command command = commands_.back();
      commands_.pop_back();
      put(command);
    }
    if (!fresh_ || !pending_.empty()) end_line();
    return with_comments();
  }

 private:
  void put(const Command& command) {
    const Doc& doc = *command.doc;
    switch (doc.kind) {
      case Doc::Kind::text: return write(doc.text, doc.width);
      case Doc::Kind::line: return command.flat ? write(doc.text, doc.width) : begin_line(command.indent, false);
      case Doc::Kind::hard_line: return begin_line(command.indent, doc.blank);
      case Doc::Kind::if_broken:
        if (!command.flat) write(doc.text, width_of(doc.text));
        return;
      case Doc::Kind::suffix: pending_.push_back(doc.text); return;
      case Doc::Kind::raw: return put_raw(doc);
      case Doc::Kind::verbatim: return put_verbatim(doc);
      case Doc::Kind::concat: return push(doc, command.indent, command.flat);
      case Doc::Kind::indent: return push(doc, command.indent + (command.flat ? 0 : doc.amount), command.flat);
      case Doc::Kind::group: return push(doc, command.indent, !doc.forced && (command.flat || fits(doc)));
    }
  }

  bool fits(const Doc& group) {
    return column_ <= last_column && Measure(commands_, last_column - column_).fits(group);
  }

  void push(const Doc& doc, unsigned indent, bool flat) {
    for (const Doc* child : llvm::reverse(doc.children)) commands_.push_back({child, indent, flat});
  }

  void write(llvm::StringRef text, unsigned width) {
    if (text.empty()) return;
    if (std::exchange(fresh_, false)) out_.append(indent_, ' ');
    out_ += text;
    column_ += width;
  }

  void end_line() {
    if (!pending_.empty()) {
      std::string text = pending_.front().str();
      // A second comment that has no line of its own goes on behind the first.
      for (llvm::StringRef more : llvm::ArrayRef<llvm::StringRef>(pending_).drop_front()) text += " " + more.str();
      trailing_.push_back({out_.size(), line_, indent_, column_, std::move(text)});
      pending_.clear();
    }
    out_ += '\n';
    ++line_;
    fresh_ = true;
  }

  void begin_line(unsigned indent, bool blank) {
    end_line();
    if (blank) end_line();
    column_ = indent_ = indent;
  }

  void put_raw(const Doc& doc) {
    std::string quotes(doc.amount, '"');
    write(quotes, doc.amount);
    unsigned deeper = indent_ + 2;
    llvm::StringRef rest = doc.text;
    for (bool last = false; !last;) {
      auto [line, more] = rest.split('\n');
      last = line.size() == rest.size();
      out_ += '\n';
      ++line_;
      if (!line.empty() || last) out_.append(deeper, ' ');
      out_ += line;
      column_ = deeper + width_of(line);
      rest = more;
    }
    out_ += quotes;
    column_ += doc.amount;
  }

  void put_verbatim(const Doc& doc) {
    write(doc.text, 0);
    line_ += static_cast<unsigned>(doc.text.count('\n'));
    column_ = width_of(doc.text.rsplit('\n').second);
  }

  // Comments on lines that follow each other stand in one column, if that leaves them on the page.
  std::string with_comments() const {
    std::string result;
    std::size_t from = 0;
    for (std::size_t first = 0, last = 0; first < trailing_.size(); first = last) {
      unsigned column = 0;
      unsigned longest = 0;
      for (last = first; last < trailing_.size() && (last == first || continues(last)); ++last) {
        column = std::max(column, trailing_[last].column);
        longest = std::max(longest, width_of(trailing_[last].text));
      }
      bool aligned = column + 2 + longest <= last_column;
      for (std::size_t i = first; i < last; ++i) {
        result.append(out_, from, trailing_[i].at - from);
        result.append(aligned ? column + 2 - trailing_[i].column : 2, ' ');
        result += trailing_[i].text;
        from = trailing_[i].at;
      }
    }
    return result.append(out_, from);
  }

  bool continues(std::size_t i) const {
    return trailing_[i].line == trailing_[i - 1].line + 1 && trailing_[i].indent == trailing_[i - 1].indent;
  }

  std::string out_;
  std::vector<Command> commands_;
  std::vector<Trailing> trailing_;
  llvm::SmallVector<llvm::StringRef, 4> pending_;
  unsigned line_ = 0;
  unsigned indent_ = 0;  ///< of the line that is being written
  unsigned column_ = 0;
  bool fresh_ = true;  ///< nothing stands on the line yet
};

}  // namespace

std::string lay_out(const Doc& doc) { return Layout().run(doc); }

}  // namespace sluice::format
