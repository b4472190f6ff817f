#!/usr/bin/env bash
# A backup of the database before a walk: the service's own, and where it refuses one, a dump on this host's encrypted disk. Run
# again: another backup; a dump only as long as no update is in.
# shellcheck disable=SC2154 # sql.sh sets host, port, name, user, source, work; there.sh from, to, before
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin database-backup 3540
. "${BASH_SOURCE[0]%/*}/sql.sh"
# shellcheck source=/dev/null
. "${BASH_SOURCE[0]%/*}/there.sh"

instance=$(value instance)
rc=0
python3 "${BASH_SOURCE[0]%/*}/calls.py" "$HERE" backup "$instance" || rc=$?
case $rc in
  0) exit 0 ;;
  3) say "the service makes no backup for this host; a dump is made instead" ;;
  *) die "the backup of $instance did not end, and nothing was changed; the line above says why. Apply again" ;;
esac

dump=$before/database-$from-$to.dump
present=$(there)
is=$(minor "$present")
if [ -s "$dump" ] && [ "$is" != "$(minor_of "$from")" ]; then
  say "updates are in already: the dump of before stays, $dump"
  exit 0
fi
mkdir -p "$before"
chmod 0700 "$before"
size=$(sql -Atc 'select pg_database_size(current_database())')
free=$(df --output=avail -B1 "$before" | tail -n1)
[ "$free" -gt "$size" ] ||
  die "a dump may need $((size / 1048576 + 1)) MiB in $before, $((free / 1048576)) MiB are free, and nothing was changed; give the disk more room, or let this host's role make backups of $instance"
# A dump program that is older than the server refuses it; the image's is of the release that is walked to.
server=$(sql -Atc 'show server_version_num')
own=$(pg_dump --version | grep -oE '[0-9]+' | head -n1)
if [ "$own" -ge "$((server / 10000))" ]; then
  dumped() { pg_dump -Fc -w -h "$host" -p "$port" -U "$user" -d "$name"; }
elif [ "$source" = image ]; then
  bash "$HERE/images.sh" "$(value sql_image)"
  dumped() {
    docker run --rm -i --network host -v "$work:/run/dicom:ro" -e PGPASSFILE=/run/dicom/pgpass -e "PGSSLMODE=$PGSSLMODE" \
      --entrypoint pg_dump "$(value sql_image)" -Fc -w -h "$host" -p "$port" -U "$user" -d "$name"
  }
else
  die "pg_dump here is of PostgreSQL $own, the server of $((server / 10000)), and nothing was changed; make a backup of $instance by hand, then let this host's role make them and apply again"
fi
(umask 077 && dumped >"$dump.part") || die "the dump failed, and nothing was changed; the lines above say why. Let this host's role make backups of $instance, and apply again"
[ "$(head -c 5 "$dump.part")" = PGDMP ] || die "pg_dump wrote no dump of database $name, and nothing was changed"
mv "$dump.part" "$dump"
say "database $name is dumped to $dump ($(du -m "$dump" | cut -f1) MiB); pg_restore reads it"
