# shellcheck shell=bash disable=SC2034
# Sourced by the steps of this room after step_begin: the database, by the client programs of its own version, and the bucket.
host=$(value database_host)
port=$(value database_port)
name=$(value database_name)
user=$(value database_user)
sslmode=$(value database_sslmode require)
image=$(value image)
bucket=$(value bucket)
prefix=$(value prefix)
password=$(secret database)
# On disk, not in memory: a part of a dump may be larger. The disk is encrypted.
area=$R/var/local/dicom/recovery
mkdir -p "$R/run/dicom" "$area"
rm -rf "$R/run/dicom/$STEP".* "$area/$STEP".* # of a run that was killed
keys=$(mktemp -d "$R/run/dicom/$STEP.XXXXXX")
work=$(mktemp -d "$area/$STEP.XXXXXX")
trap 'rm -rf "$keys" "$work"' EXIT
# The password's characters need no escaping: letters and digits.
(umask 077 && printf '*:*:*:*:%s\n' "$(tr -d '\n' <"$password")" >"$keys/pgpass")

# PROGRAM ARGUMENT...: of the image, since a dump program older than the server refuses it.
client() {
  docker run --rm -i --network host -v "$keys:/run/dicom:ro" -e PGPASSFILE=/run/dicom/pgpass -e "PGSSLMODE=$sslmode" \
    -e PGCONNECT_TIMEOUT=10 --entrypoint "$1" "$image" -h "$host" -p "$port" -U "$user" -d "$name" -w "${@:2}"
}
sql() { client psql -X -q -v ON_ERROR_STOP=1 -At "$@"; }
put_object() { python3 "$HERE/alicloud.py" oss-put "$1" "$bucket" "$2"; }
get_object() { python3 "$HERE/alicloud.py" oss-get "$bucket" "$1" "$2"; }
