#!/usr/bin/env bash
# Checks the units with systemd's own tool: that it has nothing to say about them, and how much the service is exposed.
#     units.sh FOLDER_OF_THE_UNITS PROGRAM
set -euo pipefail

units=$1 program=$2
exposed_at_most=15  # tenths

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The service's program where the unit says that it is, and the targets that units depend on.
mkdir -p "$work/etc" "$work/usr/bin" "$work/usr/lib/systemd"
ln -s usr/bin "$work/bin"
ln -s usr/lib "$work/lib"
installed=$(sed -n 's/^ExecStart=\([^ ]*\) .*/\1/p' "$units/pusherd.service")
mkdir -p "$work$(dirname "$installed")"
cp "$program" "$work$installed"
cp /bin/kill /bin/sh "$work/usr/bin/"
cp -r /lib/systemd/system "$work/usr/lib/systemd/system"
cp "$units"/pusherd*.{service,socket,timer} "$work/usr/lib/systemd/system/"

faults=0
# shellcheck disable=SC2046 # a name each
systemd-analyze verify --man=no --root="$work" $(cd "$units" && echo pusherd*.{service,socket,timer}) > "$work/said" 2>&1 || faults=1
# About units of the system's own there may be something to say.
if grep -F -e pusherd "$work/said"; then faults=1; fi
if ((faults)); then cat "$work/said"; fi

if ! systemd-analyze security --no-pager --offline=true --threshold="$exposed_at_most" \
    "$units/pusherd.service" > "$work/security"; then
    cat "$work/security"
    faults=1
fi
tail -n 1 "$work/security"
((faults == 0))
