#!/usr/bin/env bash
# live.sh: print the slot that is production: it stays so until the other one has more than half
# of the traffic. Environment: lib.sh.
source "$(dirname "$0")/lib.sh"

now=$(routing)
[[ $now =~ ^#\ live:\ ([^;]+)\; ]] || die "nothing has been routed yet in $LB_CONF"
echo "${BASH_REMATCH[1]}"
