#!/usr/bin/env bash
# install.sh SLOT VERSION: the slot runs that version; none if it is empty.
set -euo pipefail
echo "${2-}" >"$SITE/$1/wanted.new"
mv "$SITE/$1/wanted.new" "$SITE/$1/wanted"
