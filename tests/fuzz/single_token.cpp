// single_token RUNS SEED BAR FILE…: breaks one token of a sound file at a time, RUNS times over all files, and measures
// what the compiler says: of the mutations that make the program wrong, how many yield one to three messages with the
// first at the right line. Exit status 1 if that is less than BAR per cent. With `-v` as the last argument each miss is
// printed.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "compilation/compilation.h"
#include "compilation/read_file.h"

namespace {

using namespace sluice;

struct Token {
  std::size_t begin;
  std::size_t size;
};

struct Subject {
  std::string name;
  std::string text;
  std::vector<Token> tokens;
};

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; }

// Words, runs of the same sign (`"""`, `&&`, `${{`) and single characters; comments are no tokens.
std::vector<Token> tokens_of(const std::string& text) {
  std::vector<Token> tokens;
  for (std::size_t at = 0; at < text.size();) {
    if (text.compare(at, 2, "//") == 0 && (at == 0 || std::strchr(" \n{", text[at - 1]))) {
      at = std::min(text.find('\n', at), text.size());
      continue;
    }
    std::size_t end = at + 1;
    if (is_word(text[at]))
      while (end < text.size() && is_word(text[end])) ++end;
    else if (std::strchr("\"{}&|=?", text[at]))
      while (end < text.size() && text[end] == text[at]) ++end;
    if (!std::isspace(static_cast<unsigned char>(text[at]))) tokens.push_back({at, end - at});
    at = end;
  }
  return tokens;
}

struct Mutation {
  std::string kind;
  std::string text;
  std::string before;  ///< the token as it was
  std::string after;   ///< and as it is
  std::size_t at = 0;
};

class Mutator {
 public:
  explicit Mutator(unsigned seed) : random_(seed) {}

  std::size_t below(std::size_t limit) { return random_() % limit; }

  Mutation mutate(const Subject& subject) {
    std::size_t index = below(subject.tokens.size());
    const Token token = subject.tokens[index];
    Mutation made{"", subject.text, subject.text.substr(token.begin, token.size), "", token.begin};
    switch (below(7)) {
      case 0: return made.kind = "delete", put(made, "");
      case 1: return made.kind = "duplicate", put(made, made.before + joint(made.before) + made.before);
      case 2: return swap(subject, index, made);
      case 3: return made.kind = "change", put(made, change(made.before, 0));
      case 4: return made.kind = "drop", put(made, change(made.before, 1));
      case 5: return made.kind = "add", put(made, change(made.before, 2));
      default: {
        const Token other = subject.tokens[below(subject.tokens.size())];
        return made.kind = "replace", put(made, subject.text.substr(other.begin, other.size));
      }
    }
  }

 private:
  static const char* joint(const std::string& token) { return is_word(token[0]) ? " " : ""; }

  static Mutation put(Mutation& made, std::string after) {
    made.text.replace(made.at, made.before.size(), after);
    made.after = std::move(after);
    return made;
  }

  // With the next token, if that stands on the same line.
  Mutation swap(const Subject& subject, std::size_t index, Mutation& made) {
    made.kind = "swap";
    if (index + 1 == subject.tokens.size()) return put(made, "");
    const Token first = subject.tokens[index];
    const Token second = subject.tokens[index + 1];
    std::size_t between = first.begin + first.size;
    std::string gap = subject.text.substr(between, second.begin - between);
    if (gap.find('\n') != std::string::npos) return put(made, "");
    std::string after = subject.text.substr(second.begin, second.size) + gap + made.before;
    made.before = subject.text.substr(first.begin, second.begin + second.size - first.begin);
    return put(made, after);
  }

  std::string change(std::string token, int how) {
    static constexpr char characters[] =
        "abcdefghijklmnopqrstuvwxyzABCXYZ0123456789_-\"'{}()[]<>.,:;=+*/!?$&|#@%^~\\` ";
    std::size_t at = below(token.size());
    char other = characters[below(sizeof characters - 1)];
    if (how == 1)
      token.erase(at, 1);
    else if (how == 2)
      token.insert(at, 1, other);
    else
      token[at] = other;
    return token;
  }

  std::mt19937 random_;
};

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines(1);
  for (char c : text) c == '\n' ? lines.emplace_back() : lines.back() += c, void();
  return lines;
}

std::set<std::string> words_of(const std::string& line) {
  std::set<std::string> words;
  for (std::size_t at = 0; at < line.size();) {
    std::size_t end = at;
    while (end < line.size() && is_word(line[end])) ++end;
    if (end > at) words.insert(line.substr(at, end - at));
    at = std::max(end, at + 1);
  }
  return words;
}

std::size_t line_at(const std::string& text, std::size_t at) {
  return 1 + static_cast<std::size_t>(std::count(text.begin(), text.begin() + static_cast<long>(at), '\n'));
}

// The line of the bracket that `at` closes or opens, by counting brackets of its kind; 0 if it is none.
std::size_t line_of_partner(const std::string& text, std::size_t at) {
  static constexpr char brackets[] = "(){}[]";
  const char* found = text[at] ? std::strchr(brackets, text[at]) : nullptr;
  if (!found) return 0;
  bool opens = (found - brackets) % 2 == 0;
  char other = opens ? found[1] : found[-1];
  std::size_t depth = 0;
  for (std::size_t i = at; i < text.size(); i += opens ? 1 : std::size_t(-1)) {
    if (text[i] == text[at]) ++depth;
    if (text[i] == other && --depth == 0) return line_at(text, i);
  }
  return 0;
}

enum class Verdict { sound, good, many, elsewhere };

class Judge {
 public:
  explicit Judge(bool told) : told_(told) {}

