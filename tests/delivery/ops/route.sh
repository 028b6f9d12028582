#!/usr/bin/env bash
# route.sh SLOT SHARE: SHARE percent of the requests go to SLOT, the rest to the other one. nginx reads the new file or
# keeps the old one; a slot with nothing has no line, as nginx knows no weight 0.
set -euo pipefail
slot=$1 share=${2%\%} other=green
[[ $slot == blue ]] || other=blue
live=$other
((share <= 50)) || live=$slot
declare -A port=([blue]=$BLUE [green]=$GREEN)
line() { if (($2 > 0)); then echo "  server 127.0.0.1:${port[$1]} weight=$2;"; fi; }
printf '# live: %s; %s has share: %s;\nupstream shop {\n%s\n%s\n}\n' "$live" "$slot" "$share" \
  "$(line "$slot" "$share")" "$(line "$other" $((100 - share)))" >"$SITE/shop.conf.new"
cp "$SITE/shop.conf" "$SITE/shop.conf.old"
mv "$SITE/shop.conf.new" "$SITE/shop.conf"
if ! "$NGINX" -p "$SITE" -c "$SITE/nginx.conf" -t -q; then mv "$SITE/shop.conf.old" "$SITE/shop.conf"; exit 1; fi
kill -HUP "$(cat "$SITE/nginx.pid")"
echo "$slot has $share%"
