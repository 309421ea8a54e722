#!/usr/bin/env bash
# Tries docs/grafana.json and docs/alerts.yml on a real Prometheus: starts Lightship with the sample
# site and a Prometheus that scrapes it, makes a little of everything happen, and runs the query of
# each panel. A query without data, a rule that can't be evaluated or an alert that doesn't come is
# a failure. Takes about ten seconds after the build.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/install_packages.sh

command -v prometheus >/dev/null || install_packages prometheus
if [ -z "${LIGHTSHIP_BINARY:-}" ]; then
    cargo build --locked
    LIGHTSHIP_BINARY=${CARGO_TARGET_DIR:-target}/debug/lightship
fi
exec python3 scripts/dashboard.py "$LIGHTSHIP_BINARY"
