#!/usr/bin/env bash
# Installs what tests/bugsink.rs needs and is not there yet: Bugsink, into a virtual environment in the target directory,
# and Chromium. Needs Python 3.10 or later with venv; Chromium is installed by apt, as root.
set -euo pipefail
cd "$(dirname "$0")/../.."

version=2.6.1
home="${CARGO_TARGET_DIR:-target}/bugsink"
installed="$home/venv/bugsink-$version"

if [[ ! -e $installed ]]; then
    rm -rf "$home/venv"
    mkdir -p "$home"
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install --quiet --disable-pip-version-check "bugsink==$version"
    touch "$installed"
fi

if ! command -v chromium >&2; then
    apt-get update
    apt-get install --yes chromium
fi
