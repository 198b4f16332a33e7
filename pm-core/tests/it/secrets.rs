//! Where secrets are fetched from.

use pm_core::{EnvironmentSecrets, Error, ErrorKind, Result, SecretReference, SecretResolver};

use crate::support::environment;

async fn resolve(reference: &str) -> Result<String> {
    let secrets = EnvironmentSecrets::new(environment(&[("TOKEN", "t0k3n"), ("BLANK", "")]));
    let reference: SecretReference = reference.parse()?;
    Ok(secrets.resolve(&reference).await?.expose().to_owned())
}

async fn refused(reference: &str) -> Error {
    let error = resolve(reference).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Configuration);
    error
}

#[tokio::test]
async fn a_variable_holds_a_secret() {
    assert_eq!(resolve("env:TOKEN").await.unwrap(), "t0k3n");
    for name in ["MISSING", "BLANK"] {
        assert_eq!(
            refused(&format!("env:{name}")).await.to_string(),
            format!("there is no secret at `env:{name}`: the environment variable is unset or empty\nhint: set {name}")
        );
    }
}

#[tokio::test]
async fn a_file_holds_a_secret_and_a_line_break_at_its_end_is_none_of_it() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    for (contents, secret) in
        [("t0k3n", "t0k3n"), ("t0k3n\n", "t0k3n"), ("t0k3n\r\n", "t0k3n"), (" a\nb \n\n", " a\nb \n")]
    {
        std::fs::write(&path, contents).unwrap();
        assert_eq!(resolve(&format!("file:{}", path.display())).await.unwrap(), secret, "{contents:?}");
    }
}

#[tokio::test]
async fn a_file_is_read_anew_each_time_so_that_rotated_secrets_live_on() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    let reference = SecretReference::File(path.display().to_string());
    let secrets = EnvironmentSecrets::new(environment(&[]));
    for token in ["first", "second"] {
        std::fs::write(&path, token).unwrap();
        assert_eq!(secrets.resolve(&reference).await.unwrap().expose(), token);
    }
}

#[tokio::test]
async fn a_missing_or_empty_file_is_named() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("token");
    let reference = format!("file:{}", path.display());
    let missing = refused(&reference).await.to_string();
    assert!(missing.starts_with(&format!("the secret `{reference}` cannot be read: No such file")), "{missing}");

    std::fs::write(&path, "\n").unwrap();
    let empty = refused(&reference).await.to_string();
    assert_eq!(empty, format!("there is no secret at `{reference}`: the file is empty"));
}

#[tokio::test]
async fn an_applications_own_secrets_need_its_own_resolver() {
    assert_eq!(
        refused("app:vault/jira").await.to_string(),
        "nobody here knows the secret `app:vault/jira`\n\
         hint: give a resolver of your own to `PmProviderBuilder::secrets`"
    );
}
