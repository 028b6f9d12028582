#pragma once
#include <fmt/format.h>

#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "graph/graph.h"

namespace sluice::graph {

/// The state behind `verify`, private to this room: where it stands in the graph and what it found. One source file a
/// case: verify_expression, verify_pipeline, verify_stage, verify_step.
class Verifier {
 public:
  explicit Verifier(const Graph& graph) : graph_(graph) {}

  void check_expressions();  ///< first: it finds out which expressions can be walked at all
  void check_pipeline();
  void check_stages();
  std::vector<std::string> take() { return std::move(broken_); }

 private:
  struct Facts {
    bool sound = false;        ///< operands and arity are right, here and below
    bool reads_nodes = false;  ///< `needs` or `steps` stands in it
    bool asks_status = false;
  };
  using Names = std::unordered_map<std::string, std::size_t>;  ///< lower case to index; looked up only, never walked

  template <class... Args>
  void broken(fmt::format_string<Args...> format, const Args&... arguments) {
    broken_.push_back(place() + fmt::vformat(format, fmt::make_format_args(arguments...)));
  }
  std::string place() const;
  static std::string lower(std::string_view);
  static bool is_id(std::string_view);

  void check_expression(std::size_t index);
  void check_operands(std::size_t index);
  void check_constant(std::size_t index);
  void find_facts(std::size_t index);

  void check_given(ExpressionId, std::string_view what);  ///< must be there
  void check_use(ExpressionId, std::string_view what);    ///< may be missing; reads only what is known here
  void check_bindings(const Bindings&, std::string_view what);
  void check_reads(ExpressionId, std::string_view what);
  void check_read(std::string_view context, std::string_view name, std::string_view what);
  void check_concurrency(const std::optional<Concurrency>&);
  void check_retry(const Retry&);
  /// Whether `name` is new; remembers it, says so when not.
  bool check_unique(Names&, std::string_view name, std::size_t index, std::string_view what);

  void check_trigger(const Trigger&);
  void check_input(const Input&);
  void check_secrets();
  void check_artifacts();

  void check_stage_names();
  void check_stage(const Stage&);
  void check_edges(const Stage&);
  void check_stage_values(const Stage&);
  void check_stage_limits(const Stage&);
  void check_matrix(const Stage&);
  void check_permissions(const Stage&);
  void check_services(const Stage&);
  void check_service(const Service&);
  void check_results(const Stage&);  ///< what may read every step

  void check_step_names(const Stage&);
  void check_phases(const std::vector<Step>& steps);
  void check_step(const Step&);
  void check_action(const Step&, const Run&);
  void check_action(const Step&, const Uses&);
  void check_action(const Step&, const Native&);
  void check_action(const Step&, const Sleep&);
  void check_action(const Step&, const Arm&);
  void check_action(const Step&, const Commit&) {}
  void check_script(const Run&);

  void check_environments();
  void check_gate(const Stage&);
  void check_rollbacks(const Stage&);
  void check_rollback(const Stage&, const Rollback&, std::size_t armed_at);
  void check_recovery(const Step&);

  static constexpr std::size_t nowhere = SIZE_MAX;
  const Graph& graph_;
  std::vector<std::string> broken_;
  std::vector<Facts> facts_;            ///< one an expression
  std::vector<std::uint32_t> visited_;  ///< the walk that met an expression last
  std::uint32_t walk_ = 0;
  Names stages_;
  Names steps_;  ///< of the stage that it stands in
  std::size_t stage_ = nowhere;
  std::size_t step_ = nowhere;
  std::size_t readable_steps_ = 0;      ///< `steps.X` may name the first so many
  const Rollback* rollback_ = nullptr;  ///< that the step stands in
  std::size_t undoing_from_ = 0;        ///< number of its first step: they count behind those of the stage
  std::size_t undoing_to_ = 0;          ///< behind the last one that may be named there
};

}  // namespace sluice::graph
