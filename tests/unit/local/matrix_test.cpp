#include "runtime/expressions/matrix.h"

#include <catch2/catch.hpp>

#include "runtime/expressions/json.h"

namespace sluice::local {
namespace {

struct Row {
  const char *what, *axes, *include, *exclude, *legs;
};

// `legs` is the array that must come out, or the reason why none does.
const Row rows[] = {
    {"the last key is the fastest", R"({"a":[1,2],"b":["x","y"]})", "null", "null",
     R"([{"a":1,"b":"x"},{"a":1,"b":"y"},{"a":2,"b":"x"},{"a":2,"b":"y"}])"},
    {"exclude takes away what agrees", R"({"a":[1,2],"b":["x","y"]})", "null", R"([{"a":1},{"a":2,"b":"Y"}])",
     R"([{"a":2,"b":"x"}])"},
    {"exclude compares loosely", R"({"a":[1,2]})", "null", R"([{"a":"2"}])", R"([{"a":1}])"},
    {"exclude looks into records", R"({"a":[{"n":1,"m":2},{"n":2}]})", "null", R"([{"a":{"n":1}}])",
     R"([{"a":{"n":2}}])"},
    {"exclude names axes only", R"({"a":[1]})", "null", R"([{"z":1}])", "`exclude` names `z`, which is no axis"},
    {"an empty exclude is refused", R"({"a":[1]})", "null", "[{}]", "`exclude` holds an empty record"},
    // The example of GitHub's documentation, "Expanding or adding matrix configurations".
    {"include as documented", R"({"fruit":["apple","pear"],"animal":["cat","dog"]})",
     R"([{"color":"green"},{"color":"pink","animal":"cat"},{"fruit":"apple","shape":"circle"},{"fruit":"banana"},
         {"fruit":"banana","animal":"cat"}])",
     "null",
     R"([{"fruit":"apple","animal":"cat","color":"pink","shape":"circle"},
         {"fruit":"apple","animal":"dog","color":"green","shape":"circle"},
         {"fruit":"pear","animal":"cat","color":"pink"},{"fruit":"pear","animal":"dog","color":"green"},
         {"fruit":"banana"},{"fruit":"banana","animal":"cat"}])"},
    {"an added leg is not matched again", R"({"a":[1]})", R"([{"a":2},{"a":2,"x":1}])", "null",
     R"([{"a":1},{"a":2},{"a":2,"x":1}])"},
    {"include comes after exclude", R"({"a":[1,2]})", R"([{"a":2}])", R"([{"a":2}])", R"([{"a":1},{"a":2}])"},
    {"only include", "null", R"([{"a":1},{"b":2}])", "null", R"([{"a":1},{"b":2}])"},
    {"include and exclude within", R"({"a":[1,2],"include":[{"a":1,"x":9}],"exclude":[{"a":2}]})", "null", "null",
     R"([{"a":1,"x":9}])"},
    {"an axis without values", R"({"a":[]})", "null", "null", "the axis `a` has no values"},
    {"an axis that is no list", R"({"a":"x"})", "null", "null", "the axis `a` is no list"},
    {"no record", R"(["x"])", "null", "null", "it is no record of lists"},
};

TEST_CASE("matrices follow GitHub's algorithm", "[local]") {
  for (const Row& row : rows) {
    INFO(row.what);
    auto legs = runtime::matrix_legs(runtime::parse_json(row.axes), runtime::parse_json(row.include),
                                     runtime::parse_json(row.exclude));
    runtime::Json expected = runtime::parse_json(row.legs);
    CHECK((legs ? runtime::to_json_line(*legs) : legs.error()) ==
          (expected.is_discarded() ? row.legs : runtime::to_json_line(expected)));
  }
}

}  // namespace
}  // namespace sluice::local
