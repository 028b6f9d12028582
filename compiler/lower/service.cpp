// Services: a container there, a process here, one set of outputs.
#include "lower/unfolder.h"

namespace sluice::lower {

namespace {
DIAGNOSTIC(UnpinnedImage, "the image `{}` has no digest");

bool has_digest(llvm::StringRef image) {
  llvm::StringRef digest = image.split("@sha256:").second;
  auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
  return digest.size() == 64 && std::all_of(digest.begin(), digest.end(), is_hex);
}

}  // namespace

void Unfolder::lower_service(const Statement& statement) {
  graph::Service service;
  service.id = statement.name.text.str();
  service.span = statement.header;
  const Statement* body = &statement;
  Frame frame;
  if (statement.value) {
    auto found = program_.calls.find(statement.value);
    if (found == program_.calls.end()) return;
    body = found->second.callee->statement;
    frame.arguments = evaluate_arguments(found->second, body->parameters);
    frame.use = found->second.use;
  }
  if (!body->block) return;
  frames_.push_back(std::move(frame));
  std::string port;
  for (const ast::Item& item : body->block->items) {
    if (!item.statement || item.statement->word != Word::port || !item.statement->value) continue;
    port = text_of(evaluate(*item.statement->value));
    service.ports.push_back(port);
  }
  // Inside the service `port` is the mapped one: a container's on GitHub, the free one that was found here.
  ExpressionId services = member(context("job", statement.header), "services", statement.header);
  ExpressionId ports = member(member(services, service.id, statement.header), "ports", statement.header);
  port_ = make(graph::Expression::Kind::index, "", {ports, text_constant(port, statement.header)}, statement.header);
  StepResult& result = results_.emplace_back();
  result.id = service.id;
  for (const ast::Item& item : body->block->items) {
    if (!item.statement) continue;
    const Statement& part = *item.statement;
    if (part.word == Word::output && part.value)
      result.outputs.emplace_back(part.name.text.str(), evaluate(*part.value));
    if (part.word == Word::backend && part.block)
      lower_service_body(part.block->items, part.name.text == "github" ? Backend::github : Backend::local, service);
  }
  frames_.pop_back();
  Value value;
  value.kind = Value::Kind::step;
  value.step = &result;
  frames_.back().locals.emplace_back(&statement, value);
  current_->stage.services.push_back(std::move(service));
}

void Unfolder::lower_service_body(llvm::ArrayRef<ast::Item> items, Backend backend, graph::Service& service) {
  StepContext context;
  for (const ast::Item& item : items) {
    if (!item.statement) continue;
    const Statement& part = *item.statement;
    switch (part.word) {
      case Word::env: apply_option(part, context); break;
      case Word::image:
        service.image = static_text(part.value);
        if (!service.image.empty() && !has_digest(service.image))
          sink_.report<UnpinnedImage>(part.value->span, service.image)
              .help("write it with its digest: `name:tag@sha256:…`");
        break;
      case Word::health:
        for (const Expression* value : part.values) service.health.push_back(static_text(value));
        break;
      case Word::start:
        if (part.value) service.start = lower_script(*part.value, context, context.env).text;
        break;
      case Word::ready:
        if (part.value) service.ready = lower_script(*part.value, context, context.env).text;
        break;
      default: break;
    }
  }
  if (backend == Backend::github)
    for (auto& [name, value] : context.env) value = put(Place::service_env, value, graph_[value].span);
  (backend == Backend::github ? service.env : service.local_env) = std::move(context.env);
}

}  // namespace sluice::lower
