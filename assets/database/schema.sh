#!/usr/bin/env bash
# The archive's tables: all of them in one transaction, or none. With all there it does nothing; with some it refuses.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin database-schema 1740

host=$(value database_host)
port=$(value database_port)
name=$(value database_name)
user=$(value database_user)
source=$(value sql_source image)
PGSSLMODE=$(value database_sslmode require)
password=$(secret database)
mkdir -p "$R/run/dicom"
rm -rf "$R"/run/dicom/schema.* # of a run that was killed
work=$(mktemp -d "$R/run/dicom/schema.XXXXXX")
trap 'rm -rf "$work"' EXIT

# The password's characters need no escaping: letters and digits.
(umask 077 && printf '*:*:*:*:%s\n' "$(tr -d '\n' <"$password")" >"$work/pgpass")
export PGSSLMODE PGPASSFILE=$work/pgpass PGCONNECT_TIMEOUT=10
sql() { psql -X -w -q -v ON_ERROR_STOP=1 -h "$host" -p "$port" -U "$user" -d "$name" "$@"; }
# True also for an answer that waiting does not mend: the line below says it.
answers() {
  local said
  said=$(sql -Atc 'select 1' 2>&1) && return
  case $said in *'authentication failed'* | *'does not exist'*) return 0 ;; esac
  head -n1 <<<"$said"
  return 1
}
until_true 5 "the database at $host:$port" answers
said=$(sql -Atc 'select 1' 2>&1) || die "the database refuses: $(head -n1 <<<"$said")"

from_image() {
  local image container
  image=$(value sql_image)
  bash "$HERE/images.sh" "$image"
  container=$(docker create "$image")
  docker cp "$container:/docker-entrypoint-initdb.d/." "$work/sql" >/dev/null
  # The image declares a volume: without -v each run leaves one.
  docker rm -f -v "$container" >/dev/null
}
from_bucket() {
  local bucket key wanted got
  bucket=$(value sql_bucket)
  key=$(value sql_key)
  wanted=$(value sql_sha256)
  python3 "$HERE/alicloud.py" oss-get "$bucket" "$key" "$work/sql.zip"
  got=$(sha256sum "$work/sql.zip")
  [ "${got%% *}" = "$wanted" ] || die "oss://$bucket/$key has sha256 ${got%% *}, allowed $wanted; correct database.schema_sql or the file"
  python3 -m zipfile -e "$work/sql.zip" "$work/sql"
}
case $source in
  image) from_image ;;
  oss) from_bucket ;;
  *) die "sql_source is $source, allowed: image, oss" ;;
esac

files=()
for part in create-psql create-fk-index create-case-insensitive-index; do
  found=$(find "$work/sql" -type f -name "*$part.sql" | sort | head -n1)
  [ -n "$found" ] || die "no $part.sql in the $source; take the image or zip that belongs to the archive's version"
  files+=("$found")
done

# What the files make, and what of it is there.
tables=$(sed -nE 's/^[[:space:]]*create table ("?)([a-z0-9_]+)\1.*/\2/ip' "${files[0]}" | sort -u)
total=$(grep -c . <<<"$tables" || true)
[ "$total" -gt 0 ] || die "${files[0]##*/} makes no table; take the image or zip that belongs to the archive's version"
# shellcheck disable=SC2086 # one word a table
list=$(printf "'%s'," $tables)
cat >"$work/run.sql" <<SQL
begin;
select pg_advisory_xact_lock(5250);
select count(*) as there from pg_tables where schemaname = 'public' and tablename in (${list%,}) \gset
select :there = 0 as empty, :there = $total as whole \gset
\if :empty
  \i '${files[0]}'
  \i '${files[1]}'
  \i '${files[2]}'
  \echo made
\elif :whole
  \echo whole
\else
  \echo half :there
\endif
commit;
SQL
said=$(sql -At -f "$work/run.sql") || die "the schema could not be made, nothing of it stays; the lines above say why"
case $(tail -n1 <<<"$said") in
  made) say "made $total tables" ;;
  whole) say "all $total tables are there" ;;
  half*)
    die "database $name has ${said##* } of the $total tables of the archive: a half-made schema is not mended." \
      "Restore a backup, or, if it holds nothing: drop schema public cascade; create schema public; then apply again"
    ;;
  *) die "psql answered: $(tail -n1 <<<"$said")" ;;
esac
