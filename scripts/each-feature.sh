#!/usr/bin/env bash
# Checks every package that others can use with no cargo feature and with each feature alone; a warning is a failure. With all
# features the whole workspace is checked at once: `cargo clippy --workspace --all-targets --all-features`.
# Arguments: names of packages; without any, all that are published.
set -euo pipefail
cd "$(dirname "$0")/.."

# The names in the [features] table, `default` left out: it only stands for others.
features_of() {
    awk '/^\[/ { inside = ($0 == "[features]") } inside && /^[a-z0-9_-]+ *=/ && $1 != "default" { print $1 }' "$1/Cargo.toml"
}

package_of() {
    awk -F'"' '/^name *=/ { print $2; exit }' "$1/Cargo.toml"
}

# Runs clippy, which checks as `cargo check` does and can make warnings fail without compiling all libraries anew.
check() {
    local package=$1
    shift
    echo "$package $*"
    cargo clippy --quiet --locked --package "$package" "$@" -- -D warnings
}

check_package() {
    local folder=$1 package feature
    package=$(package_of "$folder")
    check "$package" --no-default-features
    for feature in $(features_of "$folder"); do
        check "$package" --no-default-features --features "$feature"
    done
}

checked=0
for manifest in */Cargo.toml; do
    folder=${manifest%/Cargo.toml}
    if { [ $# -eq 0 ] && ! grep -q '^publish = false' "$manifest"; } || [[ " $* " == *" $(package_of "$folder") "* ]]; then
        check_package "$folder"
        checked=$((checked + 1))
    fi
done
if [ "$checked" -eq 0 ]; then
    echo "no package is called \`$*\`" >&2
    exit 1
fi
echo "$checked packages compile with each of their features"
