#!/usr/bin/env bash
# route.sh SLOT SHARE: send SHARE percent (0 to 100, with or without %) of the traffic to SLOT and
# the rest to the other one. The file is replaced at once; when nginx refuses it, the old one comes
# back. Environment: lib.sh.
source "$(dirname "$0")/lib.sh"

slot=${1-} share=${2-}
share=${share%\%}
need_slot "$slot"
[[ $share =~ ^(0|[1-9][0-9]?|100)$ ]] || die "not a share: '${2-}'"

other=$(other "$slot")
if ((share > 50)); then live=$slot; else live=$other; fi

server() { # SLOT SHARE: nginx knows no weight 0
  if (($2 > 0)); then echo "    server ${LB_SERVER//%s/$1} weight=$2;"
  else echo "    server ${LB_SERVER//%s/$1} down;"; fi
}

conf=$(printf %q "$LB_CONF")
on "$LB_HOST" "
  cat >$conf.new
  ! test -e $conf || cp -p $conf $conf.old
  mv $conf.new $conf
  if ( $LB_RELOAD ); then rm -f $conf.old; exit 0; fi
  if test -e $conf.old; then mv $conf.old $conf; else rm $conf; fi
  exit 1
" <<CONF
# live: $live; written by route.sh
upstream airflow {
$(server "$slot" "$share")
$(server "$other" $((100 - share)))
}
CONF
echo "$slot has $share%, $other $((100 - share))%"
