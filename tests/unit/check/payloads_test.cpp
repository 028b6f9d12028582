#include "check/payloads.h"

#include <catch2/catch.hpp>

#include "check/events.h"

namespace sluice::check {
namespace {

using types::Type;

const Type* at(const Type* type, std::initializer_list<llvm::StringRef> path) {
  for (llvm::StringRef name : path) {
    REQUIRE(type);
    type = type->kind == Type::Kind::list ? type->element->field(name) : type->field(name);
  }
  REQUIRE(type);
  return type;
}

TEST_CASE("every event and every activity type has a payload") {
  types::Table table;
  Payloads payloads(table);
  for (const EventInfo& event : events()) {
    llvm::SmallVector<llvm::StringRef, 32> activities;
    if (event.types != "*") event.types.split(activities, ' ', -1, false);
    if (activities.empty()) activities.push_back("");
    for (llvm::StringRef activity : activities) {
      CAPTURE(event.name.str(), activity.str());
      // A caller's payload is any event's, and GitHub describes none for the versions of images.
      bool open = event.name == "workflow_call" || event.name == "image_version";
      CHECK((payloads.of(event.name, activity)->kind == Type::Kind::record) == !open);
    }
  }
}

TEST_CASE("fields of payloads have the types that they are written with") {
  types::Table table;
  Payloads payloads(table);
  const Type* opened = payloads.of("pull_request", "opened");
  CHECK(types::describe(at(opened, {"pull_request", "title"})) == "string");
  CHECK(types::describe(at(opened, {"pull_request", "body"})) == "string?");
  CHECK(types::describe(at(opened, {"number"})) == "number");
  CHECK(types::describe(at(opened, {"pull_request", "labels", "default"})) == "bool");
  CHECK(types::describe(at(opened, {"pull_request", "head", "repo"})) == "record?");
  CHECK(types::describe(at(opened, {"repository", "topics"})) == "list<string>");
  CHECK(types::describe(at(payloads.of("issues", "opened"), {"issue", "reactions", "+1"})) == "number");
  CHECK(payloads.of("pull_request_target", "opened") == opened);
  CHECK(opened->field("label") == nullptr);
}

TEST_CASE("what one of two payloads lacks may be absent in their union") {
  types::Table table;
  Payloads payloads(table);
  const Type* both =
      payloads.unite(payloads.of("pull_request", "opened"), payloads.of("pull_request_review", "edited"));
  CHECK(types::describe(at(both, {"pull_request"})) == "record");
  CHECK(types::describe(at(both, {"pull_request", "title"})) == "string");
  CHECK(types::describe(at(both, {"pull_request", "additions"})) == "number?");
  CHECK(types::describe(at(both, {"review"})) == "record?");
  CHECK(payloads.unite(both, table.simple(Type::Kind::json))->kind == Type::Kind::json);
}

TEST_CASE("a field is found in the events that have it") {
  auto events = Payloads::events_with("review");
  REQUIRE(events.size() == 1);
  CHECK(events[0] == "pull_request_review");
  CHECK(Payloads::events_with("nothing").empty());
}

}  // namespace
}  // namespace sluice::check
