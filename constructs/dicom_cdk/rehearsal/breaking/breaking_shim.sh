#!/bin/sh
# Stands before every program that a rehearsed script starts. Numbers the calls in the folder FAULTS, breaks call FAULT_AT; told so,
# it says each call into the pipe `said` of FAULT_PIPES and goes on once it is answered in the pipe of the call's number.
set -C
n=1
while ! { command : >"$FAULTS/$n"; } 2>/dev/null; do n=$((n + 1)); done
set +C
name=${0##*/}
echo "$name" >"$FAULTS/$n"
if [ "$n" = "${FAULT_AT:-}" ]; then
  if [ "$FAULT_KIND" = kill ]; then
    exec "$FAULT_PYTHON" "$FAULT_KILLER"
  fi
  echo "$name: rehearsed failure" >&2
  exit 1
fi
if [ "$FAULT_KIND" = look ] && [ -p "$FAULT_PIPES/$n" ]; then
  echo "$n" >"$FAULT_PIPES/said"
  read -r _ <"$FAULT_PIPES/$n"
fi
IFS=:
for folder in $FAULT_PATH; do
  if [ -x "$folder/$name" ]; then
    unset IFS
    exec "$folder/$name" "$@"
  fi
done
echo "$name: not found" >&2
exit 127
