# shellcheck shell=bash disable=SC2154
# Sourced by up, before the container: TLS of DIMSE and HL7, DIMSE behind a balancer, and where audit messages go, in the directory.
# By default, ciphers that no peer has any more, and into the container itself. What somebody chose stays: ciphers are replaced where
# none of them is modern, an address where the site names one.
modern=(TLS_AES_256_GCM_SHA384 TLS_AES_128_GCM_SHA256 TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256)
# For a key on a curve, by TLS 1.2.
modern+=(TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)
audit_host=$(value audit_host '')
audit_port=$(value audit_port 514)
# This host's own receiver, where the site names no other.
audit_here=$(value audit_here '')
configuration="cn=DICOM Configuration,$base_dn"

as_admin() { # PROGRAM ARGUMENT...
  local program=$1
  shift
  timeout 20 "$program" -x -o nettimeout=10 -H "$ldap_url" -D "cn=admin,$base_dn" -y "${files[0]}" "$@"
}
# DN ATTRIBUTE...: its lines, nothing where there is no such entry
connection() {
  local dn=$1 said rc=0
  shift
  said=$(as_admin ldapsearch -LLL -o ldif-wrap=no -s base -b "$dn" '(objectClass=*)' "$@" 2>&1) || rc=$?
  case $rc in
    0) printf '%s\n' "$said" ;;
    32) ;;
    49) die "the directory at $ldap_url refuses cn=admin,$base_dn: wrong password; apply the directory's steps, or raise secrets.generations.ldap" ;;
    *) die "the directory at $ldap_url answered $rc when asked for $dn: $(tail -n1 <<<"$said")" ;;
  esac
}
# <LDIF: a connection that listens keeps its socket and its ciphers at a reload, so the archive has to start anew
change() {
  : >"$R/run/dicom/connections.changed"
  as_admin ldapmodify >/dev/null
}

for name in dicom-tls hl7-tls; do
  dn="cn=$name,dicomDeviceName=$device_name,cn=Devices,$configuration"
  now=$(connection "$dn" dicomTLSCipherSuite)
  if [[ $now != *dicomTLSCipherSuite:* || $now == *_ECDHE_* || $now == *TLS_AES_* ]]; then continue; fi
  {
    printf 'dn: %s\nchangetype: modify\nreplace: dicomTLSCipherSuite\n' "$dn"
    printf 'dicomTLSCipherSuite: %s\n' "${modern[@]}"
    printf -- '-\nreplace: dcmTLSProtocol\ndcmTLSProtocol: TLSv1.2\ndcmTLSProtocol: TLSv1.3\n'
  } | change
  say "connection $name offers ciphers that peers of today have"
done

# Without a certificate of the caller TLS hides what is sent and says nothing of who calls. What a person set stays, what we set goes.
clients=$(value client_certificates required)
optional=$R/opt/dicom/archive/clients-optional
for name in dicom-tls hl7-tls; do
  [ "$clients" = optional ] || [ -e "$optional" ] || break
  dn="cn=$name,dicomDeviceName=$device_name,cn=Devices,$configuration"
  now=$(connection "$dn" dicomPort dcmTLSNeedClientAuth)
  [ -n "$now" ] || continue
  if [ "$clients" = optional ]; then line=$'dcmTLSNeedClientAuth: FALSE\n'; else line=''; fi
  case "$clients $now" in
    *"dcmTLSNeedClientAuth: FALSE"*) [ "$clients" != optional ] || continue ;;
    *) [ "$clients" = optional ] || continue ;;
  esac
  printf 'dn: %s\nchangetype: modify\nreplace: dcmTLSNeedClientAuth\n%s' "$dn" "$line" | change
  say "connection $name: certificates of callers are $clients"
done
if [ "$clients" = optional ]; then
  put "$optional" 0644 </dev/null || true
else
  rm -f "$optional"
fi

# A balancer forgets a connection that says nothing for 900 s, and tells neither side: the archive ends it before, so that the device
# gets an A-ABORT. What is there and fits stays. Milliseconds.
called_at=$(value called_at '')
balanced=$R/opt/dicom/archive/called_at
for name in dicom dicom-tls hl7 hl7-tls; do
  [ -n "$called_at" ] || [ -e "$balanced" ] || break
  dn="cn=$name,dicomDeviceName=$device_name,cn=Devices,$configuration"
  now=$(connection "$dn" dicomHostname dcmIdleTimeout dcmAARQTimeout dcmAAACTimeout dcmARRPTimeout dcmTCPConnectTimeout dcmSendTimeout dcmStoreTimeout)
  [ -n "$now" ] || continue
  lines='' at=${called_at:-$host}
  grep -qxF "dicomHostname: $at" <<<"$now" || lines+=$'replace: dicomHostname\ndicomHostname: '"$at"$'\n-\n'
  for pair in dcmIdleTimeout=600000 dcmAARQTimeout=30000 dcmAAACTimeout=30000 dcmARRPTimeout=10000 dcmTCPConnectTimeout=10000 dcmSendTimeout=300000 dcmStoreTimeout=300000; do
    limit=${pair%=*}
    there=$(sed -n "s/^$limit: //p" <<<"$now")
    if [[ $there =~ ^[0-9]+$ ]] && ((there > 0 && there < 900000)); then continue; fi
    lines+="replace: $limit"$'\n'"$limit: ${pair#*=}"$'\n-\n'
  done
  [ -n "$lines" ] || continue
  printf 'dn: %s\nchangetype: modify\n%s' "$dn" "$lines" | change
  say "connection $name: called at $at, ended by the archive before a balancer forgets it"
done
if [ -n "$called_at" ]; then
  printf '%s\n' "$called_at" | put "$balanced" 0644 || true
else
  rm -f "$balanced"
fi

dn="cn=syslog,dicomDeviceName=logstash,cn=Devices,$configuration"
if [ -n "$audit_here" ]; then
  now=$(connection "$dn" dicomHostname dicomPort)
  # Into the container itself, or to where we sent them before: anywhere else somebody chose.
  if grep -qxE "dicomHostname: (127\.0\.0\.1|localhost|${audit_here%:*})" <<<"$now"; then
    audit_host=${audit_here%:*} audit_port=${audit_here##*:}
  else
    say "audit messages go where the directory says, not to this host: $(tr '\n' ' ' <<<"${now:-there is no such connection}")"
  fi
fi
if [ -n "$audit_host" ]; then
  now=$(connection "$dn" dicomHostname dicomPort)
  [ -n "$now" ] || die "$dn is not in the directory, so audit messages cannot be sent to $audit_host; make it, or leave archive.audit_host out"
  if ! grep -qxF "dicomHostname: $audit_host" <<<"$now" || ! grep -qxF "dicomPort: $audit_port" <<<"$now"; then
    printf 'dn: %s\nchangetype: modify\nreplace: dicomHostname\ndicomHostname: %s\n-\nreplace: dicomPort\ndicomPort: %s\n' \
      "$dn" "$audit_host" "$audit_port" | change
    say "audit messages go to $audit_host:$audit_port"
  fi
fi
