# shellcheck shell=bash
# Sourced by dicom-health: the shared folder, what waits in it for the bucket, whether the bucket's endpoint answers.
cache_value() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$R/opt/dicom/cache/values.json" "$1"; }
cache_folder=$R/mnt/dicom-cache
cache_mark=$cache_folder/$(cache_value mark)
line "folder of images" "mounted, of this site" [ "$(timeout 10 cat "$cache_mark" 2>/dev/null || true)" = "$(cache_value site)" ]
free=$(timeout 10 df --output=avail -BG "$cache_folder" 2>/dev/null | tail -n1 | tr -dc 0-9 || true)
need=$(cache_value free_gb)
# At the threshold the purge begins; at half of it, it does not keep up, or what is there is not in the bucket yet.
line "folder of images: free" "${free:-unknown} GiB, purge below $need" [ "${free:-0}" -ge $((need / 2)) ]
if [ "$(cache_value receive)" = drain ]; then
  left=$(timeout 30 find "$cache_folder/" -type f -not -name '.*' 2>/dev/null | wc -l || true)
  line "folder of images: files left" "${left:-unknown}, images not in the bucket yet, or rejection notes" true
fi
failed='' waiting='' since='' seen=0
# shellcheck source=/dev/null
[ ! -e "$R/run/dicom/exports" ] || . "$R/run/dicom/exports"
line "exports watched" "last $((($(date +%s) - seen) / 60)) min ago" [ $(($(date +%s) - seen)) -lt 300 ]
line "exports failed" "${failed:-unknown}" [ "${failed:-unknown}" = 0 ]
minutes=$((($(date +%s) - ${since:-$(date +%s)}) / 60))
line "exports waiting" "${waiting:-unknown}, never none for $minutes min" [ $minutes -lt "${DICOM_EXPORT_MINUTES:-60}" ]
code=$(curl -s -m 10 -o /dev/null -w '%{http_code}' "$(cache_value storage_endpoint)" || true)
line "bucket's endpoint" "HTTP $code" [ "${code:-000}" != 000 -a "${code:-000}" -lt 500 ]
