#!/usr/bin/env bash
# Builds the gateway's image and pushes it, once: its tag names its content, so a tag that is there is right.
. "${DICOM_ROOT:-}/opt/dicom/docker_host/current/step.sh"
step_begin gateway-image 1740

image=$(value image)
base=$(value base)
export DOCKER_CONFIG=$R/run/dicom/docker

login() { python3 "$HERE/alicloud.py" registry-login; }
there() { docker manifest inspect "$image" >/dev/null; }
# True as soon as the registry says yes or no; anything else (no route, no right, a name not yet known) is waited out.
judged() {
  local said
  said=$(docker manifest inspect "$image" 2>&1) && return
  tail -n1 <<<"$said"
  [[ $said =~ no\ such\ manifest|manifest\ unknown ]]
}
pushed() { docker push -q "$image" || there; }

until_true 10 "a login at the registry" login
until_true 10 "the registry's word on $image" judged
if there 2>/dev/null; then
  rm -rf "$DOCKER_CONFIG"
  say "$image is in the registry"
  exit 0
fi
bash "$HERE/images.sh" "$base"
docker build -q --build-arg "BASE=$base" -t "$image" "$(readlink -f "$R/opt/dicom/gateway/current")"
# The login of images.sh is gone by now.
until_true 10 "a login at the registry" login
until_true 15 "the push of $image" pushed
there
rm -rf "$DOCKER_CONFIG"
say "built and pushed $image"
