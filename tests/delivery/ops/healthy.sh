#!/usr/bin/env bash
# healthy.sh SLOT [VERSION]: the slot answers, with that version.
set -euo pipefail
declare -A port=([blue]=$BLUE [green]=$GREEN)
answer=$(curl --silent --show-error --fail --max-time 2 --retry "${RETRIES:-0}" --retry-connrefused --retry-delay 1 \
  "http://127.0.0.1:${port[$1]}/")
[[ -z ${2-} || $answer == "$2" ]] || { echo "$1 runs $answer" >&2; exit 1; }
