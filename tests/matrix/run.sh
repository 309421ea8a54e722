#!/usr/bin/env bash
# Runs the real server against a real homeserver of Matrix (Synapse), and reads back what it posted.
# LIGHTSHIP_BINARY says which server.
set -euo pipefail
cd "$(dirname "$0")"
TARGET=$(mkdir -p "${CARGO_TARGET_DIR:-../../target}/matrix" && cd "${CARGO_TARGET_DIR:-../../target}/matrix" && pwd)

. ../python.sh
install_python "$TARGET/python" --only-binary=:all:

exec "$TARGET/python/bin/python" read_back.py
