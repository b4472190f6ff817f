#!/usr/bin/env bash
# The schema from one release of the archive to another, an update at a time: each in a transaction of its own, with its marker looked
# for before and after. Stopped anywhere it goes on where it was; nothing runs while an archive is connected.
# shellcheck disable=SC2154 # sql.sh sets name, source, user, work; there.sh from, to, before
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin database-upgrade 3540
. "${BASH_SOURCE[0]%/*}/sql.sh"
# shellcheck source=/dev/null
. "${BASH_SOURCE[0]%/*}/there.sh"

mapfile -t updates < <(value updates)

present=$(there) || die "the database $name does not say what is in it; the line above says why"
[ -n "$present" ] || die "database $name is empty, and archive.upgrade_from says that it holds an archive of $from: is it the right one? A new site leaves archive.upgrade_from out"
is=$(minor "$present")
if [ -z "$is" ]; then
  mapfile -t tables < <(sed -n 's/\..*//p' <<<"$present" | sort -u)
  die "database $name is of no release that is known here, and nothing was changed: it has ${#tables[@]} tables ($(paste -sd ' ' <<<"$(printf '%s\n' "${tables[@]:0:5}")")), and none of what tells 5.25 and later; archive.upgrade_from says $from"
fi
[ "$is" -ge "$(minor_of "$from")" ] || die "database $name is of archive 5.$is, archive.upgrade_from says $from, and nothing was changed; set archive.upgrade_from to the release that the site lives with"
[ "$is" -le "$(minor_of "$to")" ] || die "database $name is of archive 5.$is, newer than $to, and nothing was changed; no script leads back: restore the backup of before, or set archive.version to a 5.$is release"

