#!/bin/sh
# Starts Squid with the configuration in SQUID_CONF. Anything Squid only remarks on stops the start: a proxy that
# understood its rules differently than we do must not run.
set -eu

run_dir=${RUN_DIR:-/run/squid}
conf=$run_dir/squid.conf

if [ -z "${SQUID_CONF:-}" ]; then
  echo "entrypoint: SQUID_CONF is empty: without its generated configuration the proxy does not start" >&2
  exit 64
fi
if [ "$(id -u)" = 0 ]; then
  echo "entrypoint: refusing to run as root" >&2
  exit 77
fi

umask 077
printf '%s\n' "$SQUID_CONF" >"$conf"

if ! verdict=$(squid -k parse -f "$conf" 2>&1); then
  printf '%s\n' "$verdict" >&2
  echo "entrypoint: Squid cannot read its configuration" >&2
  exit 78
fi
# Squid drops some lines that it cannot read with a remark and goes on. So every remark stops the start, but for those that
# it makes of a sound configuration: its progress, that Via is off, which is our wish, and that the task has no IPv6.
sound='\| (Startup: Initializ|Processing|Initializing https:// proxy context'
sound="$sound|WARNING: HTTP requires the use of Via|WARNING: BCP 177 violation)"
if printf '%s\n' "$verdict" | grep -vE "$sound" >&2; then
  echo "entrypoint: Squid has doubts about its configuration" >&2
  exit 78
fi

unset SQUID_CONF
exec squid -N -f "$conf"