  Verdict judge(const Subject& subject, const Mutation& made) {
    if (told_) keep(made.text);
    compilation::Compilation compilation(subject.name, made.text);
    compilation.compile();
    if (!compilation.sink().has_errors()) return Verdict::sound;
    auto messages = compilation.sink().sorted();
    std::size_t line = line_at(made.text, made.at);
    auto place = compilation.sources().position(messages.front()->span.begin);
    bool right = is_right(subject, made, line, place.line);
    Verdict verdict = messages.size() > 3 ? Verdict::many : right ? Verdict::good : Verdict::elsewhere;
    if (told_ && verdict != Verdict::good) tell(subject, made, line, verdict, compilation);
    return verdict;
  }

 private:
  // The mutated line, one that holds a word that the mutation made or unmade, or that of the bracket's or the quotes'
  // partner.
  static bool is_right(const Subject& subject, const Mutation& made, std::size_t line, std::size_t shown) {
    if (shown == line) return true;
    std::vector<std::string> lines = lines_of(made.text);
    if (shown == 0 || shown > lines.size()) return false;
    std::set<std::string> before = words_of(lines_of(subject.text)[line - 1]);
    std::set<std::string> after = words_of(lines[line - 1]);
    for (const std::string& word : words_of(lines[shown - 1]))
      if (before.count(word) != after.count(word)) return true;
    return line_of_partner(subject.text, made.at) == shown || is_quotes_partner(subject, made, shown);
  }

  // `"""` further up or down is the other end of the same text, if it is the next one.
  static bool is_quotes_partner(const Subject& subject, const Mutation& made, std::size_t shown) {
    static const std::string quotes = "\"\"\"";
    if (made.before.find(quotes) == std::string::npos) return false;
    std::size_t up = made.at == 0 ? std::string::npos : subject.text.rfind(quotes, made.at - 1);
    std::size_t down = subject.text.find(quotes, made.at + quotes.size());
    return (up != std::string::npos && line_at(subject.text, up) == shown) ||
           (down != std::string::npos && line_at(subject.text, down) == shown);
  }

  // What a crash leaves behind.
  static void keep(const std::string& text) {
    std::FILE* file = std::fopen("mutation.pipe", "w");
    if (!file) return;
    std::fwrite(text.data(), 1, text.size(), file);
    std::fclose(file);
  }

  static void tell(const Subject& subject, const Mutation& made, std::size_t line, Verdict verdict,
                   const compilation::Compilation& compilation) {
    std::printf("---- %s %s:%zu %s `%s` -> `%s`\n  now: %s\n", verdict == Verdict::many ? "MANY" : "ELSEWHERE",
                subject.name.c_str(), line, made.kind.c_str(), made.before.c_str(), made.after.c_str(),
                lines_of(made.text)[line - 1].c_str());
    for (const auto* message : compilation.sink().sorted())
      std::printf("  %zu: %s %s\n", std::size_t(compilation.sources().position(message->span.begin).line),
                  diagnostics::code(message->kind).c_str(), message->message.c_str());
  }

  bool told_;
};

bool is_sound(const Subject& subject) {
  compilation::Compilation compilation(subject.name, subject.text);
  compilation.compile();
  return compilation.sink().all().empty();
}

// A file itself, or the examples of a page that are whole files.
void collect(const std::string& name, const std::string& text, std::vector<Subject>& subjects) {
  auto add = [&](const std::string& whole) {
    Subject subject{name, whole, tokens_of(whole)};
    if (!subject.tokens.empty() && is_sound(subject)) subjects.push_back(std::move(subject));
  };
  static const std::string fence = "```pipe file\n";
  if (name.size() < 3 || name.compare(name.size() - 3, 3, ".md") != 0) return add(text);
  for (std::size_t at = text.find(fence); at != std::string::npos; at = text.find(fence, at)) {
    std::size_t begin = at + fence.size();
    at = text.find("\n```\n", begin);
    add(text.substr(begin, at + 1 - begin));
  }
}

}  // namespace

int main(int count, char** arguments) {
  bool told = count > 1 && std::strcmp(arguments[count - 1], "-v") == 0;
  std::vector<Subject> subjects;
  for (int i = 4; i < count - told; ++i)
    if (auto text = compilation::read_file(arguments[i])) collect(arguments[i], *text, subjects);
  if (subjects.empty()) return std::fprintf(stderr, "single_token RUNS SEED BAR FILE… [-v]\n"), 2;
  int runs = std::atoi(arguments[1]);
  Mutator mutator(static_cast<unsigned>(std::atoi(arguments[2])));
  Judge judge(told);
  std::map<std::string, std::map<Verdict, int>> table;
  std::map<Verdict, int> all;
  for (int run = 0; run < runs; ++run) {
    const Subject& subject = subjects[mutator.below(subjects.size())];
    Mutation made = mutator.mutate(subject);
    if (made.text == subject.text) continue;
    Verdict verdict = judge.judge(subject, made);
    ++table[made.kind][verdict], ++all[verdict];
  }
  auto share = [](std::map<Verdict, int>& row) {
    int wrong = row[Verdict::good] + row[Verdict::many] + row[Verdict::elsewhere];
    double good = wrong == 0 ? 100 : 100.0 * row[Verdict::good] / wrong;
    std::printf("%5.1f %% of %d wrong: %d with more than three messages, %d with the first elsewhere; %d still sound\n",
                good, wrong, row[Verdict::many], row[Verdict::elsewhere], row[Verdict::sound]);
    return good;
  };
  std::printf("%zu sound files, %d mutations\n", subjects.size(), runs);
  for (auto& [kind, row] : table) std::printf("%-10s", kind.c_str()), share(row);
  std::printf("%-10s", "all");
  return share(all) < std::atof(arguments[3]) ? 1 : 0;
}
