# shellcheck shell=bash
# What the scripts here share. Each works on a cluster of two slots behind one nginx; where these
# are is said by the environment:
#
#   SLOTS          the two slots                                  blue green
#   SLOT_HOST      ssh name of a slot's machine, %s is the slot   deploy@%s.airflow.internal
#                  (empty: this machine)
#   AIRFLOW_ROOT   folder on it that holds SLOT/current           /opt/airflow
#   SERVICES       restarted in this order, @SLOT is appended     airflow-scheduler airflow-webserver
#   SERVICE_CTL    what starts and stops them                     sudo systemctl
#   LB_HOST        ssh name of the load balancer's machine        (empty: this machine)
#   LB_CONF        file with the upstream `airflow`, ours alone   /etc/nginx/conf.d/airflow.conf
#   LB_SERVER      a slot's address in it, %s is the slot         %s.airflow.internal:8080
#   LB_RELOAD      checks the file and makes nginx read it        sudo nginx -t -q && sudo nginx -s reload

set -euo pipefail

read -ra slots <<<"${SLOTS:-blue green}"
read -ra services <<<"${SERVICES-airflow-scheduler airflow-webserver}"
SLOT_HOST=${SLOT_HOST-deploy@%s.airflow.internal}
AIRFLOW_ROOT=${AIRFLOW_ROOT:-/opt/airflow}
SERVICE_CTL=${SERVICE_CTL:-sudo systemctl}
LB_HOST=${LB_HOST-}
LB_CONF=${LB_CONF:-/etc/nginx/conf.d/airflow.conf}
LB_SERVER=${LB_SERVER:-%s.airflow.internal:8080}
LB_RELOAD=${LB_RELOAD:-sudo nginx -t -q && sudo nginx -s reload}

die() { echo "${0##*/}: $*" >&2; exit 1; }

# on HOST COMMAND: run one shell command there, or here when HOST is empty; stdin goes along.
on() {
  if [[ -n $1 ]]; then ssh -o BatchMode=yes "$1" "set -e; $2"; else bash -c "set -e; $2"; fi
}

# on_slot SLOT COMMAND: the same on the slot's machine.
on_slot() { on "${SLOT_HOST//%s/$1}" "$2"; }

# need_slot NAME: it is one of the slots.
need_slot() {
  local slot
  for slot in "${slots[@]}"; do [[ $slot != "$1" ]] || return 0; done
  die "no slot '$1' among ${slots[*]}"
}

# other SLOT: the one that it is not.
other() {
  local slot
  for slot in "${slots[@]}"; do [[ $slot == "$1" ]] || echo "$slot"; done
}

# routing: what route.sh wrote last; nothing before the first time.
routing() {
  local conf
  conf=$(printf %q "$LB_CONF")
  on "$LB_HOST" "test ! -e $conf || cat $conf" </dev/null
}

# has_traffic SLOT: some of it goes there.
has_traffic() {
  local now
  now=$(routing) || die "cannot read $LB_CONF"
  [[ $now == *"server ${LB_SERVER//%s/$1} weight="* ]]
}

# service VERB SLOT: systemctl VERB on each of the slot's services, in order.
service() {
  local name
  for name in "${services[@]}"; do on_slot "$2" "$SERVICE_CTL $1 $name@$2" </dev/null; done
}
