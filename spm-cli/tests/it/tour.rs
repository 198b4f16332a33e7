//! The tour in the documentation, run as it stands there.

#[test]
fn the_tour_is_true() {
    trycmd::TestCases::new()
        .env("PM_USER", "ada")
        .env("HOME", "/nonexistent")
        .env("XDG_CONFIG_HOME", "/nonexistent")
        .env("COLUMNS", "100")
        .case("../docs/cli.md");
}
