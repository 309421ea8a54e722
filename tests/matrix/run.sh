#!/usr/bin/env bash
# Runs the real server against a real homeserver of Matrix (Synapse), and reads back what it posted.
# LIGHTSHIP_BINARY says which server.
set -euo pipefail
cd "$(dirname "$0")"
TARGET=$(mkdir -p "${CARGO_TARGET_DIR:-../../target}/matrix" && cd "${CARGO_TARGET_DIR:-../../target}/matrix" && pwd)

if ! cmp -s requirements.txt "$TARGET/python/requirements.txt"; then
    rm -rf "$TARGET/python"
    python3 -m venv "$TARGET/python"
    "$TARGET/python/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: \
        -r requirements.txt
    cp requirements.txt "$TARGET/python/"
fi

exec "$TARGET/python/bin/python" read_back.py
