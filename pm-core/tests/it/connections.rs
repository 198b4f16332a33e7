//! Named connections in a file of the user's own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use pm_core::connections::{Connection, Connections};
use pm_core::{
    Environment, Error, ErrorKind, PmProviderBuilder, ProviderFactory, ProviderRegistry, Result, Secret,
    SecretReference, SecretResolver, async_trait,
};
use tempfile::TempDir;

use crate::planted_tokens::{TOKEN, hides_it};
use crate::support::{Built, Tracker, environment, everything_shown, system_clock};

/// A home with a file of connections, and a backend that notes what it is built from.
pub(crate) struct Home {
    folder: TempDir,
    pub(crate) tracker: Tracker,
    variables: Vec<(String, String)>,
}

impl Home {
    pub(crate) fn new(file: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let home =
            Self { folder, tracker: Tracker::default(), variables: Vec::new() }.with("XDG_CONFIG_HOME", "/nonexistent");
        let path = home.path().to_str().unwrap().to_owned();
        let home = home.with("PM_CONNECTIONS", &path).with("PM_DATA_DIR", "/nonexistent");
        fs::write(home.path(), file).unwrap();
        home
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("connections.toml")
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn environment(&self) -> Environment {
        let variables: Vec<_> = self.variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        environment(&variables)
    }

    fn registry(&self) -> ProviderRegistry {
        ProviderRegistry::new().with(self.tracker.clone())
    }

    fn connections(&self) -> Connections {
        Connections::of_environment(&self.environment()).unwrap().registry(self.registry())
    }

    fn builder(&self) -> PmProviderBuilder {
        PmProviderBuilder::from_environment(self.environment()).registry(self.registry())
    }

    async fn built(&self, name: &str) -> Result<Built> {
        self.builder().connection(self.connections().get(name).await?).build().await?;
        Ok(self.tracker.built().pop().unwrap())
    }

    async fn refused(&self, name: &str) -> String {
        let error = self.built(name).await.expect_err("this must not be built");
        assert_eq!(error.kind(), ErrorKind::Configuration);
        hides_it(&everything_shown(&error));
        error.to_string().replace(self.folder.path().to_str().unwrap(), "[HOME]")
    }
}

/// The connection `work` with a token at some place.
fn work(token: &str) -> String {
    format!(
        "[connections.work]\nprovider = \"Tracker\"\nbase_url = \"https://work.example\"\ntoken = '{token}' # a comment\n"
    )
}

fn built(token: Option<&str>) -> Built {
    Built { base_url: Some("https://work.example".to_owned()), token: token.map(str::to_owned), clock: system_clock() }
}

#[tokio::test]
async fn a_connection_is_built_by_its_name() {
    let home = Home::new(&work("file:work.token"));
    fs::write(home.folder().join("work.token"), "t0k3n\n").unwrap();
    assert_eq!(home.built("work").await.unwrap(), built(Some("t0k3n")));
}

#[tokio::test]
async fn variables_are_read_that_are_the_providers_own_or_meant_for_it_or_listed() {
    for (name, file) in [
        ("TRACKER_TOKEN", work("env:TRACKER_TOKEN")),
        ("PM_SECRET_WORK", work("env:PM_SECRET_WORK")),
        ("WORK_TOKEN", format!("allow_env = ['WORK_TOKEN']\n{}", work("env:WORK_TOKEN"))),
    ] {
        let home = Home::new(&file).with(name, "t0k3n");
        assert_eq!(home.built("work").await.unwrap(), built(Some("t0k3n")), "{name}");
    }
    let home = Home::new(&work("env:AWS_SECRET_ACCESS_KEY")).with("AWS_SECRET_ACCESS_KEY", TOKEN);
    assert_eq!(
        home.refused("work").await,
        "connection `work`: the variable `AWS_SECRET_ACCESS_KEY` may not be read for this; allowed are `TRACKER_TOKEN`, \
         and `PM_SECRET_…`\nhint: call it `PM_SECRET_…`, or add it in your file of connections: \
         allow_env = [\"AWS_SECRET_ACCESS_KEY\"]"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_program_tells_a_secret_for_the_users_own_file_alone() {
    let home = Home::new(&work("cmd:printf \"t0k3n\\\\na note\\\\n\""));
    assert_eq!(home.built("work").await.unwrap(), built(Some("t0k3n")));

    for (command, what) in [
        (format!("cmd:false {TOKEN}"), "the secret `cmd:false …` cannot be had: the program ended with exit status: 1"),
        (format!("cmd:/nonexistent {TOKEN}"), "the secret `cmd:/nonexistent …` cannot be had: No such file"),
        ("cmd:true".to_owned(), "there is no secret at `cmd:true`: the program printed none"),
        (format!("cmd:sh -c \"echo {TOKEN} >&2; exit 3\""), "the program ended with exit status: 3"),
        (format!("cmd:echo \"{TOKEN}"), "`cmd:echo …` is no command"),
    ] {
        let message = Home::new(&work(&command)).refused("work").await;
        assert!(message.contains(what), "{message}");
    }

    // Nobody runs anything for a program's own settings, or for a connection that is written down nowhere.
    let connection = Connection::new("work", "tracker").set("base_url", "https://x").set("token", "cmd:echo x");
    let error = home.builder().connection(connection).build().await.unwrap_err();
    assert!(
        error.message().contains("`cmd:echo …` would run a program; allowed is that in your own file alone"),
        "{error}"
    );
    let secrets = pm_core::EnvironmentSecrets::default();
    let error = secrets.resolve(&"cmd:echo x".parse().unwrap()).await.unwrap_err();
    assert!(error.message().contains("`cmd:echo …` would run a program"), "{error}");
}

#[tokio::test]
async fn without_the_feature_a_keyring_says_so() {
    let home = Home::new(&work("keyring:work/tracker"));
    let error = home.built("work").await.unwrap_err().to_string();
    if cfg!(feature = "keyring") {
        assert!(error.contains("the secret `keyring:work/tracker` cannot be had"), "{error}");
    } else {
        assert!(error.contains("hint: build it with the cargo feature `keyring`"), "{error}");
    }
}

#[derive(Debug)]
struct Vault;

#[async_trait]
impl SecretResolver for Vault {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        Ok(Secret::new(format!("the vault's {reference}")))
    }
}

#[tokio::test]
async fn a_vault_of_the_application_has_its_own_references_and_no_others() {
    for (token, found) in [("app:work", "the vault's app:work"), ("env:PM_SECRET_WORK", "t0k3n")] {
        let home = Home::new(&work(token)).with("PM_SECRET_WORK", "t0k3n");
        let connection = home.connections().get("work").await.unwrap();
        home.builder().secrets(Arc::new(Vault)).connection(connection).build().await.unwrap();
        assert_eq!(home.tracker.built(), [built(Some(found))]);
    }
}

#[tokio::test]
async fn a_raw_secret_is_refused_and_not_repeated() {
    let raw = Home::new(&work(TOKEN)).refused("work").await;
    assert!(
        raw.starts_with("connection `work`: setting `token` is a secret, and this is no reference to one;"),
        "{raw}"
    );
    assert!(raw.contains("hint: put the secret itself into a file or a variable"), "{raw}");

    let address = format!("[connections.work]\nprovider = 'tracker'\ndatabase_url = 'https://me:{TOKEN}@host'\n");
    let address = Home::new(&address).refused("work").await;
    assert!(address.contains("the address `database_url` has a secret in it"), "{address}");

    let broken = Home::new(&format!("[connections.work]\ntoken = {TOKEN}\n")).refused("work").await;
    assert!(broken.starts_with("line 2 of `[HOME]/connections.toml` is no TOML"), "{broken}");
}

#[tokio::test]
async fn what_is_wrong_in_the_file_is_said() {
    for (file, message) in [
        ("[connections.work]\nbase_url = 'x'", "`connections.work` in `[HOME]/connections.toml` names no provider"),
        ("connections.work = 'x'", "`connections.work` in `[HOME]/connections.toml` is no table"),
        ("[connections.work]\nprovider = 1.5", "`connections.work.provider` in `[HOME]/connections.toml` is no text"),
        ("[connection.work]\nprovider = 'tracker'", "`connection` in `[HOME]/connections.toml` means nothing"),
        ("allow_env = 'X'", "`allow_env` in `[HOME]/connections.toml` is no list of names"),
        ("[connections.work]\nprovider = 'traker'", "unknown provider `traker`; allowed are `tracker`"),
        (
            "[connections.work]\nprovider = 'tracker'\nbase_ulr = 'x'",
            "connection `work`: unknown setting `base_ulr`; allowed are `base_url`, `token`, `database_url`, `data_dir`\n\
             hint: did you mean `base_url`?",
        ),
        ("[connections.work]\nprovider = 'tracker'", "connection `work`: setting `base_url` is missing"),
        ("", "there is no connection `work`, and no other; looked at `[HOME]/connections.toml`"),
        (
            "[connections.wrok]\nprovider = 'x'\n[connections.zoo]\nprovider = 'x'",
            "there is no connection `work`; there are `wrok`, `zoo`\nhint: did you mean `wrok`?",
        ),
    ] {
        let refused = Home::new(file).refused("work").await;
        assert!(refused.starts_with(message), "{refused}");
    }
    assert!(Home::new("").refused("a b").await.starts_with("`a b` is no name for a connection"));
}

#[tokio::test]
async fn nothing_of_the_environment_fills_a_gap() {
    let file = "[connections.work]\nprovider = 'tracker'\nbase_url = 'https://work.example'";
    let home = Home::new(file).with("TRACKER_TOKEN", TOKEN).with("TRACKER_URL", "https://home.example");
    assert_eq!(home.built("work").await.unwrap(), built(None));
}

#[tokio::test]
async fn the_environment_may_choose_a_connection() {
    let home = Home::new(&work("env:PM_SECRET_WORK")).with("PM_SECRET_WORK", "t0k3n").with("PM_CONNECTION", "work");
    home.builder().build().await.unwrap();
    assert_eq!(home.tracker.built(), [built(Some("t0k3n"))]);

    let both = home.with("PM_PROVIDER", "tracker").builder().build().await.unwrap_err();
    assert_eq!(
        both.to_string(),
        "both `PM_CONNECTION` and `PM_PROVIDER` are set; allowed is one of them\n\
         hint: unset `PM_PROVIDER`: a connection has a provider"
    );
    let two = Home::new(&work("app:x"));
    let connection = two.connections().get("work").await.unwrap();
    let error = two.builder().provider("internal").connection(connection).build().await.unwrap_err();
    assert!(error.message().starts_with("connection `work` is one to the provider `Tracker`, not to `internal`"));
}

#[tokio::test]
async fn a_file_is_the_users_own_or_not_used() {
    let home = Home::new(&work("app:x")).with("PM_CONNECTIONS", "connections.toml");
    let error = Connections::of_environment(&home.environment()).unwrap_err();
    assert!(error.message().starts_with("`PM_CONNECTIONS` is a relative path"), "{error}");

    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let home = Home::new(&work("app:x"));
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o646)).unwrap();
        assert_eq!(
            home.refused("work").await,
            "everybody may write into `[HOME]/connections.toml`, so nothing in it is used\n\
             hint: chmod go-w [HOME]/connections.toml"
        );
    }
}

