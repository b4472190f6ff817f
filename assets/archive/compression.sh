# shellcheck shell=bash disable=SC2154
# Sourced by up after connections.sh, before the container: how the archive compresses what comes in. One rule of ours at the device,
# for every AE title; rules of people stay, and with `dcmRulePriority` theirs may go first.
syntax=$(value compression '')
dn="cn=dicom-cdk,dicomDeviceName=$device_name,cn=Devices,$configuration"
compressed=$R/opt/dicom/archive/compression
if [ -n "$syntax" ] || [ -e "$compressed" ]; then
  now=$(connection "$dn" dicomTransferSyntax)
  if [ -z "$syntax" ]; then
    if [ -n "$now" ]; then printf 'dn: %s\nchangetype: delete\n' "$dn" | change; fi
    say "images are kept as they come in"
  elif [ -z "$now" ]; then
    printf 'dn: %s\nchangetype: add\nobjectClass: dcmArchiveCompressionRule\ncn: dicom-cdk\ndicomTransferSyntax: %s\n' \
      "$dn" "$syntax" | change
    say "images are compressed as they come in: $syntax"
  elif ! grep -qxF "dicomTransferSyntax: $syntax" <<<"$now"; then
    printf 'dn: %s\nchangetype: modify\nreplace: dicomTransferSyntax\ndicomTransferSyntax: %s\n' "$dn" "$syntax" | change
    say "images are compressed as they come in: $syntax"
  fi
fi
if [ -n "$syntax" ]; then
  printf '%s\n' "$syntax" | put "$compressed" 0644 || true
else
  rm -f "$compressed"
fi
