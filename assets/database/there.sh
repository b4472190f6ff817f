# shellcheck shell=bash disable=SC2034,SC2154
# Sourced by the steps of a walk after sql.sh: what is in the database, and where they keep what they need of before.
from=$(value upgrade_from)
to=$(value upgrade_to)
before=$R/var/local/dicom/wildfly.before
# Columns and indexes, one a line.
there() {
  sql -At <<'SQL'
select relname || '.' || attname from pg_attribute join pg_class on pg_class.oid = attrelid
  where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and attnum > 0 and not attisdropped
union select lower(indexname) from pg_indexes where schemaname = 'public' order by 1
SQL
}
# Of a release: 5.31.2 is minor 31.
minor_of() { cut -d. -f2 <<<"$1"; }
