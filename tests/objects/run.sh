#!/usr/bin/env bash
# Builds the page into a bucket of an S3 server that others wrote (moto), and reads it back with the
# client of others (boto3). LIGHTSHIP_BINARY says with which lightship; it needs the feature s3.
set -euo pipefail
cd "$(dirname "$0")"
TARGET=$(mkdir -p "${CARGO_TARGET_DIR:-../../target}/objects" && cd "${CARGO_TARGET_DIR:-../../target}/objects" && pwd)

. ../python.sh
install_python "$TARGET/python" --only-binary=:all:

exec "$TARGET/python/bin/python" build_to.py
