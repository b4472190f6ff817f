# shellcheck shell=bash
# Sourced by dicom-health: the last night's sample; BAD while a study fails, and when no night came for two days.
sample=$(python3 -c '
import json, sys, time
try:
    kept = json.load(open(sys.argv[1]))
except FileNotFoundError:
    print("none yet ok")
    sys.exit()
hours = int((time.time() - kept["at"]) / 3600)
bad = kept["failed"] or kept["unknown"] or hours >= 49
studies, objects, failed, unknown = kept["studies"], kept["objects"], sum(kept["failed"].values()), kept["unknown"]
print(f"{objects} objects of {studies} studies {hours} h ago, {failed} failed, {unknown} studies unknown", "BAD" if bad else "ok")
' "$R/var/local/dicom/verification.json" || echo "unreadable BAD")
line "images read back" "${sample% *}" [ "${sample##* }" = ok ]
