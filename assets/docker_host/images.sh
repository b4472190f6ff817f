#!/usr/bin/env bash
# images.sh IMAGE...
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin images "${DICOM_IMAGES_SECONDS:-900}"
export DOCKER_CONFIG=$R/run/dicom/docker
missing=("$@") answer='' login='' tried=''

while :; do
  left=()
  for image in "${missing[@]}"; do
    if docker image inspect "$image" >/dev/null 2>&1; then continue; fi
    if [ -n "$login" ] && answer=$(docker pull -q "$image" 2>&1); then say "pulled $image"; else left+=("$image"); fi
  done
  missing=("${left[@]}")
  [ ${#missing[@]} != 0 ] || break
  if [ -n "$tried" ]; then
    if [ $((SECONDS + 15)) -ge "$DEADLINE" ]; then
      way="a login, a way to it and room on the disk are needed"
      # Pushing an image that is there helps nobody: only what the registry itself says of an image, to who is logged in.
      said=$(tail -n1 <<<"$answer")
      [[ -z $login || ! $said =~ (manifest|name)\ unknown|manifest\ for\ .*not\ found|:\ not\ found$ ]] || way="bring each from a machine that has it:\
 docker tag SOURCE ${missing[0]}, docker push ${missing[0]} (runbook, images)"
      die "not to be had from the registry: ${missing[*]}; $way, then apply again; last answer: $(tail -n1 <<<"$answer")"
    fi
    say "waiting for ${missing[*]}"
    sleep "${DICOM_PAUSE:-15}"
  fi
  # Each round anew: a login lives an hour at most, and the registry's name may not resolve at first.
  tried=1 login=''
  if said=$(python3 "$HERE/alicloud.py" registry-login 2>&1); then login=1; else answer=$said; fi
done
rm -rf "$DOCKER_CONFIG"
say "images are here: $*"