# Each of `updates` is NAME=MARKER. What was run is a beginning of the list: the marker of a later one without an earlier one's is a
# schema of no release.
left=()
for update in "${updates[@]}"; do
  marker=${update#*=}
  if found "$marker" "$present"; then
    [ ${#left[@]} = 0 ] ||
      die "database $name has $marker of update ${update%%=*} and not ${left[0]#*=} of update ${left[0]%%=*}: it is of no release, and nothing was changed; restore a backup"
  elif [ "${update%%=*}" != 5.28 ] || [ "$is" -lt 29 ]; then
    # But for 5.28's table, which 5.29 takes away again.
    left+=("$update")
  fi
done
# Rows that no update adds or takes away.
rows() {
  local table count
  for table in patient study series instance location; do
    grep -q "^$table\\." <<<"$present" || continue
    count=$(sql -Atc "select count(*) from $table") || die "the rows of $table cannot be counted as $user; the line above says why"
    printf '%s %s\n' "$table" "$count"
  done
}
counted=$before/rows-$from-$to
same_rows() {
  local now
  now=$(rows)
  [ "$now" = "$(cat "$counted")" ] ||
    die "rows were added or lost: before $(paste -sd, "$counted"), now $(paste -sd, <<<"$now"); no archive was started. Restore the database to before the walk"
  say "rows are as before: $(paste -sd, "$counted" | sed 's/,/, /g')"
  rm -f "$counted"
}
if [ ${#left[@]} = 0 ]; then
  # Of a run that was stopped after its last update; later ones would count what archives have stored since.
  [ ! -e "$counted" ] || same_rows
  say "database $name is of $to already"
  exit 0
fi

scripts /sql
# update NAME: its files in order: whole, or in parts.
files_of() {
  local file
  for file in "update-$1-psql.sql" "update-$1-1-psql.sql" "update-$1-2-psql.sql" "update-$1-3-psql.sql"; do
    find "$work/sql" -type f -name "$file" | sort | head -n1
  done
}
for update in "${left[@]}"; do
  mapfile -t files < <(files_of "${update%%=*}")
  [ ${#files[@]} != 0 ] || die "no update-${update%%=*}-psql.sql in the $source, and nothing was changed; take the image or zip of $to, or of a later release"
  for file in "${files[@]}"; do
    grep -q '[^[:space:]]' "$file" || die "${file##*/} in the $source is empty, and nothing was changed; take the image or zip of $to anew"
  done
done

for update in "${left[@]}"; do
  # Asked of a schema of 5.31 on, where the columns have these names; a way over 5.34 begins at 5.33.
  if [ "${update%%=*}" != 5.34 ] || [ "$is" -lt 31 ]; then continue; fi
  # Only how many: who they are belongs into no log.
  twins=$(sql -At <<'SQL'
select count(*) from (select 1 from patient_id join patient on patient.pk = patient_id.patient_fk
  left join person_name on person_name.pk = patient.pat_name_fk
  group by pat_id, coalesce(entity_id, '*'), coalesce(entity_uid, '*'), coalesce(entity_uid_type, '*'),
    person_name.alphabetic_name, person_name.ideographic_name, person_name.phonetic_name having count(*) > 1) as twins
SQL
  )
  [ "$twins" = 0 ] || die "$twins patients are there twice with one id, issuer and name, which $to does not allow, and nothing was changed; merge them in the console of the old archive first"
done

if [ -e "$R/opt/dicom/archive/current" ]; then
  compose archive stop
  say "the archive on this host is stopped"
fi
application=$(value application '')
if [ -n "$application" ]; then
  namespace=$(value namespace_id) rc=0
  python3 "${BASH_SOURCE[0]%/*}/calls.py" "$HERE" stop "$namespace" "$application" || rc=$?
  # Nothing is lost by going on: no update runs while any archive is connected.
  [ $rc = 0 ] || say "application $application could not be stopped from here: stop it in the console of SAE, namespace $namespace"
fi
others="from pg_stat_activity where datname = current_database() and usename = current_user and pid <> pg_backend_pid()"
alone() {
  local who
  who=$(sql -Atc "select coalesce(string_agg(distinct coalesce(host(client_addr), 'this host'), ', '), '') $others") || return 1
  [ -z "$who" ] || { echo "connected as $user: $who; stop the DICOMweb application in the console of SAE" && return 1; }
}
until_true 5 "every archive to leave the database" alone
if found task.task_status "$present"; then
  # In the order of the archive's own list: 1 is at work.
  cut_off=$(sql -Atc 'select count(*) from task where task_status = 1')
  [ "$cut_off" = 0 ] || say "$cut_off tasks began after the look at the queues and were cut off: the new archive begins them anew, nothing is lost"
fi

# Counted once, while nothing of the walk is in.
if [ ! -e "$counted" ] || [ "${left[0]}" = "${updates[0]}" ]; then
  mkdir -p "$before"
  now=$(rows)
  put "$counted" 0600 <<<"$now" || true
fi
say "restore the database to $(date -u +%Y-%m-%dT%H:%M:%SZ) to get back to $from"
for update in "${left[@]}"; do
  number=${update%%=*} marker=${update#*=}
  mapfile -t files < <(files_of "$number")
  {
    echo 'begin;'
    echo 'select pg_advisory_xact_lock(5250);'
    # Again, inside: an archive may have come between.
    echo "do \$look\$ begin if exists (select $others) then raise exception 'an archive is connected again'; end if; end \$look\$;"
    for file in "${files[@]}"; do printf "\\\\i '%s'\n" "$file"; done
    echo 'commit;'
  } >"$work/update.sql"
  rc=0
  sql -v VERBOSITY=verbose -o /dev/null -f "$work/update.sql" 2>"$work/said" || rc=$?
  cat "$work/said" >&2
  if [ $rc != 0 ]; then
    stays="update $number failed, nothing of it stays, and those before it do"
    # By its number: the words are in the server's language.
    case $(grep -oE '[^ :]+:  [0-9A-Z]{5}: ' "$work/said" | tail -n1) in
      *' 53100: ') die "$stays: the database's disk is full; raise database.storage_gb and apply again, it goes on with this update" ;;
      *' 25006: ') die "$stays: the database takes no writes, as RDS locks one whose disk is full; raise database.storage_gb, or unlock it in the console, and apply again: it goes on with this update" ;;
      *) die "$stays; the lines above say why. Apply again when it is mended, or restore the database" ;;
    esac
  fi
  found "$marker" "$(there)" || die "update $number ran and left no $marker: its script is not that of dcm4chee-arc; restore the database to the time above"
  say "update $number is in"
done
same_rows
say "database $name is of $to"
