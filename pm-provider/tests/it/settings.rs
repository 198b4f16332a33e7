//! Settings, secrets and the registry: what is wrong, what is allowed, and no secret in any of it.

use std::sync::Arc;

use async_trait::async_trait;
use pm_provider::*;

const SPECS: &[SettingSpec] = &[
    SettingSpec::new("base_url", "TOY_URL", "where the server is").url().required(),
    SettingSpec::new("api_key", "TOY_KEY", "an API key of your account").secret().required(),
    SettingSpec::new("project", "TOY_PROJECT", "the default project"),
];

#[derive(Debug)]
struct Toy;

#[async_trait]
impl ProviderFactory for Toy {
    fn name(&self) -> &str {
        "toybox"
    }

    fn summary(&self) -> &str {
        "a toy"
    }

    fn settings(&self) -> &[SettingSpec] {
        SPECS
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::new("toybox")
    }

    async fn build(&self, context: BuildContext) -> Result<Arc<dyn PmProvider>> {
        let secret = context.secret("api_key").await?.map(|secret| secret.expose().len());
        Err(Error::configuration(format!("{} {secret:?}", context.required_text(&SPECS[0])?)))
    }
}

#[derive(Debug)]
struct Vault;

#[async_trait]
impl SecretResolver for Vault {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        match reference {
            SecretReference::Application(name) => Ok(Secret::new(name.repeat(2))),
            other => Err(Error::configuration(format!("nothing at `{other}`"))),
        }
    }
}

async fn build(name: &str, settings: Settings) -> String {
    let mut registry = ProviderRegistry::new().with(Toy);
    registry.leave_out("linear", "linear");
    registry.build(BuildContext::new(name, settings, Arc::new(Vault))).await.unwrap_err().to_string()
}

fn complete() -> Settings {
    Settings::new().set("base_url", "https://toy.example").set("api_key", "app:abc")
}

#[tokio::test]
async fn a_complete_set_of_settings_builds() {
    assert_eq!(build("ToyBox", complete()).await, "https://toy.example Some(6)");
    let held = complete().secret("api_key", Secret::new("four"));
    assert_eq!(build("toybox", held).await, "https://toy.example Some(4)");
}

#[tokio::test]
async fn an_unknown_provider_names_the_nearest() {
    assert_eq!(
        build("toyboks", complete()).await,
        "unknown provider `toyboks`; allowed are `toybox`\nhint: did you mean `toybox`?"
    );
    assert_eq!(
        build("linear", complete()).await,
        "provider `linear` is not compiled into this program\nhint: build it with the cargo feature `linear`"
    );
}

#[tokio::test]
async fn missing_and_unknown_settings_are_named() {
    assert_eq!(
        build("toybox", complete().set("base_url", "")).await,
        "toybox: setting `base_url` is missing: where the server is\nhint: set TOY_URL, or TOY_URL_FILE"
    );
    let message = build("toybox", Settings::new().set("base_url", "https://toy.example")).await;
    assert!(message.ends_with("hint: set TOY_KEY, or TOY_KEY_FILE"), "{message}");
    assert_eq!(
        build("toybox", complete().set("projekt", "x")).await,
        "toybox: unknown setting `projekt`; allowed are `base_url`, `api_key`, `project`\nhint: did you mean `project`?"
    );
}

#[tokio::test]
async fn a_reference_where_a_text_must_be_is_not_ignored() {
    let settings = complete().reference("project", SecretReference::Environment("PROJECT".to_owned()));
    assert_eq!(build("toybox", settings).await, "toybox: setting `project` is no secret; it is given as a text");
}

#[tokio::test]
async fn a_raw_token_is_refused_and_not_repeated() {
    let message = build("toybox", complete().set("api_key", "tok_s3cr3t")).await;
    assert!(message.contains("allowed are `env:NAME`, `file:/path` and `app:NAME`"), "{message}");
    assert!(!message.contains("s3cr3t"), "{message}");
    assert!(build("toybox", complete().set("api_key", "env:GONE")).await.contains("nothing at `env:GONE`"));
}

#[tokio::test]
async fn a_url_is_taken_as_written_or_fetched() {
    let url = async |settings| {
        let context = BuildContext::new("toybox", settings, Arc::new(Vault));
        context.url("base_url").await.map(|url| url.map(|url| url.expose().to_owned()))
    };
    assert_eq!(url(complete()).await.unwrap().as_deref(), Some("https://toy.example"));
    let reference = SecretReference::Application("u".to_owned());
    assert_eq!(url(Settings::new().reference("base_url", reference)).await.unwrap().as_deref(), Some("uu"));
    assert_eq!(url(Settings::new()).await.unwrap(), None);
}

#[test]
fn references_are_read_strictly() {
    for good in ["env:A_1", "file:/run/secrets/x", "app:team/jira"] {
        assert_eq!(good.parse::<SecretReference>().unwrap().to_string(), good);
    }
    for bad in ["", "env:", "env:1A", "env:A B", "file:", "vault:x", "user:pass", "ENV:A", "file:a\nb"] {
        assert!(bad.parse::<SecretReference>().is_err(), "{bad}");
    }
}

#[test]
fn debug_shows_keys_and_references_alone() {
    let settings = complete().secret("token", Secret::new("s3cr3t")).set("url", "https://me:s3cr3t@host");
    let shown = format!("{settings:?}");
    assert!(!shown.contains("s3cr3t"), "{shown}");
    assert!(shown.contains("token"), "{shown}");
}
