#!/usr/bin/env bash
# other.sh SLOT: print the slot that SLOT is not. Environment: lib.sh.
source "$(dirname "$0")/lib.sh"

need_slot "${1-}"
other "$1"
