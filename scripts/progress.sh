# shellcheck shell=bash
# Sourced by the scripts beside it: headings with timings, and commands that are quiet unless they fail.

log_folder=build/logs

# heading TEXT: what comes next, with the seconds since the script began.
heading() {
  printf '\n== %s  [%dm%02ds]\n' "$1" $((SECONDS / 60)) $((SECONDS % 60))
}

# quietly NAME COMMAND...: runs the command with its output in build/logs/NAME.log; shows how far it is, and all of the
# log when it fails.
quietly() {
  local name=$1 log=$log_folder/$1.log began=$SECONDS process status=0
  shift
  mkdir -p "$log_folder"
  "$@" >"$log" 2>&1 </dev/null &
  process=$!
  show_progress "$process" "$log"
  wait "$process" || status=$?
  if [[ $status -ne 0 ]]; then
    echo "'$*' failed with status $status; its output ($log):" >&2
    cat "$log" >&2
    return "$status"
  fi
  echo "  $name: done in $((SECONDS - began)) s"
}

# While the process lives, the newest line of its log: in place on a terminal, elsewhere a line every 20 s.
show_progress() {
  local process=$1 log=$2 began=$SECONDS ticks=0
  while kill -0 "$process" 2>/dev/null; do
    sleep 0.25
    ticks=$((ticks + 1))
    if [[ -t 1 && $((ticks % 4)) -eq 0 ]]; then
      printf '\r\033[K  %s' "$(newest_line "$log" "$began")"
    elif [[ ! -t 1 && $((ticks % 80)) -eq 0 ]]; then
      printf '  %s\n' "$(newest_line "$log" "$began")"
    fi
  done
  if [[ -t 1 ]]; then
    printf '\r\033[K'
  fi
}

newest_line() {  # newest_line LOG BEGAN
  printf '%3d s  %.70s' $((SECONDS - $2)) "$(tail -n 1 "$1" | tr -d '\r\033')"
}

# build_release TARGET CMAKE-OPTION...: configures and builds one target of the release preset.
build_release() {
  local target=$1
  shift
  quietly configure cmake --preset release "$@"
  quietly build cmake --build --preset release --target "$target"
}
