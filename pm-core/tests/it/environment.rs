//! What is read from the environment, and how.

use std::path::{Path, PathBuf};

use pm_core::registry::SettingValue;
use pm_core::{Environment, ErrorKind, SecretReference, Settings};

use crate::support::{Tracker, environment};

#[cfg(unix)]
fn no_unicode(name: &'static str) -> Environment {
    use std::ffi::OsString;
    use std::os::unix::ffi::OsStringExt;

    Environment::from_lookup(move |asked| (asked == name).then(|| OsString::from_vec(b"t\xffk\xffn".to_vec())))
}

fn text(settings: &Settings, key: &str) -> Option<String> {
    match settings.get(key) {
        Some(SettingValue::Text(text)) => Some(text.clone()),
        _ => None,
    }
}

fn reference(settings: &Settings, key: &str) -> Option<SecretReference> {
    match settings.get(key) {
        Some(SettingValue::Reference(reference)) => Some(reference.clone()),
        _ => None,
    }
}

#[test]
fn the_provider_is_internal_unless_told_otherwise() {
    assert_eq!(environment(&[]).provider_name().unwrap(), "internal");
    assert_eq!(environment(&[("PM_PROVIDER", "")]).provider_name().unwrap(), "internal");
    assert_eq!(environment(&[("PM_PROVIDER", "tracker")]).provider_name().unwrap(), "tracker");
}

#[test]
fn plain_settings_are_read_as_text_and_secrets_as_references() {
    let variables = [
        ("TRACKER_URL", "https://tracker.example.org"),
        ("TRACKER_TOKEN", "t0k3n"),
        ("TRACKER_DATABASE_URL", "postgres://db"),
        ("PM_DATA_DIR", "/data"),
    ];
    let settings = environment(&variables).settings(&Tracker::default()).unwrap();
    assert_eq!(text(&settings, "base_url").unwrap(), "https://tracker.example.org");
    assert_eq!(reference(&settings, "token").unwrap().to_string(), "env:TRACKER_TOKEN");
    assert_eq!(text(&settings, "database_url").unwrap(), "postgres://db");
    assert_eq!(text(&settings, "data_dir").unwrap(), "/data");
}

#[test]
fn a_secret_and_a_url_can_stand_in_files_and_plain_settings_cannot() {
    let variables = [
        ("TRACKER_URL_FILE", "/run/url"),
        ("TRACKER_TOKEN_FILE", "/run/token"),
        ("TRACKER_DATABASE_URL_FILE", "/run/database_url"),
        ("PM_DATA_DIR", "/data"),
    ];
    let settings = environment(&variables).settings(&Tracker::default()).unwrap();
    assert_eq!(reference(&settings, "token").unwrap().to_string(), "file:/run/token");
    assert_eq!(reference(&settings, "database_url").unwrap().to_string(), "file:/run/database_url");
    assert!(settings.get("base_url").is_none());
}

#[test]
fn a_secret_in_two_places_is_an_error() {
    let variables = [("TRACKER_TOKEN", "t0k3n"), ("TRACKER_TOKEN_FILE", "/run/token"), ("PM_DATA_DIR", "/data")];
    let error = environment(&variables).settings(&Tracker::default()).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    assert_eq!(
        error.to_string(),
        "tracker: both `TRACKER_TOKEN` and `TRACKER_TOKEN_FILE` are set; allowed is one of them\n\
         hint: unset `TRACKER_TOKEN`"
    );
}

#[test]
fn empty_variables_count_as_unset() {
    let variables =
        [("TRACKER_URL", ""), ("TRACKER_TOKEN", ""), ("TRACKER_TOKEN_FILE", "/run/token"), ("PM_DATA_DIR", "/d")];
    let settings = environment(&variables).settings(&Tracker::default()).unwrap();
    assert_eq!(settings.keys().collect::<Vec<_>>(), ["data_dir", "token"]);
    assert_eq!(reference(&settings, "token").unwrap().to_string(), "file:/run/token");
}

#[cfg(unix)]
#[test]
fn invalid_unicode_is_an_error_that_does_not_repeat_the_value() {
    for name in ["TRACKER_URL", "TRACKER_TOKEN", "TRACKER_TOKEN_FILE", "PM_DATA_DIR"] {
        let error = no_unicode(name).settings(&Tracker::default()).unwrap_err();
        let expected = format!("tracker: the value of the environment variable `{name}` is not valid Unicode");
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("xff"), "{error:?}");
    }
    let error = no_unicode("PM_PROVIDER").provider_name().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
}

fn data_dir(here: &Path) -> PathBuf {
    environment(&[]).working_directory(here).data_dir().unwrap()
}

#[test]
fn data_is_kept_in_the_nearest_pm_directory_upwards() {
    let root = tempfile::tempdir().unwrap();
    let deep = root.path().join("src/deep");
    std::fs::create_dir_all(&deep).unwrap();
    std::fs::create_dir(root.path().join(".pm")).unwrap();
    assert_eq!(data_dir(&deep), root.path().join(".pm"));

    // A nearer one wins, a file of that name is none.
    std::fs::write(deep.join(".pm"), "").unwrap();
    assert_eq!(data_dir(&deep), root.path().join(".pm"));
    std::fs::create_dir(root.path().join("src/.pm")).unwrap();
    assert_eq!(data_dir(&deep), root.path().join("src/.pm"));
}

#[test]
fn without_any_pm_directory_it_will_be_here_and_is_not_made_yet() {
    let root = tempfile::tempdir().unwrap();
    let found = data_dir(root.path());
    assert_eq!(found, root.path().join(".pm"));
    assert!(!found.exists());
}

#[test]
fn the_variable_wins_over_what_is_found() {
    let root = tempfile::tempdir().unwrap();
    std::fs::create_dir(root.path().join(".pm")).unwrap();
    let environment = environment(&[("PM_DATA_DIR", "elsewhere")]).working_directory(root.path());
    assert_eq!(environment.data_dir().unwrap(), Path::new("elsewhere"));
}

#[test]
fn without_a_working_directory_the_error_says_what_to_set() {
    let error = environment(&[]).data_dir().unwrap_err();
    assert_eq!(error.to_string(), "the working directory cannot be found\nhint: set PM_DATA_DIR");
}

#[test]
fn the_process_itself_can_be_read() {
    let environment = Environment::of_process();
    assert!(environment.variable("PATH").unwrap().is_some());
    assert!(environment.data_dir().unwrap().is_absolute() || environment.variable("PM_DATA_DIR").unwrap().is_some());
}
