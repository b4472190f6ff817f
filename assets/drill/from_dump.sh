#!/usr/bin/env bash
# The drill's database from a dump of the site's, by what restores it after a region was lost. Which one it was, verify.sh tells.
# shellcheck disable=SC2154 # database.sh sets image, prefix, host, name
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin drill-from-dump 43100
. "${BASH_SOURCE[0]%/*}/database.sh"

key=$(value dump)
told=$R/opt/dicom/$DICOM_ROOM/restored
begun=$told.begun
# A database that holds it already is not filled again.
if [ -s "$told" ] && { [ "$key" = "${prefix}latest" ] || [ "$key" = "$(cat "$told")" ]; }; then
  say "unchanged: $(cat "$told") is in the database"
  exit 0
fi
bash "$HERE/images.sh" "$image"
tables=$(sql -c "select count(*) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')")
if [ "$key" = "${prefix}latest" ]; then
  [ "$tables" != 0 ] || get_object "$key" "$begun"
  key=$(cat "$begun" 2>/dev/null || true)
fi
if [ "$tables" = 0 ]; then
  printf '%s\n' "$key" >"$begun"
  DICOM_STEP='' bash "${BASH_SOURCE[0]%/*}/restore.sh" "$key"
fi
# It is one transaction: tables of a run that was killed afterwards are all of the dump.
{ [ -s "$begun" ] && [ "$(cat "$begun")" = "$key" ]; } ||
  die "database $name at $host has $tables tables that are not of ${key:-a dump}; destroy the drill and make it anew for another dump"
mv -f "$begun" "$told"
