#!/usr/bin/env bash
# The long form of what `cargo test` does in small: random sequences on two model trackers with the sync engine between
# them, a death and any trouble at every point of the plays, and the mistakes that are planted and must be found.
#
#   scripts/sync-machine.sh [SEQUENCES] [SEED]
#
# A sequence that goes wrong is told with its seed: `PM_SYNC_SEED=… PM_SYNC_CASES=1` plays it again.
set -euo pipefail
cd "$(dirname "$0")/.."

export PM_SYNC_CASES=${1:-20000} PM_SYNC_SEED=${2:-1}

play() {
    cargo test --profile machine --locked -p pm-sync --test it "$@" -- --nocapture --test-threads 1
}

play machine::
PM_SYNC_TROUBLES_EVERY=1 PM_SYNC_PAIRS=10000 play crash::
# The mistakes are compiled in by a flag that no feature can turn on; a folder of its own keeps the other builds.
RUSTFLAGS="${RUSTFLAGS:-} --cfg pm_planted" CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-target}/planted" play planted::
