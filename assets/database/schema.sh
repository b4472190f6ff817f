#!/usr/bin/env bash
# The archive's tables: all of them in one transaction, or none. With every column there it does nothing; else it says what is there.
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

# What the files make, and what of it is there: by columns, since several releases have tables of the same names.
wanted=$(python3 "${BASH_SOURCE[0]%/*}/columns.py" "${files[0]}") ||
  die "${files[0]##*/} makes no table; take the image or zip that belongs to the archive's version"
total=$(cut -d. -f1 <<<"$wanted" | sort -u | wc -l)
columns=$(wc -l <<<"$wanted")
# Each release by what it added, newest first (dcm4che's update scripts); a name alone is a table.
markers='35:study_access_control_id.study_fk 34:patient_id.pat_name 33:series.access_control_id 32:study.study_deleting
31:patient_id.patient_fk 30:mwl_item.worklist_label 29:key_value2.pk 28:key_value.pk 27:instance_req.pk
26:rel_ups_station_name_code.ups_fk 25:issuer.pk'
minor() { # of a list of columns; nothing for a schema of no known release
  local marker table
  for marker in $markers; do
    table=${marker#*:} table=${table%%.*}
    case $marker in
      35:* | 29:* | 28:* | 27:* | 26:* | 25:*) grep -q "^$table\." <<<"$1" || continue ;;
      *) grep -qxF "${marker#*:}" <<<"$1" || continue ;;
    esac
    printf '%s' "${marker%%:*}"
    return
  done
}
# shellcheck disable=SC2086 # one word a column
list=$(printf "('%s')," $wanted)
cat >"$work/run.sql" <<SQL
begin;
select pg_advisory_xact_lock(5250);
create temporary table wanted (name text) on commit drop;
insert into wanted values ${list%,};
-- Not information_schema, which hides what belongs to others.
create temporary view there as select relname || '.' || attname as name, relname as table_name
  from pg_attribute join pg_class on pg_class.oid = attrelid
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0 and not attisdropped;
select count(*) filter (where name in (select name from there)) as columns,
  count(distinct split_part(name, '.', 1)) filter (where split_part(name, '.', 1) in (select table_name from there)) as tables
  from wanted \gset
select :tables = 0 as empty \gset
\if :empty
  \i '${files[0]}'
  \i '${files[1]}'
  \i '${files[2]}'
  \echo made
\else
  -- What cannot be looked into counts as full.
  select coalesce(has_table_privilege(to_regclass('public.patient'), 'select'), false) as patient,
    coalesce(has_table_privilege(to_regclass('public.study'), 'select'), false) as study,
    (to_regclass('public.patient') is not null)::int as patients, (to_regclass('public.study') is not null)::int as studies \gset
  \if :patient
    select count(*) as patients from (select from public.patient limit 1) as one \gset
  \endif
  \if :study
    select count(*) as studies from (select from public.study limit 1) as one \gset
  \endif
  select name from there order by name;
  select 'missing ' || name from wanted where name not in (select name from there) order by name limit 3;
  \echo there :columns :tables :patients :studies
\endif
commit;
SQL
said=$(sql -At -f "$work/run.sql") || die "the schema could not be made, nothing of it stays; the lines above say why"
last=$(tail -n1 <<<"$said")
if [ "$last" = made ]; then
  say "made $total tables"
  exit 0
fi
read -r word found tables patients studies <<<"$last"
[ "$word" = there ] || die "psql answered: $last"
present=$(grep -v '^missing \|^there ' <<<"$said")
missing=$(sed -n 's/^missing //p' <<<"$said" | paste -sd ' ')
is=$(minor "$present") ought=$(minor "$wanted")
if [ -n "$is" ] && [ -n "$ought" ] && [ "$is" != "$ought" ]; then
  if [ "$is" -lt "$ought" ]; then word=older way="dcm4che's update-5.N-psql.sql from 5.$((is + 1)) to 5.$ought, in order, with every archive stopped"
  else word=newer way="no way back but a backup of before; set archive.version to a 5.$is release"; fi
  die "database $name is of archive 5.$is, the SQL of 5.$ought: it is $word, and nothing was changed. Needed: $way"
fi
if [ "$found" = "$columns" ]; then
  say "all $total tables are there"
  exit 0
fi
what="database $name has $tables of the $total tables and $found of the $columns columns of the archive, not for instance $missing:"
if [ "$patients$studies" = 00 ]; then
  die "$what a half-made schema is not mended. It holds no patient and no study:" \
    "drop schema public cascade; create schema public; then apply again, or restore a backup"
fi
die "$what it is no release that is known here, it holds patients or studies, and nothing was changed. Keep it: take the SQL that" \
  "belongs to it (archive.version, database.schema_sql), or restore a backup"
