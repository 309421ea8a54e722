#!/usr/bin/env bash
# A lightship without the feature s3 says how to get one that has it. LIGHTSHIP_BINARY says which.
set -euo pipefail
cd "$(dirname "$0")/../.."
HERE=$(mktemp -d)
trap 'rm -rf "$HERE"' EXIT

OPTIONS=(--database "sqlite:$HERE/lightship.db" --content content)
"$LIGHTSHIP_BINARY" sync "${OPTIONS[@]}" >"$HERE/told" 2>&1 || { cat "$HERE/told" >&2; exit 1; }
if "$LIGHTSHIP_BINARY" build --to s3://status "${OPTIONS[@]}" >"$HERE/told" 2>&1 ||
    ! grep -q 'error: .*container image.*cargo build --release --features s3' "$HERE/told"; then
    cat "$HERE/told" >&2
    exit 1
fi
