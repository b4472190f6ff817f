#!/usr/bin/env bash
# Whom the archive trusts on its TLS ports, and who it is: trust store and key store, where its container reads them at the start.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin tls 270

trust_key=$(value trust_key '')
own=$(value own_certificate '')
password=$(secret archive-keystore)
here=${BASH_SOURCE[0]%/*}
folder=$R/var/local/dicom/keystore
work=$R/run/dicom/tls
rm -rf "$work"
mkdir -p "$work" "$folder"

if [ -n "$trust_key" ]; then
  bucket=$(value trust_bucket)
  wanted=$(value trust_sha256)
  python3 "$HERE/alicloud.py" oss-get "$bucket" "$trust_key" "$work/trust.pem"
  [ "$(sha256sum <"$work/trust.pem")" = "$wanted  -" ] ||
    die "the certificates in $bucket/$trust_key are not those of this apply (SHA-256 $wanted); apply again"
  count=$(python3 "$here/trust.py" "$work/trust.pem" "$password" "$work/trust.jks")
  # For `numbers.py` of watch, which tells of the first that ends.
  put "$folder/trust.pem" 0644 <"$work/trust.pem" || true
  # WildFly reads it as uid 1023; nothing in it is secret.
  if put "$folder/trust.jks" 0644 <"$work/trust.jks"; then
    say "trusted on the TLS ports: $count certificates"
  else
    say "trusted as before: $count certificates"
  fi
fi

if [ -n "$own" ]; then
  pem=$(secret archive-certificate)
  made_of="$(cat "$pem" "$password" | sha256sum)"
  if [ "$(cat "$folder/key.p12.made-of" 2>/dev/null)" = "$made_of" ] && [ -e "$folder/key.p12" ]; then
    say "the archive's certificate is as before"
  else
    # What is no certificate at all is said by the next line.
    if ended=$(openssl x509 -in "$pem" -noout -enddate 2>/dev/null) && ! openssl x509 -in "$pem" -noout -checkend 0 >/dev/null; then
      die "the certificate of variable archive_certificate has ended (${ended#notAfter=}), and the one before stays: give one that is valid, leaf first"
    fi
    openssl pkcs12 -export -name archive -in "$pem" -passout "file:$password" -out "$work/key.p12" 2>"$work/said" ||
      die "variables archive_certificate and archive_private_key are no certificate (PEM, leaf first) with its key: $(tail -n1 "$work/said")"
    (cd "$work" && sha256sum key.p12) | put "$folder/key.p12.ours" 0644 || true
    put "$folder/key.p12" 0644 <"$work/key.p12" || true
    printf '%s\n' "$made_of" | put "$folder/key.p12.made-of" 0600 || true
    say "the archive's certificate: $(openssl x509 -in "$pem" -noout -subject -enddate | paste -sd ' ')"
  fi
fi
rm -rf "$work"
say "keys and trust are in place"
