#include "check/payloads.h"

#include <algorithm>

#include "check/events.h"
#include "diagnostics/check.h"

namespace sluice::check {
namespace {

using types::Type;
using Kind = Type::Kind;

struct Object {
  llvm::StringRef name;
  llvm::StringRef fields;
};

struct Payload {
  llvm::StringRef event;
  llvm::StringRef activities;
  llvm::StringRef fields;
};

#define PAYLOAD(event, activities, fields)
const Object objects[] = {
#define OBJECT(name, fields) {name, fields},
#include "check/payloads.def"
};

#define OBJECT(name, fields)
const Payload payloads[] = {
#define PAYLOAD(event, activities, fields) {event, activities, fields},
#include "check/payloads.def"
};

bool has_word(llvm::StringRef list, llvm::StringRef word) {
  auto words = words_of(list);
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Of `body?` and `labels:label[]` the names.
llvm::StringRef name_of(llvm::StringRef field) { return field.split(':').first.rtrim('?'); }

const Object& find_object(llvm::StringRef name) {
  const Object* found =
      std::find_if(std::begin(objects), std::end(objects), [&](const Object& object) { return object.name == name; });
  CHECK(found != std::end(objects), "every object that a payload names is described");
  return *found;
}

}  // namespace

const Type* Payloads::of(llvm::StringRef event, llvm::StringRef activity) {
  if (event == "pull_request_target") event = "pull_request";
  for (const Payload& payload : payloads)
    if (payload.event == event && (payload.activities.empty() || has_word(payload.activities, activity))) {
      const Type*& type = payloads_[payload.fields];
      if (!type) type = record(payload.fields);
      return type;
    }
  return table_.simple(Kind::json);
}

llvm::SmallVector<llvm::StringRef, 8> Payloads::events_with(llvm::StringRef wanted) {
  llvm::SmallVector<llvm::StringRef, 8> events;
  for (const Payload& payload : payloads) {
    auto fields = words_of(payload.fields);
    bool has = std::any_of(fields.begin(), fields.end(), [&](llvm::StringRef one) { return name_of(one) == wanted; });
    if (has && (events.empty() || events.back() != payload.event)) events.push_back(payload.event);
  }
  return events;
}

const Type* Payloads::object(llvm::StringRef name) {
  const Type*& type = objects_[name];
  if (type) return type;
  const Type* made = record(find_object(name).fields);
  return objects_[name] = made;
}

const Type* Payloads::record(llvm::StringRef text) {
  llvm::SmallVector<llvm::StringRef, 32> names;
  llvm::SmallVector<const Type*, 32> fields;
  for (llvm::StringRef word : words_of(text)) {
    if (word.startswith("+") && !std::isdigit(static_cast<unsigned char>(word[1]))) {
      const Type* included = object(word.drop_front());
      names.append(included->names.begin(), included->names.end());
      fields.append(included->fields.begin(), included->fields.end());
      continue;
    }
    auto [name, type] = word.split(':');
    names.push_back(name.rtrim('?'));
    fields.push_back(type.empty() && name.endswith("?") ? field("string?") : field(type));
  }
  return table_.record(names, fields);
}

const Type* Payloads::field(llvm::StringRef type) {
  if (type.consume_back("?")) return table_.optional(field(type));
  if (type.consume_back("[]")) return table_.list_of(field(type));
  if (type.empty()) return table_.simple(Kind::string);
  const Type* builtin =
      type == "number" || type == "bool" || type == "string" || type == "json" ? types::builtin(type, table_) : nullptr;
  return builtin ? builtin : object(type);
}

const Type* Payloads::unite(const Type* left, const Type* right) {
  if (left == right) return left;
  const Type* result = nullptr;
  if (left->kind != right->kind)
    result = table_.simple(Kind::json);
  else if (left->kind == Kind::record)
    result = unite_records(left, right);
  else if (left->kind == Kind::list)
    result = table_.list_of(unite(left->element, right->element));
  else
    result = table_.without_optional(left);
  return left->optional || right->optional ? table_.optional(result) : result;
}

const Type* Payloads::unite_records(const Type* left, const Type* right) {
  // The same object, once as it is and once as one that may be absent.
  if (left->names.data() == right->names.data()) return table_.without_optional(left);
  llvm::SmallVector<llvm::StringRef, 32> names(left->names.begin(), left->names.end());
  llvm::SmallVector<const Type*, 32> fields;
  for (std::size_t i = 0; i < left->fields.size(); ++i) {
    const Type* other = right->field(left->names[i]);
    fields.push_back(other ? unite(left->fields[i], other) : table_.optional(left->fields[i]));
  }
  for (std::size_t i = 0; i < right->fields.size(); ++i) {
    if (left->field(right->names[i])) continue;
    names.push_back(right->names[i]);
    fields.push_back(table_.optional(right->fields[i]));
  }
  return table_.record(names, fields);
}

}  // namespace sluice::check
