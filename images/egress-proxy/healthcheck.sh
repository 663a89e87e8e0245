#!/bin/bash
# Healthy means: Squid answers, and refuses what it must refuse.
set -eu

conf=${RUN_DIR:-/run/squid}/squid.conf
port=$(sed -n 's/^http_port \([0-9]*\)$/\1/p' "$conf")

exec 3<>"/dev/tcp/127.0.0.1/${port:?no port in the configuration}"
printf 'CONNECT health-check.invalid:443 HTTP/1.1\r\nHost: health-check.invalid:443\r\n\r\n' >&3
IFS=' ' read -r -t 4 -u 3 _ status _
[ "$status" = 403 ]
