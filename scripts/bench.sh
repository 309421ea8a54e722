#!/usr/bin/env bash
# Measures Lightship beside its references and writes the figures into docs/performance.md, and as
# JSON into benches/results/. Installs whatever is missing. Takes about a quarter of an hour and
# needs two idle cores.
#
#   scripts/bench.sh                   # everything
#   scripts/bench.sh reading           # one part: reading, instructions, publishing, growing,
#                                      # record, delivery, hooks, live, build, scale, failover
#   ROUNDS=9 SECONDS_EACH=5 scripts/bench.sh reading
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/install_packages.sh

ROUNDS=${ROUNDS:-5}
SECONDS_EACH=${SECONDS_EACH:-3}
PARTS=("$@")
[ ${#PARTS[@]} != 0 ] || PARTS=(reading instructions publishing growing record delivery hooks live build scale failover)
DOCUMENT=docs/performance.md
RESULTS=benches/results

say() { printf '\n== %s\n' "$*"; }

say "what the measurements need"
MISSING=()
command -v nginx >/dev/null || MISSING+=(nginx-light)
command -v wrk >/dev/null || MISSING+=(wrk)
command -v valgrind >/dev/null || MISSING+=(valgrind)
compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || MISSING+=(postgresql)
command -v smtp-sink >/dev/null || MISSING+=(postfix)
command -v taskset >/dev/null || MISSING+=(util-linux)
command -v python3 >/dev/null || MISSING+=(python3)
install_packages "${MISSING[@]}"
[ "$(nproc)" -ge 2 ] || { echo "two cores are needed: one serves, one asks" >&2; exit 1; }

say "release build"
cargo build --release --locked --bin lightship
LIGHTSHIP=$(pwd)/target/release/lightship
# The last message with an executable is the benchmark's.
BARE_HYPER=$(cargo build --release --locked --bench bare_hyper --message-format=json |
    python3 -c 'import json, sys
found = [json.loads(line).get("executable") for line in sys.stdin]
print([path for path in found if path and "bare_hyper" in path][-1])')
mkdir -p "$RESULTS"

for part in "${PARTS[@]}"; do
    case $part in
    reading)
        say "reading"
        python3 benches/reading.py --lightship "$LIGHTSHIP" --bare-hyper "$BARE_HYPER" \
            --rounds "$ROUNDS" --seconds "$SECONDS_EACH" \
            --document "$DOCUMENT" --json "$RESULTS/reading.json"
        ;;
    instructions)
        say "instructions"
        python3 benches/instructions.py --document "$DOCUMENT" --json "$RESULTS/instructions.json"
        ;;
    scale | failover)
        say "$part"
        python3 "benches/$part.py" --lightship "$LIGHTSHIP" \
            --document docs/reliability.md --json "$RESULTS/$part.json"
        ;;
    *)
        # Every other part is a script of the same name with the same options.
        if [ ! -e "benches/$part.py" ]; then
            echo "there is no benches/$part.py; left out" >&2
            continue
        fi
        say "$part"
        python3 "benches/$part.py" --lightship "$LIGHTSHIP" --rounds "$ROUNDS" \
            --document "$DOCUMENT" --json "$RESULTS/$part.json"
        ;;
    esac
done
