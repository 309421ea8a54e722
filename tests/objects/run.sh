#!/usr/bin/env bash
# Builds the page into a bucket of an S3 server that others wrote (moto), and reads it back with the
# client of others (boto3). LIGHTSHIP_BINARY says with which lightship; it needs the feature s3.
set -euo pipefail
cd "$(dirname "$0")"
TARGET=$(mkdir -p "${CARGO_TARGET_DIR:-../../target}/objects" && cd "${CARGO_TARGET_DIR:-../../target}/objects" && pwd)

if ! cmp -s requirements.txt "$TARGET/python/requirements.txt"; then
    rm -rf "$TARGET/python"
    python3 -m venv "$TARGET/python"
    "$TARGET/python/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary=:all: \
        -r requirements.txt
    cp requirements.txt "$TARGET/python/"
fi

exec "$TARGET/python/bin/python" build_to.py
