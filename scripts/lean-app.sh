#!/usr/bin/env bash
# Builds and runs a small application outside the workspace, with nothing but `pm-core` on SQLite, and prints how many
# crates it takes. CARGO_TARGET_DIR, or else this workspace's `target`, keeps what was compiled.
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
: "${CARGO_TARGET_DIR:=$root/target}"
mkdir -p "$CARGO_TARGET_DIR"
# Absolute: cargo runs in another folder.
CARGO_TARGET_DIR=$(cd "$CARGO_TARGET_DIR" && pwd)
export CARGO_TARGET_DIR

app=$(mktemp -d)
trap 'rm -rf "$app"' EXIT
mkdir "$app/src"
# The same versions as ours: a network is not needed for what is already downloaded.
cp "$root/Cargo.lock" "$app/"

cat >"$app/Cargo.toml" <<TOML
[package]
name = "lean-app"
version = "0.0.0"
edition = "2024"

[dependencies]
pm-core = { path = "$root/pm-core", default-features = false, features = ["internal", "sqlite"] }
tokio = { version = "1", features = ["macros", "rt"] }

[profile.dev]
debug = "line-tables-only"

[workspace]
TOML

cat >"$app/src/main.rs" <<'RUST'
use pm_core::{NewProject, PmProviderExt as _, ProjectQuery, build_pm_provider};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), pm_core::Error> {
    let provider = build_pm_provider().await?;
    provider.create_project(NewProject::new("Lean")).await?;
    for project in provider.list_projects(ProjectQuery::new()).await? {
        println!("{}", project.name);
    }
    Ok(())
}
RUST

cd "$app"
cargo build --quiet
listed=$(env -u PM_PROVIDER -u PM_DATABASE_URL PM_DATA_DIR="$app/data" cargo run --quiet)
if [ "$listed" != Lean ]; then
    echo "the lean application listed \`$listed\` instead of its one project, \`Lean\`" >&2
    exit 1
fi
crates=$(cargo tree --quiet --prefix none -e normal | awk 'NF { print $1, $2 }' | sort -u | wc -l)
echo "the lean application runs and takes $crates crates"
