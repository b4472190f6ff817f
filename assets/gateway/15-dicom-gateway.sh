#!/bin/sh
# Run by the image's entry point before it fills in the template. An absent variable would stay literal there and quietly
# close a path: refuse to start instead, and say all that is wrong.
set -eu
wrong=0

check() { # NAME PATTERN WHAT-IS-ALLOWED
  eval "set=\${$1+yes} value=\${$1-}"
  # shellcheck disable=SC2154 # both are set by eval
  case $set$value in
  '') got='is not set' ;;
  *'
'*) got='has several lines' ;;
  *)
    printf '%s\n' "$value" | grep -Eqx -- "$2" && return
    got="is '$value'"
    ;;
  esac
  printf 'gateway: environment variable %s %s; allowed: %s; correct it in the function or application\n' "$1" "$got" "$3" >&2
  wrong=1
}

label='[a-z0-9]([a-z0-9-]*[a-z0-9])?'
check DICOM_CUSTOM_DOMAIN "($label(\.$label)+(:[1-9][0-9]{0,4})?)?" 'a domain or address in small letters, with or without a port, or empty for the own address of the function'
check DICOM_REGION "$label" 'a region such as cn-shanghai'
check DICOM_PUBLIC_SCHEME 'https?' 'https or http'
check DICOM_FUNCTION_PATH '([A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]+)*)?' 'a path without slashes around it, or empty'
check DICOM_AE_TITLES '([A-Za-z0-9_-]|\[\.\])+(\|([A-Za-z0-9_-]|\[\.\])+)*' 'AE titles joined by |, a dot written [.]'
origin="https://$label(\[\.\]$label)*(:[1-9][0-9]{0,4})?"
check DICOM_ALLOWED_ORIGINS "($origin(\|$origin)*)?" 'origins https://HOST[:PORT] joined by |, a dot written [.], or empty'
check DICOM_DIMSE 'shut|open' 'shut or open'
check DICOM_SERVER_HOST '[A-Za-z0-9.-]+' 'an address or host name'
check DICOM_SERVER_PORT '[1-9][0-9]{0,4}' 'a port'
check DICOM_SIDE 'internet|intranet' 'internet or intranet'
check DICOM_LISTEN '([0-9.]+:)?[1-9][0-9]{0,4}' 'a port, or address:port'
check DICOM_BODY_LIMIT_MB '[1-9][0-9]{0,4}' 'MiB'
check DICOM_TIMEOUT_SECONDS '[1-9][0-9]{0,4}' 'seconds'
[ "$wrong" = 0 ] || exit 1

# NGINX opens its log by name. Where standard output cannot be opened so (a socket, or a pipe of another user), a pipe of
# our own with a reader on it carries the lines.
log=${DICOM_LOG:-/tmp/access.log}
rm -f "$log"
if (: >>/dev/stdout) 2>/dev/null; then
  ln -s /dev/stdout "$log"
else
  mkfifo "$log"
  cat <>"$log" &
fi
