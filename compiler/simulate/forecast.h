#pragma once
#include <optional>
#include <string>
#include <vector>

#include "simulate/model.h"
#include "simulate/outcome.h"
#include "simulate/scenario.h"

namespace sluice::simulate {

/// What is to be expected of a stage when all goes well.
struct StageForecast {
  enum class Runs : std::uint8_t { yes, no, perhaps };
  Runs runs = Runs::no;
  std::string because;                      ///< why not; of `perhaps`, where it does
  std::vector<std::size_t> undone_by = {};  ///< the stages whose failure undoes it
};

/// The longest that something may take. `beside` is what has no limit: people, windows, locks of other runs.
struct Limit {
  Seconds seconds = 0;
  std::vector<std::string> beside = {};
};

/// What a gate asks for, in the words of the language.
struct Question {
  std::size_t gate = 0;
  std::string environment;  ///< whose entry it is; empty: a gate of its own
  std::vector<std::string> asks = {};
};

struct Forecast {
  std::vector<StageForecast> stages;  ///< as in the graph
  std::vector<Question> questions;    ///< of the gates that are reached
  Limit promote, roll_back;
  bool cut = false;  ///< conditions fall in more ways than were looked at
};

/// `scenario` says what is known of the event; it has no events of its own.
Forecast forecast(const Model& model, const Scenario& scenario);

/// From worst cases: attempts, time limits, polls, sleeps, waits.
Limit longest_promotion(const Model& model, const Outcome& outcome);
Limit longest_rollback(const Model& model, const Outcome& outcome);

}  // namespace sluice::simulate
