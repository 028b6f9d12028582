#!/usr/bin/env bash
# retire.sh SLOT: stop the slot's services; its files stay, for the way back. A slot that has
# traffic is refused. Environment: lib.sh.
source "$(dirname "$0")/lib.sh"

slot=${1-}
need_slot "$slot"
if has_traffic "$slot"; then die "$slot has traffic"; fi

service stop "$slot"
echo "$slot is retired"
