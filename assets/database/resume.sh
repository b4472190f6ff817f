#!/usr/bin/env bash
# The DICOMweb tier that a walk stopped runs again. Its new image is in by now: what starts is not the old one.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin dicomweb-resume 1740

namespace=$(value namespace_id)
application=$(value application)
replicas=$(value replicas)
rc=0
python3 "${BASH_SOURCE[0]%/*}/calls.py" "$HERE" start "$namespace" "$application" "$replicas" || rc=$?
[ $rc != 3 ] || die "SAE does not let this host start application $application in $namespace: start it in the console and apply again"
[ $rc = 0 ] || die "application $application does not run with $replicas instances; the line above says why. Its log says more; apply again when it is mended"
