#!/usr/bin/env bash
# Installs what the tests in a browser need and is not there yet: Chromium, and axe-core from npm into the target directory.
# What is missing is installed by apt, as root.
set -euo pipefail
cd "$(dirname "$0")/.."

version=4.14.1
home="${CARGO_TARGET_DIR:-target}/browser"

missing=()
command -v chromium >&2 || missing+=(chromium)
command -v npm >&2 || missing+=(npm)
if ((${#missing[@]})); then
    apt-get update
    apt-get install --yes --no-install-recommends "${missing[@]}"
fi

if ! grep -qs "\"version\": \"$version\"" "$home/node_modules/axe-core/package.json"; then
    mkdir -p "$home"
    npm install --prefix "$home" --silent --no-audit --no-fund --no-save "axe-core@$version"
fi
