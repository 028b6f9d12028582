#!/usr/bin/env bash
# backup.sh SLOT FILE.tar.gz: save what the slot runs, and its checksum as FILE.tar.gz.sha256.
# Environment: lib.sh.
source "$(dirname "$0")/lib.sh"

slot=${1-} file=${2:?the file to write}
need_slot "$slot"
trap 'rm -f "$file.part"' EXIT

on_slot "$slot" "tar -czf - -C $(printf %q "$AIRFLOW_ROOT/$slot/current") ." >"$file.part"
mv "$file.part" "$file"
sha256sum "$file" >"$file.sha256"
echo "$slot saved as $file"
