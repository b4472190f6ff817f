#!/usr/bin/env bash
# The shared folder on this host: guard below it, mounted, this site's own, writable for the archive.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin cache-mount 540

source=$(value source)
site=$(value site)
mark=$(value mark)
guard=$(value guard)
owner=$(value owner)
folder=$R/mnt/dicom-cache
# hard: a store waits for a folder that is away, and never fails half written. NFS 3 is what Extreme NAS speaks.
options=vers=3,nolock,noacl,proto=tcp,hard,timeo=600,retrans=2,rsize=1048576,wsize=1048576,noresvport,_netdev,nofail

mkdir -p "$folder"
if ! mountpoint -q "$folder"; then
  left=$(find "$folder" -mindepth 1 -not -name "$guard" -print -quit)
  [ -z "$left" ] || die "$folder is not mounted and holds ${left##*/}: images may lie there that the folder would hide; move them away by hand"
  # An archive that finds this file where its folder should be refuses stores.
  : >"$folder/$guard"
  line="$source $folder nfs $options 0 0"
  { grep -v " $folder nfs " "$R/etc/fstab" || true; echo "$line"; } | put "$R/etc/fstab" 0644 || true
  mounted() { timeout 60 mount "$folder"; }
  until_true 5 "the file system $source" mounted
fi
now=$(findmnt -n -o SOURCE --target "$folder")
[ "$now" = "$source" ] || die "$folder is mounted from $now, the site's is $source: what is there only would be lost from sight; set storage.receive to drain before the folder is another"

[ ! -e "$folder/$guard" ] || die "$source holds a file $guard, by which the archive would take it for not mounted; remove it there"
if [ -e "$folder/$mark" ]; then
  of=$(cat "$folder/$mark")
  [ "$of" = "$site" ] || die "$source is the folder of site '$of', not of '$site': another archive's purge would delete what this one knows nothing of; give each site its own"
else
  left=$(find "$folder" -mindepth 1 -maxdepth 1 -not -name '.snapshot' -not -name 'lost+found' -print -quit)
  [ -z "$left" ] || die "$source holds ${left##*/} and does not say whose it is; if it is this site's: echo '$site' > $folder/$mark"
  printf '%s\n' "$site" | put "$folder/$mark" 0644 || true
fi
[ "$(stat -c %u:%g "$folder")" = "$owner" ] || chown "$owner" "$folder"

put "$R/etc/cron.d/dicom-cache" 0644 <<CRON && say "exports are watched every minute" || true
PATH=/usr/sbin:/usr/bin:/sbin:/bin
* * * * * root timeout 50 bash $R/opt/dicom/cache/current/exports.sh
CRON
say "the shared folder is mounted from $source"
