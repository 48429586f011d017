#!/usr/bin/env bash
# Installs a version of a package into a virtual environment, target/PACKAGE/venv, unless it is there already:
# `install_python_package.sh PACKAGE VERSION`. What Python lacks for that is installed by apt, as root.
set -euo pipefail
cd "$(dirname "$0")/.."

package=$1 version=$2
home="${CARGO_TARGET_DIR:-target}/$package"
installed="$home/venv/$package-$version"

if [[ ! -e $installed ]]; then
    # Debian's Python has venv, but not what venv needs.
    if ! python3 -c 'import ensurepip' 2>&1; then
        apt-get update
        apt-get install --yes python3-venv
    fi
    rm -rf "$home/venv"
    mkdir -p "$home"
    python3 -m venv "$home/venv"
    "$home/venv/bin/pip" install --quiet --disable-pip-version-check "$package==$version"
    touch "$installed"
fi
