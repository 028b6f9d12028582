// mutate RUNS SEED FILE…: compiles RUNS mutations of the files, and emits those that compile. What is being compiled is
// kept in `mutation.pipe`, so that a crash leaves its cause behind. Built with sanitizers; the same seed does the same.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include "backends/github/emit.h"
#include "compilation/compilation.h"
#include "compilation/read_file.h"
#include "diagnostics/render.h"
#include "draw/svg.h"
#include "format/format.h"
#include "graph/json.h"

namespace {

using namespace sluice;

class Mutator {
 public:
  Mutator(unsigned seed, std::vector<std::string> corpus) : random_(seed), corpus_(std::move(corpus)) {
    for (const std::string& text : corpus_) collect(text);
  }

  std::string next() {
    std::string text = corpus_[below(corpus_.size())];
    for (std::size_t count = 1 + below(4); count > 0; --count) mutate(text);
    return text;
  }

 private:
  std::size_t below(std::size_t limit) { return limit == 0 ? 0 : random_() % limit; }

  static bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-'; }

  void collect(const std::string& text) {
    for (std::size_t at = 0; at < text.size();) {
      std::size_t end = at + 1;
      if (is_word(text[at]))
        while (end < text.size() && is_word(text[end])) ++end;
      if (!std::isspace(static_cast<unsigned char>(text[at]))) tokens_.push_back(text.substr(at, end - at));
      at = end;
    }
  }

  // The token at a random place: where it begins, how long it is.
  std::pair<std::size_t, std::size_t> token(const std::string& text) {
    std::size_t at = below(text.size());
    std::size_t begin = at;
    std::size_t end = at + 1;
    while (begin > 0 && is_word(text[at]) && is_word(text[begin - 1])) --begin;
    while (end < text.size() && is_word(text[at]) && is_word(text[end])) ++end;
    return {begin, end - begin};
  }

  std::pair<std::size_t, std::size_t> line(const std::string& text) {
    std::size_t at = below(text.size());
    std::size_t begin = text.rfind('\n', at);
    begin = begin == std::string::npos ? 0 : begin;
    std::size_t end = text.find('\n', at + 1);
    return {begin, (end == std::string::npos ? text.size() : end) - begin};
  }

  void mutate(std::string& text) {
    if (text.empty()) return;
    auto [begin, length] = below(2) == 0 ? token(text) : line(text);
    switch (below(8)) {
      case 0: text.erase(begin, length); break;
      case 1: text.insert(begin, text.substr(begin, length)); break;
      case 2:
      case 3:
      case 4: {
        auto [at, size] = token(text);
        text.replace(at, size, tokens_[below(tokens_.size())]);
        break;
      }
      case 5: text.insert(below(text.size()), tokens_[below(tokens_.size())]); break;
      case 6: {
        const std::string& other = corpus_[below(corpus_.size())];
        if (other.empty()) break;
        auto [from, size] = line(other);
        text.insert(begin, other.substr(from, size));
        break;
      }
      default: text[below(text.size())] = static_cast<char>(below(256)); break;
    }
  }

  std::mt19937 random_;
  std::vector<std::string> corpus_;
  std::vector<std::string> tokens_;
};

void keep(const std::string& text) {
  std::FILE* file = std::fopen("mutation.pipe", "w");
  if (!file) return;
  std::fwrite(text.data(), 1, text.size(), file);
  std::fclose(file);
}

// Gives whether the text compiles.
bool compile(const std::string& text) {
  compilation::Compilation compilation("mutation.pipe", text);
  const std::vector<graph::Graph>& graphs = compilation.compile();
  for (const diagnostics::Diagnostic* diagnostic : compilation.sink().sorted()) {
    diagnostics::render_human(*diagnostic, compilation.sources(), false);
    diagnostics::render_json(*diagnostic, compilation.sources());
  }
  if (compilation.sink().has_errors()) return false;
  for (const graph::Graph& graph : graphs) {
    github::Workflow workflow = github::emit(graph);
    for (const github::Problem& problem : workflow.problems)
      if (problem.kind == github::ProblemKind::unsound_output)
        std::fprintf(stderr, "unsound: %s\n", problem.text.c_str()), std::abort();
    std::string json;
    graph::write_json(graph, json, &compilation.sources());
    draw::svg(graph);
  }
  compilation::Compilation again("mutation.pipe", text);
  const ast::File& file = again.parse();
  std::string once = format::format(file);
  compilation::Compilation formatted("mutation.pipe", once);
  if (format::format(formatted.parse()) != once) std::fprintf(stderr, "not idempotent\n"), std::abort();
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  std::vector<std::string> corpus;
  for (int i = 3; i < count; ++i)
    if (auto text = compilation::read_file(arguments[i])) corpus.push_back(*text);
  if (corpus.empty()) return std::fprintf(stderr, "mutate RUNS SEED FILE…\n"), 2;
  int runs = std::atoi(arguments[1]);
  Mutator mutator(static_cast<unsigned>(std::atoi(arguments[2])), std::move(corpus));
  int compiled = 0;
  for (int run = 0; run < runs; ++run) {
    std::string text = mutator.next();
    keep(text);
    compiled += compile(text);
  }
  std::printf("%d runs, %d of them compiled\n", runs, compiled);
}
