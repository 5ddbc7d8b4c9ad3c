#!/usr/bin/env bash
# Writes a stand-in for Airbyte's Python base image to the standard output, as a tar archive made of Debian's packages.
#
# It has what the Dockerfile and a running connector rely on: Python 3.13 and pip at /usr/local/bin/python, the user
# `airbyte` with uid 1000 and its folder /airbyte. What else Airbyte's base brings (poetry, socat, tesseract) is absent.
set -euo pipefail

mmdebstrap --quiet --variant=minbase --include=ca-certificates,netbase,tzdata,python3,python3-pip,python3-venv \
    --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
    --customize-hook='chroot "$1" useradd --system --uid 1000 --user-group --no-create-home --home-dir /airbyte airbyte' \
    --customize-hook='chroot "$1" install --directory --owner=airbyte --group=airbyte --mode=755 /airbyte' \
    --customize-hook='ln -s /usr/bin/python3 "$1/usr/local/bin/python"' \
    --customize-hook='ln -s /usr/bin/python3 "$1/usr/local/bin/python3"' \
    trixie -