#[test]
fn the_file_is_in_the_folder_of_settings_unless_a_variable_names_it() {
    let path = |variables: &[(&str, &str)]| environment(variables).connections_file().unwrap();
    for (variables, expected) in [
        (&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x"), ("PM_CONNECTIONS", "/c.toml")][..], Some("/c.toml")),
        (&[("HOME", "/h"), ("XDG_CONFIG_HOME", "/x")], Some("/x/pm-core/connections.toml")),
        (&[("HOME", "/h"), ("XDG_CONFIG_HOME", "x")], Some("/h/.config/pm-core/connections.toml")),
        (&[], None),
    ] {
        assert_eq!(path(variables), expected.map(PathBuf::from));
    }
}

#[tokio::test]
async fn saving_keeps_what_stands_there() {
    let home = Home::new(&format!("# mine\nallow_env = ['X'] # why\n\n{}", work("env:X")));
    let connections = home.connections();
    let club = Connection::new("club", "tracker").set("base_url", "https://club.example").set("token", "env:X");
    connections.save(&club).unwrap();
    connections.save(&club.clone().set("token", "env:PM_SECRET_CLUB")).unwrap();
    let text = fs::read_to_string(home.path()).unwrap();
    assert!(text.starts_with("# mine\nallow_env = ['X'] # why\n"), "{text}");
    assert!(text.contains("token = 'env:X' # a comment"), "{text}");
    assert!(text.ends_with(
        "[connections.club]\nprovider = \"tracker\"\nbase_url = \"https://club.example\"\ntoken = \"env:PM_SECRET_CLUB\"\n"
    ), "{text}");

    let names = async || connections.list().await.unwrap().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names().await, ["club", "work"]);
    assert!(connections.remove("club").await.unwrap().is_some());
    assert!(connections.remove("club").await.unwrap().is_none());
    assert_eq!(names().await, ["work"]);
}

#[tokio::test]
async fn what_cannot_be_used_is_not_saved() {
    let home = Home::new("");
    let connection = || Connection::new("work", "tracker").set("base_url", "https://work.example");
    for wrong in [
        connection().set("token", TOKEN),
        connection().set("token", "env:HOME"),
        connection().set("nonsense", "x"),
        Connection::new("a b", "tracker").set("base_url", "x"),
        Connection::new("work", "jira"),
    ] {
        let error: Error = home.connections().save(&wrong).unwrap_err();
        hides_it(&everything_shown(&error));
        hides_it(&format!("{wrong:?}"));
    }
    assert_eq!(fs::read_to_string(home.path()).unwrap(), "");
    connection().check(&home.tracker as &dyn ProviderFactory).unwrap();
}

#[tokio::test]
async fn one_broken_connection_hides_no_other() {
    let home = Home::new(&format!("connections.broken = 1\n{}", work("app:x")));
    let listed = home.connections().list().await.unwrap();
    assert_eq!(listed.len(), 2);
    assert!(listed[0].1.is_err() && listed[1].1.is_ok(), "{listed:?}");
}
