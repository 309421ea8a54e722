#!/usr/bin/env bash
# Installs clients that were written for Statuspage, in Python, JavaScript and Rust, and receivers of
# Standard Webhooks, and runs them against the real server. LIGHTSHIP_BINARY says which; what they need of tests/browser is installed.
set -euo pipefail
cd "$(dirname "$0")"
TARGET=$(mkdir -p "${CARGO_TARGET_DIR:-../../target}/clients" && cd "${CARGO_TARGET_DIR:-../../target}/clients" && pwd)

npm ci --ignore-scripts --no-audit --no-fund --loglevel=error

export CLIENTS_PYTHON=$TARGET/python/bin/python
. ../python.sh
install_python "$TARGET/python"

# The crate is a program without a library: its sources are fetched, and one module of them is built.
CRATE=modelsdev-0.14.1
(cd / && cargo info --quiet "${CRATE/-/@}" >/dev/null)
SOURCES=("${CARGO_HOME:-$HOME/.cargo}"/registry/src/*/"$CRATE")
mkdir -p "$TARGET/rust/src"
cp rust/Cargo.toml rust/Cargo.lock "$TARGET/rust/"
cp rust/main.rs "$TARGET/rust/src/"
cp -r "${SOURCES[0]}/src/status" "$TARGET/rust/src/"
cargo build --quiet --locked --manifest-path "$TARGET/rust/Cargo.toml" --target-dir "$TARGET/rust/target"
export CLIENTS_RUST=$TARGET/rust/target/debug/lightship-client-tests

npm test
