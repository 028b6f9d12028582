#!/usr/bin/env bash
# restore.sh SLOT FILE.tar.gz: run what backup.sh saved in the slot again, and give it all traffic.
# A file without checksum is refused. Environment: lib.sh.
source "$(dirname "$0")/lib.sh"

slot=${1-} file=${2-}
need_slot "$slot"
[[ -f $file.sha256 ]] || die "no checksum for '$file'"

FORCE=1 "$(dirname "$0")/deploy.sh" "$slot" "$file"
"$(dirname "$0")/route.sh" "$slot" 100
