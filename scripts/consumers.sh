#!/usr/bin/env bash
# Builds and runs the applications of tests/consumers, each a workspace of its own, and prints how many crates each takes.
# Arguments: names of some of them; without any, all. CARGO_TARGET_DIR, or else this workspace's `target`, keeps what was
# compiled, for all of them together.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
: "${CARGO_TARGET_DIR:=$root/target}"
mkdir -p "$CARGO_TARGET_DIR"
# Absolute: cargo runs in another folder.
CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd)
export CARGO_TARGET_DIR

folder=$(mktemp -d)
finish() {
    # The server ends when its standard input does.
    exec 3>&- || true
    rm -rf "$folder"
}
trap finish EXIT

# Cargo in the folder of a consumer. The same versions as ours: only what is theirs alone is looked up.
in_consumer() {
    local name=$1
    shift
    cd "$root/tests/consumers/$name"
    [ -f Cargo.lock ] || cp "$root/Cargo.lock" .
    cargo "$@"
}

crates_of() {
    in_consumer "$1" tree --quiet --prefix none -e normal | awk 'NF { print $1, $2 }' | sort -u
}

# Runs a consumer; its database, if it has one, is a new one.
run() {
    local name=$1
    shift
    (cd "$folder" && PM_DATA_DIR="$folder/$name" "$CARGO_TARGET_DIR/debug/consumer-$name" "$@")
}

fail() {
    echo "$*" >&2
    exit 1
}

expect() {
    local name=$1 expected=$2 printed=$3
    [[ $printed == $expected ]] || fail "\`$name\` printed \`$printed\` instead of \`$expected\`"
}

# Starts the Jira with TLS that the applications call, and exports where it is.
start_server() {
    (in_consumer server build --quiet)
    mkfifo "$folder/stop"
    "$CARGO_TARGET_DIR/debug/consumer-server" "$folder" <"$folder/stop" >"$folder/server.env" &
    exec 3>"$folder/stop"
    for _ in $(seq 100); do
        if grep -q '^# ready' "$folder/server.env"; then
            # shellcheck disable=SC1091
            source "$folder/server.env"
            return
        fi
        sleep 0.1
    done
    fail 'the server of the consumers did not start'
}

embedded() {
    expect embedded Lean "$(unset PM_PROVIDER PM_DATABASE_URL && run embedded)"
}

lean() {
    local printed found
    printed=$(run lean)
    expect lean 'Jira Data Center 9.12.0' "$printed"
    found=$(crates_of lean | awk '/^(sea-orm|sea-query|sqlx|sqlx-core|octocrab|libsqlite3-sys|clap) /')
    [ -z "$found" ] || fail "\`lean\` takes what it did not ask for: $found"
}

ring() {
    local expected=$'Jira Data Center 9.12.0\nHTTP/1.1 200 OK'
    expect ring "$expected" "$(run ring)"
    expect 'ring default' "$expected" "$(run ring default)"
}

rusqlite() {
    expect rusqlite $'ours theirs 3.*\nJira Data Center 9.12.0' "$(run rusqlite)"
}

all=(embedded lean ring rusqlite)
chosen=("$@")
[ $# -gt 0 ] || chosen=("${all[@]}")
for name in "${chosen[@]}"; do
    [[ " ${all[*]} " == *" $name "* ]] || fail "there is no consumer \`$name\`; there are ${all[*]}"
done

rm -f "$root"/tests/consumers/*/Cargo.lock
[ "${chosen[*]}" = embedded ] || start_server
for name in "${chosen[@]}"; do
    (in_consumer "$name" build --quiet)
    "$name"
    echo "consumer \`$name\` runs and takes $(crates_of "$name" | wc -l) crates"
done
