#pragma once
#include "syntax/builder.h"
#include "syntax/recovery.h"

/// The rules that grammar/productions.h names and that match by more than a grammar: they count depth and quotes, and
/// go on behind a mistake. For parse.cpp alone, which includes PEGTL before.
namespace sluice::syntax {

/// How deep brackets and blocks may be nested.
constexpr unsigned deepest = 200;
/// After so many mistakes reading stops: what comes then is no `.pipe` file.
constexpr std::size_t most_mistakes = 1000;

}  // namespace sluice::syntax

namespace sluice::grammar {

namespace pegtl = tao::pegtl;

using syntax::Builder;
using syntax::Mistake;

struct hole;

template <typename Rule>
struct guarded {
  using rule_t = guarded;
  using subs_t = pegtl::type_list<Rule>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename In>
  static bool match(In& in, Builder& builder) {
    if (builder.depth >= syntax::deepest) throw Mistake{Mistake::Kind::too_deep, in.current(), nullptr};
    ++builder.depth;
    struct Leave {
      Builder& builder;
      ~Leave() { --builder.depth; }
    } leave{builder};
    return Control<Rule>::template match<A, M, Action, Control>(in, builder);
  }
};

// A hole that does not parse ends at its first `}}`, or where it broke if its line has none: the string goes on there.
struct recovering_hole {
  using rule_t = recovering_hole;
  using subs_t = pegtl::type_list<hole>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename In>
  static bool match(In& in, Builder& builder) {
    if (in.size(3) < 3 || in.peek_char(0) != '$' || in.peek_char(1) != '{' || in.peek_char(2) != '{') return false;
    const char* begin = in.current();
    Builder::Frame frame = builder.frame(begin);
    std::size_t frames = builder.frame_count();
    try {
      if (!Control<hole>::template match<A, pegtl::rewind_mode::dontcare, Action, Control>(in, builder)) return false;
      builder.add_hole(begin, in.current(), true);
    } catch (Mistake& mistake) {
      if (mistake.kind == Mistake::Kind::too_deep) throw;
      const char* resume = syntax::end_of_hole(begin, in.end(0));
      syntax::report(mistake, builder, in.end(0));
      builder.unwind(frame, frames);
      if (!resume) resume = std::max(in.current(), syntax::on_line(begin, mistake.at));
      if (syntax::lacks_end_of_string(builder.innermost_begin(), resume, in.end(0)))
        throw Mistake{Mistake::Kind::reported, mistake.at};
      in.bump(static_cast<std::size_t>(resume - in.current()));
      builder.add_hole(begin, resume, false);
    }
    return true;
  }
};

struct raw_string {
  using rule_t = raw_string;
  using subs_t = pegtl::type_list<recovering_hole>;

  template <pegtl::apply_mode A, pegtl::rewind_mode M, template <typename...> class Action,
            template <typename...> class Control, typename In>
  static bool match(In& in, Builder& builder) {
    const char* begin = in.current();
    const char* end = in.end(0);
    unsigned quotes = syntax::count_quotes(begin, end);
    if (quotes < 3) return false;
    // Six quotes in a row are the empty string.
    if (quotes == 6) quotes = 3;
    if (syntax::lacks_end_of_raw(begin, end, quotes, builder.text())) raise_unfinished(begin, end, builder);
    builder.open(begin);
    in.bump(quotes);
    for (;;) {
      const char* from = in.current();
      const char* stop = syntax::end_of_raw_text(from, end, quotes);
      if (!stop) raise_unfinished(begin, end, builder);
      if (stop > from) builder.add_text(from, stop);
      in.bump(static_cast<std::size_t>(stop - from));
      if (*stop == '"') break;
      if (!Control<recovering_hole>::template match<A, M, Action, Control>(in, builder)) return false;
    }
    in.bump(quotes);
    builder.finish_raw_string(in.current(), quotes);
    return true;
  }

  [[noreturn]] static void raise_unfinished(const char* begin, const char* end, const Builder& builder) {
    const char* resume = syntax::end_of_unfinished_raw(begin, end, builder.text());
    throw Mistake{Mistake::Kind::unfinished_raw, begin, nullptr, resume};
  }
};

}  // namespace sluice::grammar
