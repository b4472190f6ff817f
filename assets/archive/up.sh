#!/usr/bin/env bash
# Writes the archive's settings and key store, starts its container, waits until it says STARTED.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin archive-up 1740

image=$(value image)
host=$(value archive_host)
ldap_url=$(value ldap_url)
base_dn=$(value base_dn)
device_name=$(value device_name)
database_host=$(value database_host)
database_port=$(value database_port)
database_name=$(value database_name)
database_user=$(value database_user)
sslmode=$(value database_sslmode require)
time_zone=$(value time_zone)
percent=$(value heap_percent)
log_days=$(value log_retention_days)
ldap=${ldap_url#*://} ldap=${ldap%%/*}
[[ $ldap =~ :[0-9]+$ ]] || ldap+=:389
files=()
for name in ldap-root database archive-keystore wildfly-admin; do
  file=$(secret "$name")
  files+=("$file")
done

# Files of Windows and of OpenSSL 1 are encrypted by RC2-40, which OpenSSL 3 reads by its legacy provider only; Java reads them.
holds_key() { # FILE PASS: with its certificate
  local legacy all
  for legacy in "" -legacy; do
    # shellcheck disable=SC2086 # absent where it is empty
    all=$(openssl pkcs12 $legacy -in "$1" -passin "$2" -nodes 2>/dev/null) || continue
    if [[ $all == *'PRIVATE KEY-----'* && $all == *'BEGIN CERTIFICATE-----'* ]]; then return; fi
  done
  return 1
}

# A key of this host's own: the image's is published, and so is its password. One that holds a key and opens with our password
# stays, whoever made it; what somebody else put there is never replaced.
keystore() {
  local keys=$R/var/local/dicom/keystore/key.p12 pass=file:${files[2]} name=DNS work
  rm -rf "$R"/run/dicom/keystore.* # of a run that was killed
  holds_key "$keys" "$pass" && return
  if [ -e "$keys" ] && ! (cd "${keys%/*}" && sha256sum --status -c key.p12.ours 2>/dev/null); then
    die "$keys was not made here and does not open with the password of secret archive-keystore, or holds no private key with its certificate: export it anew as PKCS#12, key and chain, with this password; or remove it for a self-signed one"
  fi
  [ ! -e "$keys" ] || { mv "$keys" "$keys.old" && say "key store does not open with the present password: kept as key.p12.old"; }
  [[ ! $host =~ ^[0-9.]+$ ]] || name=IP
  mkdir -p "${keys%/*}"
  work=$(mktemp -d "$R/run/dicom/keystore.XXXXXX")
  openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -subj "/CN=$host" -addext "subjectAltName=$name:$host" \
    -keyout "$work/key.pem" -out "$work/certificate.pem" 2>/dev/null
  openssl pkcs12 -export -name "$host" -inkey "$work/key.pem" -in "$work/certificate.pem" -passout "$pass" -out "$work/key.p12"
  (cd "$work" && sha256sum key.p12) | put "$keys.ours" 0644 || true
  # WildFly reads it as uid 1023; the key inside is encrypted.
  put "$keys" 0644 <"$work/key.p12" || true
  rm -rf "$work"
  say "made a key and a self-signed certificate for $host"
}
keystore
# shellcheck source=/dev/null
. "${BASH_SOURCE[0]%/*}/connections.sh"
# shellcheck source=/dev/null
. "${BASH_SOURCE[0]%/*}/compression.sh"

memory=$(($(getconf _PHYS_PAGES) * $(getconf PAGE_SIZE) / 1048576))
heap=$((memory * percent / 100))
hash=$(cat "${files[@]}" | sha256sum)
put "$R/opt/dicom/archive/compose.env" 0600 <<ENV && say "settings changed" || true
IMAGE=$image
LDAP_URL=$ldap_url
LDAP_BASE_DN=$base_dn
ARCHIVE_DEVICE_NAME=$device_name
POSTGRES_HOST=$database_host
POSTGRES_PORT=$database_port
POSTGRES_DB=$database_name
POSTGRES_USER=$database_user
POSTGRES_SSLMODE=$sslmode
WAIT_FOR=$ldap $database_host:$database_port
HEAP_MB=$heap
HEAP_START_MB=$((heap / 4))
SECRETS_HASH=${hash:0:16}
KEYS_HASH=$(sha256sum <"$R/var/local/dicom/keystore/key.p12" | cut -c1-16)
TIME_ZONE=$time_zone
ENV
say "heap $heap of $memory MiB"

bash "$HERE/images.sh" "$image"

# The image copies programs and configuration into the volume once, the management password with them: what another image or
# password left there would go on running. Nothing else is in these two; data and log stay.
kept=$R/var/local/dicom/wildfly
before=$kept.before may_go=$kept.before/may-go
id=$(docker image inspect -f '{{.Id}}' "$image")
made_by="$id $(sha256sum <"${files[3]}")"
if [ "$(cat "$kept.made-by" 2>/dev/null)" != "$made_by" ]; then
  for folder in configuration deployments; do
    [ -e "$kept/$folder" ] || continue
    compose archive stop
    mkdir -p "$before"
    # What lies there is of the last image that answered, as long as nothing says that it may go: the one in use never did.
    if [ -e "$before/$folder" ] && [ ! -e "$may_go" ]; then
      rm -rf "${kept:?}/$folder"
      say "the image or its management password is another: $folder of one that never answered is deleted, $before stays"
      continue
    fi
    rm -rf "${before:?}/$folder"
    mv "$kept/$folder" "$before/$folder"
    say "the image or its management password is another: $folder is kept in $before, the image brings its own"
  done
  rm -f "$may_go"
  mkdir -p "${kept%/*}"
  printf '%s\n' "$made_by" | put "$kept.made-by" 0600 || true
elif [ -e "$may_go" ]; then
  rm -rf "${before:?}"
  say "$before is deleted: the image in use has answered"
fi
if [ -e "$R/run/dicom/connections.changed" ]; then
  compose archive stop
  rm -f "$R/run/dicom/connections.changed"
fi
compose_up archive

# WildFly deletes no log, and nobody restarts a container whose health check fails for good: the engine looks at processes that end.
# Plain cron: both go on when no step runs. Under the lock of the room's steps: what one has stopped stays stopped.
put "$R/etc/cron.d/dicom-archive" 0644 <<CRON && say "server logs are deleted after $log_days days, an unhealthy container is restarted" || true
PATH=/usr/sbin:/usr/bin:/sbin:/bin
* * * * * root flock -n $R/opt/dicom/archive/.lock -c 'docker ps -q --filter label=com.docker.compose.project=dcm4chee --filter health=unhealthy | xargs -r docker restart' >/dev/null
17 3 * * * root cd $kept && find log data -maxdepth 1 -type f -name '*.log.*' -mtime +$log_days -delete
CRON

status() { curl -fsS -m 10 "${DICOM_ARCHIVE_URL:-http://127.0.0.1:8080}/dcm4chee-arc/ctrl/status"; }
started() {
  local said rc=0 neighbour
  said=$(status 2>&1) || rc=$?
  # Nobody listens: here, or in the container, for which the engine's proxy takes and drops it.
  for neighbour in "$ldap" "$database_host:$database_port"; do
    case $rc in 7 | 52 | 56) ;; *) break ;; esac
    timeout 3 bash -c "exec 3<>/dev/tcp/${neighbour%:*}/${neighbour##*:}" 2>/dev/null ||
      said="no connection to $neighbour, which the container waits for before it starts"
  done
  printf '%s\n' "$said"
  [[ $rc = 0 && $said == *STARTED* ]]
}
until_true 5 "the archive on port 8080 (log: /var/local/dicom/wildfly/log/server.log)" started
say "archive is up"
