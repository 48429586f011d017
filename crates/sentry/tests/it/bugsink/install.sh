#!/usr/bin/env bash
# Installs what the test beside it needs and is not there yet: Bugsink, into a virtual environment in the target directory,
# and Chromium. Needs Python 3.10 or later; what else is missing is installed by apt, as root.
set -euo pipefail
cd "$(dirname "$0")/../../../../.."

version=2.6.1
home="${CARGO_TARGET_DIR:-target}/bugsink"
installed="$home/venv/bugsink-$version"

if [[ ! -e $installed ]]; then
    # Debian's Python has venv, but not what venv needs.
    if ! python3 -c 'import ensurepip' 2>&1; then
        apt-get update
        apt-get install --yes python3-venv
    fi
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
