#!/usr/bin/env bash
# Checks the rules of ARCHITECTURE.md that a compiler does not: which crate may use what. Names every broken rule, then fails.
set -euo pipefail
cd "$(dirname "$0")/.."

broken=0

# Prints one broken rule and what broke it.
broke() {
    local rule=$1 evidence=$2
    printf 'broken: %s\n' "$rule" >&2
    sed 's/^/    /' <<<"$evidence" >&2
    broken=$((broken + 1))
}

# Everything that a selection of packages depends on, one `name version` a line; `cargo tree` fails the script if it fails.
dependencies() {
    cargo tree --quiet --locked --prefix none --format '{p}' "$@" | awk '{ print $1, $2 }' | sort -u
}

# Of the lines on standard input, those whose first word is one of the given names.
named() {
    awk -v names="$*" 'BEGIN { split(names, list, " "); for (i in list) wanted[list[i]] } $1 in wanted'
}

# Of the lines on standard input, those whose first word is none of the given names.
not_named() {
    awk -v names="$*" 'BEGIN { split(names, list, " "); for (i in list) known[list[i]] } !($1 in known)'
}

# The Rust files of all library crates but their tests; `examples` and `tests` are packages that nobody depends on.
library_files() {
    find pm-*/src spm-cli/src -name '*.rs' ! -name 'tests.rs' ! -path '*/tests/*' | sort
}

the_contract_does_no_io() {
    local found
    found=$(dependencies -p pm-provider --all-features --target all -e normal,build |
        named reqwest tokio sea-orm sea-orm-migration sqlx sqlx-core octocrab hyper)
    [ -z "$found" ] || broke '`pm-provider` is the contract: it reaches no runtime, no HTTP client and no database' "$found"
}

providers_stand_alone() {
    local manifest crate found
    for manifest in pm-provider-*/Cargo.toml; do
        crate=${manifest%/Cargo.toml}
        found=$(dependencies -p "$crate" --all-features --target all -e normal,build |
            awk '/^pm-/' | not_named "$crate" pm-provider pm-http pm-markdown)
        [ -z "$found" ] || broke "\`$crate\` depends on \`pm-provider\`, \`pm-http\` and \`pm-markdown\` alone, never on another provider or on \`pm-core\`" "$found"
    done
}

one_crypto_provider() {
    local crate found
    local everything
    everything=$(dependencies --workspace --all-features --target all -e normal,build,dev)
    for crate in ring openssl-sys native-tls; do
        found=$(named "$crate" <<<"$everything")
        [ -z "$found" ] || broke "\`$crate\` stays out: TLS is rustls on aws-lc-rs everywhere (see \`cargo tree --workspace --all-features --target all -i $crate\`)" "$found"
    done
}

# What `cargo run --example quickstart` compiles: the default members with their default features.
the_quickstart_is_lean() {
    local found
    found=$(dependencies -e normal,build,dev | named sqlx-postgres reqwest octocrab rustls aws-lc-sys)
    [ -z "$found" ] || broke '`cargo run --example …` compiles the embedded database alone, without network and TLS' "$found"
    found=$(dependencies -p pm-examples -e normal,build,dev | named sqlx-sqlite)
    [ -n "$found" ] || broke '`pm-examples` runs on the embedded database' 'sqlx-sqlite is not in its tree'
}

# `env!` and `option_env!` are read by the compiler and allowed, and arguments are not the environment; comments are not code.
the_environment_is_read_in_one_place() {
    local file found
    found=$(library_files | while read -r file; do
        case $file in
        pm-core/src/environment.rs | */src/main.rs | */src/bin/*) continue ;;
        esac
        awk -v file="$file" '
            { line = $0; sub(/\/\/.*/, "", line); gsub(/std::env::args_os/, "", line) }
            line ~ /(^|[^a-z_])env::[a-z_]+/ || line ~ /std::env([^a-z_!]|$)/ || line ~ /use std::\{(.*[ ,{])?env[,}]/ {
                print file ":" FNR ": " $0
            }' "$file"
    done)
    [ -z "$found" ] || broke '`std::env` is used in `pm-core/src/environment.rs` and in a binary'"'"'s `main.rs` alone' "$found"
}

# As far as text can tell: names imported from these crates, or their paths, in public signatures, fields, traits and enums.
no_foreign_types_in_public() {
    local file found
    found=$(library_files | while read -r file; do
        case $file in
        pm-provider-internal/src/store.rs | pm-provider-internal/src/store/*) continue ;;
        esac
        awk -v file="$file" -f scripts/foreign-types.awk "$file"
    done)
    [ -z "$found" ] || broke 'no type of reqwest, sea-orm, sqlx or octocrab stands in a public signature outside `pm_provider_internal::store`' "$found"
}

the_contract_does_no_io
providers_stand_alone
one_crypto_provider
the_quickstart_is_lean
the_environment_is_read_in_one_place
no_foreign_types_in_public

if [ "$broken" -gt 0 ]; then
    echo "$broken dependency rules are broken; ARCHITECTURE.md says why they stand" >&2
    exit 1
fi
echo 'all dependency rules hold'
