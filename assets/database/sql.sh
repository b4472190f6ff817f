# shellcheck shell=bash disable=SC2034
# Sourced by the steps of this room after step_begin: the connection, the release's SQL, and how to tell a release by its columns.
host=$(value database_host)
port=$(value database_port)
name=$(value database_name)
user=$(value database_user)
source=$(value sql_source image)
PGSSLMODE=$(value database_sslmode require)
password=$(secret database)
mkdir -p "$R/run/dicom"
rm -rf "$R/run/dicom/$STEP".* # of a run that was killed
work=$(mktemp -d "$R/run/dicom/$STEP.XXXXXX")
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
  # By a name, so that the next run takes away what a killed one left.
  docker rm -f -v dicom-sql >/dev/null 2>&1 || true
  container=$(docker create --name dicom-sql "$image")
  docker cp "$container:$1/." "$work/sql" >/dev/null
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
# scripts FOLDER: the release's SQL into $work/sql; FOLDER: where the image has it.
scripts() {
  case $source in
    image) from_image "$1" ;;
    oss) from_bucket ;;
    *) die "sql_source is $source, allowed: image, oss" ;;
  esac
}

# Each release by what it added, newest first (dcm4che's update scripts); a name alone is a table.
markers='35:study_access_control_id.study_fk 34:patient_id.pat_name 33:series.access_control_id 32:study.study_deleting
31:patient_id.patient_fk 30:mwl_item.worklist_label 29:key_value2.pk 28:key_value.pk 27:instance_req.pk
26:rel_ups_station_name_code.ups_fk 25:issuer.pk'
# MARKER LIST: whether it is in a list of columns: a table by any column, a column or an index by its name.
found() {
  case $1 in
    study_access_control_id.* | key_value2.* | key_value.* | instance_req.* | rel_ups_station_name_code.* | issuer.*)
      grep -q "^${1%%.*}\\." <<<"$2"
      ;;
    *) grep -qxF "$1" <<<"$2" ;;
  esac
}
minor() { # of a list of columns; nothing for a schema of no known release
  local marker
  for marker in $markers; do
    found "${marker#*:}" "$1" || continue
    printf '%s' "${marker%%:*}"
    return
  done
}
