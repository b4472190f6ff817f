#!/usr/bin/env bash
# The archive's tables: all of them in one transaction, or none. With every column there it does nothing; else it says what is there.
# shellcheck disable=SC2154 # sql.sh sets name, source, work
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin database-schema 1740
. "${BASH_SOURCE[0]%/*}/sql.sh"

scripts /docker-entrypoint-initdb.d
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
  select 'name ' || relname from pg_class where relnamespace = 'public'::regnamespace and relkind in ('i', 'I', 'S')
    union select 'name ' || conname from pg_constraint where connamespace = 'public'::regnamespace order by 1;
  \echo there :columns :tables :patients :studies
\endif
commit;
SQL
rc=0
said=$(sql -At -f "$work/run.sql") || rc=$?
case $rc in
  0) ;;
  # Cut off, perhaps behind the commit: the next run sees which.
  2) die "the connection to the database broke while the schema was made: all of it is there, or nothing; apply again" ;;
  *) die "the schema could not be made, nothing of it stays; the lines above say why" ;;
esac
last=$(tail -n1 <<<"$said")
if [ "$last" = made ]; then
  say "made $total tables"
  exit 0
fi
read -r word found tables patients studies <<<"$last"
[ "$word" = there ] || die "psql answered: $last"
present=$(grep -v '^missing \|^there \|^name ' <<<"$said")
missing=$(sed -n 's/^missing //p' <<<"$said" | paste -sd ' ')
is=$(minor "$present") ought=$(minor "$wanted")
if [ -n "$is" ] && [ -n "$ought" ] && [ "$is" != "$ought" ]; then
  if [ "$is" -lt "$ought" ]; then word=older way="dcm4che's update-5.N-psql.sql from 5.$((is + 1)) to 5.$ought, in order, with every archive stopped"
  else word=newer way="no way back but a backup of before; set archive.version to a 5.$is release"; fi
  die "database $name is of archive 5.$is, the SQL of 5.$ought: it is $word, and nothing was changed. Needed: $way"
fi
if [ "$found" = "$columns" ]; then
  # Tables made by hand may have all columns and be slow, or take the same study twice. Updates may have made others in their place.
  absent=$(comm -13 <(sed -n 's/^name //p' <<<"$said" | LC_ALL=C sort) <(python3 "${BASH_SOURCE[0]%/*}/names.py" "${files[@]}" | LC_ALL=C sort))
  [ -z "$absent" ] ||
    say "warning: $(grep -c . <<<"$absent") indexes, constraints or sequences of this release are not in database $name, such as $(head -n 3 <<<"$absent" | paste -sd ' '): where no update made others in their place, make them from ${files[0]##*/} and the files beside it"
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
