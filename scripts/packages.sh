# shellcheck shell=bash
# Sourced by the scripts beside it: which Debian 12 packages each of them needs, and how they get there.
# An entry `program:package` is met by the program alone, wherever it came from.

# shellcheck disable=SC2034  # the lists are for the scripts that source this file
packages_to_build=(
  g++ cmake ninja-build ccache git
  tao-pegtl-dev libfmt-dev libcli11-dev nlohmann-json3-dev libsqlite3-dev libssl-dev libyaml-cpp-dev
  # LLVM's CMake file looks for these three even where only the support library is linked.
  llvm-14-dev libncurses-dev libffi-dev zlib1g-dev
)
# shellcheck disable=SC2034
packages_to_run_the_example=(git ca-certificates python3 python3-venv postgresql)
# shellcheck disable=SC2034
packages_to_test=(
  bubblewrap catch2 curl libyaml-dev jsonnet nginx:nginx-light shellcheck clang-format tzdata
  python3 python3-venv pip3:python3-pip node:nodejs npm:npm
)

is_installed() {  # is_installed ENTRY
  if [[ $1 == *:* ]] && command -v "${1%%:*}" >/dev/null; then
    return 0
  fi
  [[ $(dpkg-query -W -f='${Status}' "${1##*:}" 2>/dev/null) == "install ok installed" ]]
}

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  else
    sudo "$@"
  fi
}

# Asks for sudo's password now, where it can be seen, or says why there is no going on.
become_root() {
  if [[ $EUID -ne 0 ]] && ! { command -v sudo >/dev/null && sudo -v; }; then
    echo "They have to be installed by root, and sudo does not work here. Run as root: apt-get install $*" >&2
    return 1
  fi
}

# install_packages ENTRY...: installs those that are missing, and says which; touches nothing when none is.
install_packages() {
  local entry missing=()
  if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "There is no apt-get here: this script knows Debian 12 only." >&2
    echo "Install what corresponds to these packages, then see README.md for building by hand:" >&2
    printf '  %s\n' "${@##*:}" >&2
    return 1
  fi
  for entry in "$@"; do
    is_installed "$entry" || missing+=("${entry##*:}")
  done
  if [[ ${#missing[@]} -eq 0 ]]; then
    echo "All $# Debian packages are there already."
    return 0
  fi
  echo "Installing ${#missing[@]} Debian packages: ${missing[*]}"
  become_root "${missing[@]}"
  quietly apt-get-update as_root apt-get update
  quietly apt-get-install as_root env DEBIAN_FRONTEND=noninteractive \
    apt-get install -y --no-install-recommends "${missing[@]}"
}
