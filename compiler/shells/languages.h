#pragma once
#include "shells/shell.h"

namespace sluice::shells {

class Posix : public Shell {
 public:
  /// `bash`: whether what bash has and sh has not may be written.
  explicit Posix(bool bash) : bash_(bash) {}
  std::vector<Place> places(const Script& script) const override;
  bool quote(const Constant& value, const Place& place, std::string& out) const override;
  bool reference(llvm::StringRef variable, Sort sort, const Place& place, std::string& out) const override;
  ListForm list_form(const Place& place) const override;
  std::string read_variable(llvm::StringRef variable) const override;
  std::vector<VariableRead> variables(llvm::StringRef script) const override;
  std::vector<InnerScript> inner_scripts(const Script& script) const override;

 private:
  bool bash_;
};

class PowerShell : public Shell {
 public:
  std::vector<Place> places(const Script& script) const override;
  bool quote(const Constant& value, const Place& place, std::string& out) const override;
  bool reference(llvm::StringRef variable, Sort sort, const Place& place, std::string& out) const override;
  ListForm list_form(const Place& place) const override;
  std::string read_variable(llvm::StringRef variable) const override;
  std::vector<VariableRead> variables(llvm::StringRef script) const override;
};

class Python : public Shell {
 public:
  std::vector<Place> places(const Script& script) const override;
  bool quote(const Constant& value, const Place& place, std::string& out) const override;
  bool reference(llvm::StringRef variable, Sort sort, const Place& place, std::string& out) const override;
  ListForm list_form(const Place& place) const override;
  std::string read_variable(llvm::StringRef variable) const override;
  std::vector<VariableRead> variables(llvm::StringRef script) const override;
};

/// cmd, and every language that is not known here: plain text is plain, and nothing else can be put in.
class Unknown : public Shell {
 public:
  explicit Unknown(bool cmd) : cmd_(cmd) {}
  std::vector<Place> places(const Script& script) const override;
  bool quote(const Constant& value, const Place& place, std::string& out) const override;
  bool reference(llvm::StringRef variable, Sort sort, const Place& place, std::string& out) const override;
  ListForm list_form(const Place& place) const override;
  std::string read_variable(llvm::StringRef variable) const override;
  std::vector<VariableRead> variables(llvm::StringRef script) const override;

 private:
  bool cmd_;
};

/// Known only so far that variables are followed.
class JavaScript : public Unknown {
 public:
  JavaScript() : Unknown(false) {}
  std::vector<Place> places(const Script& script) const override;
  std::vector<VariableRead> variables(llvm::StringRef script) const override;
};

/// Whether the text holds what only a variable carries unchanged: control characters but tabs and line breaks.
bool has_controls(llvm::StringRef text);

}  // namespace sluice::shells
