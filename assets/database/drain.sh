#!/usr/bin/env bash
# Before an archive stops: tasks at work end, what only the shared folder holds is copied; then what the old archive finds and gives is
# kept for the look at the new one. Nothing is changed here, and it may run again: where no archive runs any more it has nothing to ask.
# shellcheck disable=SC2154 # there.sh sets from, to, before; sql.sh work
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin archive-drain 1740
bundle=${BASH_SOURCE[0]%/*}

rc=0
exporter=$(value exporter '')
python3 "$bundle/tasks.py" "$exporter" || rc=$?
case $rc in
  0) ;;
  3) say "tasks that were at work are begun anew by the next archive that starts; those that wait stay in the database" ;;
  *) die "no archive was stopped, and nothing was changed; the lines above say why" ;;
esac
title=$(value ae_title '')
[ -n "$title" ] || exit 0

. "$bundle/sql.sh"
# shellcheck source=/dev/null
. "$bundle/there.sh"
asked=$before/asked-$from-$to.json
# Of images that nothing but the shared folder holds, under its own name or a tenant's, some are asked for first.
folder=$(value folder_id '')
[ -z "$folder" ] || sql -At -F ' ' -v "folder=$folder" >"$work/only" <<'SQL'
select study_iuid, series_iuid, sop_iuid from instance join series on series.pk = series_fk join study on study.pk = study_fk
  where exists (select from location where instance_fk = instance.pk)
  and not exists (select from location where instance_fk = instance.pk and storage_id <> :'folder'
    and not starts_with(storage_id, :'folder' || '-')) order by instance.pk desc limit 10
SQL
if ! python3 "$bundle/asked.py" "$asked" "$title" ${folder:+"$work/only"}; then
  say "no archive on this host could be asked what it finds: $([ -e "$asked" ] && echo "what it said before stays" || echo "the new one is looked at without that")"
fi
