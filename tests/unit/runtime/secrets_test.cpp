#include "runtime/output/secrets.h"

#include <catch2/catch.hpp>

#include "chunks.h"

using namespace sluice::runtime;
using sluice::runtime::test::read_in_chunks;

namespace {

Secrets hiding(std::initializer_list<std::string> values) {
  Secrets secrets;
  for (const std::string& value : values) secrets.add(value);
  return secrets;
}

}  // namespace

TEST_CASE("of secrets that overlap nothing is left over") {
  Secrets secrets = hiding({"abcdef", "defghi", "cde"});
  CHECK(secrets.masked("x abcdefghi y") == "x *** y");
  CHECK(secrets.masked("x abcdef defghi y") == "x *** *** y");
  CHECK(secrets.masked("xcdex") == "x***x");
}

TEST_CASE("the longest of secrets that begin alike is hidden") {
  CHECK(hiding({"token", "token-of-admin"}).masked("token-of-admin token-of") == "*** ***-of");
}

TEST_CASE("a text without secrets is given back as it is") {
  Secrets secrets = hiding({"s3cret-value"});
  std::string text = "nothing to hide", buffer;
  CHECK(secrets.mask(text, buffer).data() == text.data());
  CHECK(secrets.mask("", buffer).empty());
}

TEST_CASE("a secret of several lines is hidden line by line, and so is its base64 in lines") {
  std::string key =
      "-----BEGIN KEY-----\n" + std::string(60, 'k') + "\n{\n" + std::string(60, 'm') + "\n-----END KEY-----\n";
  Secrets secrets = hiding({key});
  CHECK(secrets.masked("-----BEGIN KEY-----\n" + std::string(60, 'k') + "\n{\n") == "***\n***\n{\n");
  // printf %s "$KEY" | base64
  std::string encoded =
      "LS0tLS1CRUdJTiBLRVktLS0tLQpra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2tr\n"
      "a2tra2tra2tra2tra2tra2tra2tra2sKewptbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1t\n"
      "bW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW1tbW0KLS0tLS1FTkQgS0VZLS0tLS0K\n";
  CHECK(secrets.masked(encoded) == "***\n***\n***\n");
}

TEST_CASE("a quote in a secret is hidden as a shell's trace writes it") {
  CHECK(hiding({"it's a secret"}).masked("+ curl -H 'it'\\''s a secret'") == "+ curl -H '***'");
}

TEST_CASE("a very long line of nothing but secrets is hidden wherever it is cut") {
  Secrets secrets = hiding({"aaab", "baaa"});
  std::string text;
  for (int i = 0; i < 30'000; ++i) text += "aaab";
  for (std::size_t size : {std::size_t{999}, std::size_t{65'536}, text.size()})
    CHECK(read_in_chunks(secrets, text, size) == "***\n");
}

TEST_CASE("masking finds what a plain search finds") {
  unsigned state = 1;
  auto next = [&](unsigned below) { return (state = state * 1'103'515'245 + 12'345) / 65'536 % below; };
  for (int round = 0; round < 300; ++round) {
    std::vector<std::string> values;
    for (unsigned i = 0; i <= next(4); ++i) {
      std::string value;
      for (unsigned k = 0; k < 3 + next(4); ++k) value += static_cast<char>('a' + next(3));
      values.push_back(value);
    }
    std::string text;
    for (unsigned i = 0; i < 60; ++i) text += static_cast<char>('a' + next(3));
    Secrets secrets;
    std::vector<bool> hidden(text.size(), false);
    for (const std::string& value : values) {
      secrets.add(value);
      for (std::size_t at = 0; (at = text.find(value, at)) != std::string::npos; ++at)
        std::fill_n(hidden.begin() + static_cast<std::ptrdiff_t>(at), value.size(), true);
    }
    std::string left, masked = secrets.masked(text);
    for (std::size_t i = 0; i < text.size(); ++i) left += hidden[i] ? std::string() : text.substr(i, 1);
    std::erase(masked, '*');
    CHECK(masked == left);
  }
}
