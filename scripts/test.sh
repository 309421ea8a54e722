#!/usr/bin/env bash
# Installs whatever the tests need and runs them all: formatting, lints, unit and integration tests
# on SQLite and on PostgreSQL, the API's contract, the pages in a real browser, clients that others
# wrote. Nothing is skipped silently: if something can't be installed or started, that is a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/install_packages.sh

# A zone with an odd offset that isn't UTC, so that no test depends on the machine's zone.
export TZ=Asia/Kathmandu
export CARGO_TERM_COLOR=${CARGO_TERM_COLOR:-never}

say() { printf '\n== %s\n' "$*"; }

pg_bin() {
    local dir
    for dir in /usr/lib/postgresql/*/bin; do
        if [ -x "$dir/initdb" ]; then printf '%s\n' "$dir"; return 0; fi
    done
    return 1
}

say "what the tests need"
MISSING=()
pg_bin >/dev/null || MISSING+=(postgresql)
command -v chromium >/dev/null || MISSING+=(chromium)
/usr/bin/python3 -c "import aiosmtpd, dkim" 2>/dev/null || MISSING+=(python3-aiosmtpd python3-dkim)
/usr/bin/python3 -c "import icalendar" 2>/dev/null || MISSING+=(python3-icalendar)
command -v openssl >/dev/null || MISSING+=(openssl)
command -v node >/dev/null || MISSING+=(nodejs)
command -v npm >/dev/null || MISSING+=(npm)
command -v promtool >/dev/null || MISSING+=(prometheus)
python3 -c 'import ensurepip, venv' 2>/dev/null || MISSING+=(python3-venv)
install_packages "${MISSING[@]}"
if ! node -e 'const [a, b] = process.versions.node.split(".").map(Number);
    process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)'; then
    echo "the browser tests need Node 20.19 or later, this is $(node --version)" >&2
    exit 1
fi
if ! cargo nextest --version >/dev/null 2>&1; then
    cargo install --locked cargo-nextest
fi

say "format"
cargo fmt --check

say "lints"
cargo clippy --all-targets --locked --features s3 -- -D warnings
cargo clippy --locked -- -D warnings

say "tests on SQLite"
cargo nextest run --locked --features s3 --no-fail-fast

say "tests on PostgreSQL"
PG=$(pg_bin)
DATA=$(mktemp -d)
SERVER=
stop() {
    if [ -n "$SERVER" ]; then
        kill -INT "$SERVER" 2>/dev/null || true
        wait "$SERVER" 2>/dev/null || true
    fi
    rm -rf "$DATA"
}
trap stop EXIT
PORT=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
AS=()
if [ "$(id -u)" = 0 ]; then
    # PostgreSQL refuses to run as root.
    chown postgres "$DATA"
    AS=(setpriv --reuid=postgres --regid=postgres --init-groups)
fi
"${AS[@]}" "$PG/initdb" -D "$DATA/db" -U lightship --auth=trust --encoding=UTF8 --no-sync >/dev/null
"${AS[@]}" "$PG/postgres" -D "$DATA/db" -p "$PORT" -c listen_addresses=127.0.0.1 \
    -c unix_socket_directories= -c max_connections=200 >"$DATA/log" 2>&1 &
SERVER=$!
for _ in $(seq 100); do
    if "$PG/pg_isready" -q -h 127.0.0.1 -p "$PORT"; then break; fi
    sleep 0.1
done
"$PG/pg_isready" -q -h 127.0.0.1 -p "$PORT" || { cat "$DATA/log" >&2; exit 1; }
LIGHTSHIP_TEST_DATABASE="postgres://lightship@127.0.0.1:$PORT/postgres" \
    cargo nextest run --locked --features s3 --no-fail-fast

say "the page in an object store"
LIGHTSHIP_BINARY=${CARGO_TARGET_DIR:-target}/debug/lightship
export LIGHTSHIP_BINARY
tests/objects/run.sh

say "a primary, a standby and three servers, of which each is killed"
python3 benches/failover.py --lightship "$LIGHTSHIP_BINARY" --pause 2

say "the API's contract"
(cd tests/browser && npm ci --no-audit --no-fund --loglevel=error &&
    REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true npx redocly lint --extends=recommended-strict ../../openapi.json)

say "the dashboard and the alerts on a real Prometheus"
scripts/dashboard.sh

say "pages in a browser"
(cd tests/browser && npm test)

say "clients of others"
tests/clients/run.sh

say "a real homeserver of Matrix"
tests/matrix/run.sh

say "all passed"
