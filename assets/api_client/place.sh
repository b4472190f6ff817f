#!/usr/bin/env bash
# Brings alicloud.py before the boot step, which uses it. Without the step library: the first boot may not have brought that yet.
set -eu
client=${BASH_SOURCE[0]%/*}/alicloud.py
if ! python3 -c 'import ast, sys; ast.parse(open(sys.argv[1]).read())' "$client"; then
  echo "api_client: the host's $(python3 -V) cannot read alicloud.py, 3.10 is needed; choose an image_id of Ubuntu 22.04 or later" >&2
  exit 1
fi
echo "the client of the vendor's APIs is here"
