#!/usr/bin/env bash
# Renews the locks of what is installed in the image, and of what builds it and the packages, with the newest versions
# that pyproject.toml allows. Usage: image/lock.sh <uv>
set -euo pipefail
cd "$(dirname "$0")/.."
uv=$1
other=$(mktemp)
trap 'rm -f "$other"' EXIT

compile() { # <platform> <what to lock> <lock> [option ...]
    "$uv" pip compile --quiet --no-config --no-header --upgrade --generate-hashes --python-version 3.13 \
        --python-platform "$1" "$2" --output-file "$3" "${@:4}" >/dev/null
}

compile x86_64-unknown-linux-gnu pyproject.toml requirements.lock
compile aarch64-unknown-linux-gnu pyproject.toml "$other"
if ! diff requirements.lock "$other"; then
    echo "x86-64 and arm64 need different packages (above): one lock cannot serve both." >&2
    exit 1
fi
compile x86_64-unknown-linux-gnu - image/build-requirements.lock --no-annotate <<<"setuptools>=80"
"$uv" pip compile --quiet --no-config --no-header --upgrade --generate-hashes --universal --python-version 3.13 \
    --no-annotate - --output-file tools/release-requirements.lock <<<"uv>=0.8,<0.9" >/dev/null
echo "requirements.lock and the locks of image/ and tools/ are new. Try them: make dist image-test"
