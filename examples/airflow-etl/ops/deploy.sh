#!/usr/bin/env bash
# deploy.sh SLOT BUNDLE.tar.gz: unpack the bundle into the slot beside what is there, switch to it,
# restart the slot's services, and keep the three newest releases. BUNDLE.tar.gz.sha256 is checked
# when it is there. A slot that has traffic is refused unless FORCE=1. Environment: lib.sh.
source "$(dirname "$0")/lib.sh"

slot=${1-} bundle=${2-}
need_slot "$slot"
[[ -f $bundle ]] || die "no bundle '$bundle'"
sum=$(sha256sum <"$bundle" | cut -d' ' -f1)
[[ ! -f $bundle.sha256 || $(cut -d' ' -f1 "$bundle.sha256") == "$sum" ]] || die "$bundle is damaged"
if [[ ${FORCE-} != 1 ]] && has_traffic "$slot"; then die "$slot has traffic"; fi

release=$(date -u +%Y%m%dT%H%M%S%3N)-${sum:0:12}
home=$(printf %q "$AIRFLOW_ROOT/$slot")
on_slot "$slot" "
  mkdir -p $home/releases/$release
  tar -xzf - -C $home/releases/$release
  ln -sfn releases/$release $home/next
  mv -T $home/next $home/current
  cd $home/releases
  ls -1 | sort -r | tail -n +4 | xargs -r rm -rf --
" <"$bundle"
service restart "$slot"
echo "$slot runs $release"
