#!/usr/bin/env bash
# Installs what the test beside it needs and is not there yet: grpcio, into a virtual environment in the target directory.
set -euo pipefail
cd "$(dirname "$0")/../../../.."

version=1.85.1
home="${CARGO_TARGET_DIR:-target}/grpcio"
installed="$home/venv/grpcio-$version"

if [[ ! -e $installed ]]; then
    # Debian's Python has venv, but not what venv needs.
    if ! python3 -c 'import ensurepip' 2>&1; then
        apt-get update
        apt-get install --yes python3-venv
    fi
    rm -rf "$home/venv"
    mkdir -p "$home"
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install --quiet --disable-pip-version-check "grpcio==$version"
    touch "$installed"
fi
