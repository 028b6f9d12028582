// yaml_peer events FILE: libyaml's event parse and nothing else, the floor for whatever reads the file.
// yaml_peer load FILE:   libyaml's document in memory.
// yaml_peer count FILE:  prints how many jobs the workflow has, and how many steps all of them have together.
#include <stdio.h>
#include <string.h>
#include <yaml.h>

static int events(yaml_parser_t* parser) {
  for (int done = 0; !done;) {
    yaml_event_t event;
    if (!yaml_parser_parse(parser, &event)) return 1;
    done = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  return 0;
}

static yaml_node_t* value_of(yaml_document_t* document, yaml_node_t* map, const char* key) {
  if (!map || map->type != YAML_MAPPING_NODE) return NULL;
  for (yaml_node_pair_t* pair = map->data.mapping.pairs.start; pair < map->data.mapping.pairs.top; ++pair) {
    yaml_node_t* name = yaml_document_get_node(document, pair->key);
    if (strcmp((const char*)name->data.scalar.value, key) == 0) return yaml_document_get_node(document, pair->value);
  }
  return NULL;
}

static int count(yaml_document_t* document) {
  yaml_node_t* jobs = value_of(document, yaml_document_get_root_node(document), "jobs");
  if (!jobs || jobs->type != YAML_MAPPING_NODE) return 1;
  long steps_in_all = 0;
  for (yaml_node_pair_t* pair = jobs->data.mapping.pairs.start; pair < jobs->data.mapping.pairs.top; ++pair) {
    yaml_node_t* steps = value_of(document, yaml_document_get_node(document, pair->value), "steps");
    if (!steps || steps->type != YAML_SEQUENCE_NODE) return 1;
    steps_in_all += steps->data.sequence.items.top - steps->data.sequence.items.start;
  }
  printf("%ld %ld\n", (long)(jobs->data.mapping.pairs.top - jobs->data.mapping.pairs.start), steps_in_all);
  return 0;
}

int main(int argument_count, char** arguments) {
  FILE* file = argument_count == 3 ? fopen(arguments[2], "rb") : NULL;
  yaml_parser_t parser;
  if (!file || !yaml_parser_initialize(&parser)) return 2;
  yaml_parser_set_input_file(&parser, file);
  if (strcmp(arguments[1], "events") == 0) return events(&parser);
  yaml_document_t document;
  if (!yaml_parser_load(&parser, &document)) return 1;
  return strcmp(arguments[1], "count") == 0 ? count(&document) : 0;
}
