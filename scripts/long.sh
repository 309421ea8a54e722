#!/usr/bin/env bash
# What takes too long for scripts/test.sh: failures again and again, a server under way for a while,
# and posts that no person would write. Says what it saw, and fails if a promise was broken.
#
#   scripts/long.sh                # everything, about an hour
#   scripts/long.sh failover       # one part: failover, scale, kill, soak, fuzz, plain
#   ROUNDS=20 MINUTES=60 scripts/long.sh failover soak
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/install_packages.sh

ROUNDS=${ROUNDS:-5}
MINUTES=${MINUTES:-10}
PARTS=("$@")
[ ${#PARTS[@]} != 0 ] || PARTS=(failover scale kill soak fuzz plain)

say() { printf '\n== %s\n' "$*"; }

compgen -G "/usr/lib/postgresql/*/bin/initdb" >/dev/null || install_packages postgresql

say "release build"
cargo build --release --locked --bin lightship
LIGHTSHIP=${CARGO_TARGET_DIR:-target}/release/lightship

for part in "${PARTS[@]}"; do
    case $part in
    failover)
        for round in $(seq "$ROUNDS"); do
            say "a standby and a primary are killed, round $round of $ROUNDS"
            python3 benches/failover.py --lightship "$LIGHTSHIP" --pause 6
        done
        ;;
    scale)
        say "three servers over one database, with kills"
        python3 benches/scale.py --lightship "$LIGHTSHIP" --pause 10 --publishes 500
        ;;
    kill)
        for round in $(seq "$ROUNDS"); do
            say "servers are killed while they are posted to, round $round of $ROUNDS"
            cargo nextest run --locked -E 'test(/kill/)'
        done
        ;;
    soak)
        say "a server for $MINUTES minutes"
        python3 scripts/soak.py --lightship "$LIGHTSHIP" --minutes "$MINUTES"
        ;;
    fuzz)
        say "posts that no person would write, for $MINUTES minutes"
        python3 scripts/fuzz.py --lightship "$LIGHTSHIP" --minutes "$MINUTES"
        ;;
    plain)
        say "a Lightship without the feature s3"
        LIGHTSHIP_BINARY=$LIGHTSHIP tests/objects/without.sh
        ;;
    *)
        echo "no part is called $part" >&2
        exit 1
        ;;
    esac
done

say "all kept"
