//! Which password reaches a PostgreSQL server, told by a server that does nothing but ask for it.

use std::fs::{self, Permissions};
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::sync::Arc;
use std::thread::JoinHandle;

use async_trait::async_trait;
use pm_provider::{
    BuildContext, Error, ErrorKind, ProviderFactory as _, Result, Secret, SecretReference, SecretResolver, Settings,
};
use pm_provider_internal::InternalFactory;
use pm_provider_internal::store::{StoreOptions, connect};

/// Says to [`process`] what it is to find.
const EXPECTED: &str = "PM_TEST_EXPECTED";

/// Answers one connection and gives back the password that it was sent.
struct Server {
    port: u16,
    heard: JoinHandle<String>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let heard = std::thread::spawn(move || ask(&mut listener.accept().unwrap().0));
        Self { port, heard }
    }

    /// What stands before and after the address of this server in a URL.
    fn url(&self, user: &str, parameters: &str) -> String {
        format!("postgres://{user}@127.0.0.1:{}/db?sslmode=disable{parameters}", self.port)
    }

    /// The password, and everything that the refusal shows.
    fn heard(self, error: &Error) -> (String, String) {
        assert_eq!(error.kind(), ErrorKind::Unauthenticated, "{error:?}");
        assert!(error.hint_text().unwrap().contains("`PGPASSWORD`"), "{error}");
        (self.heard.join().unwrap(), format!("{error} {error:?}"))
    }
}

/// Asks for the password in clear text, and refuses it with a message that repeats it.
fn ask(stream: &mut TcpStream) -> String {
    message(stream);
    stream.write_all(&[b'R', 0, 0, 0, 8, 0, 0, 0, 3]).unwrap();
    stream.read_exact(&mut [0]).unwrap();
    let password = String::from_utf8(message(stream)).unwrap().trim_end_matches('\0').to_owned();
    let fields = format!("SFATAL\0VFATAL\0C28P01\0Mthe password {password} is wrong\0\0");
    let length = u32::try_from(fields.len() + 4).unwrap();
    stream.write_all(&[b"E", &length.to_be_bytes()[..], fields.as_bytes()].concat()).unwrap();
    password
}

fn message(stream: &mut TcpStream) -> Vec<u8> {
    let mut length = [0; 4];
    stream.read_exact(&mut length).unwrap();
    let mut body = vec![0; u32::from_be_bytes(length) as usize - 4];
    stream.read_exact(&mut body).unwrap();
    body
}

async fn sent(user: &str, parameters: &str, options: &StoreOptions) -> String {
    let server = Server::start();
    let error = connect(&server.url(user, parameters), options).await.unwrap_err();
    server.heard(&error).0
}

#[tokio::test]
async fn a_password_apart_is_taken_where_the_url_has_none() {
    let options = StoreOptions::default().password(Secret::new("ap@rt/ 1"));
    assert_eq!(sent("me", "", &options).await, "ap@rt/ 1");
    assert_eq!(sent("me:writt%65n", "", &options).await, "written");
    assert_eq!(sent("me", "&password=named", &options).await, "named");
}

#[tokio::test]
async fn no_password_shows_even_if_the_server_repeats_it() {
    let options = StoreOptions::default().password(Secret::new("ap@rt/ 1"));
    assert!(!format!("{options:?}").contains("ap@rt"));
    for (user, parameters) in [("me", ""), ("me:written", ""), ("me", "&password=named")] {
        let server = Server::start();
        let error = connect(&server.url(user, parameters), &options).await.unwrap_err();
        let (password, shown) = server.heard(&error);
        assert!(!password.is_empty() && !shown.contains(&password), "{shown}");
    }
}

/// Knows one secret, and refuses to be asked where there is none.
#[derive(Debug)]
struct Vault;

#[async_trait]
impl SecretResolver for Vault {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        match reference.to_string().as_str() {
            "env:PGPASSWORD" => Ok(Secret::new("resolved")),
            other => Err(Error::configuration(format!("nothing at {other}"))),
        }
    }
}

async fn built(url: &str, password: &str) -> Result<()> {
    let settings = Settings::new().set("database_url", url).set("database_password", password);
    InternalFactory.build(BuildContext::new("internal", settings, Arc::new(Vault))).await.map(|_| ())
}

#[tokio::test]
async fn the_factory_fetches_it_where_somebody_asks_for_it() {
    let server = Server::start();
    let error = built(&server.url("me", ""), "env:PGPASSWORD").await.unwrap_err();
    assert_eq!(server.heard(&error).0, "resolved");
    let server = Server::start();
    let error = built(&server.url("me:written", ""), "file:/nowhere").await.unwrap_err();
    assert_eq!(server.heard(&error).0, "written");
    let error = built("postgres://me@127.0.0.1/db", "file:/nowhere").await.unwrap_err();
    assert_eq!((error.kind(), error.message()), (ErrorKind::Configuration, "nothing at file:/nowhere"));
    #[cfg(feature = "sqlite")]
    built("sqlite::memory:", "file:/nowhere").await.unwrap();
}

/// Runs [`process`] with these variables.
fn run_process(variables: &[(&str, &str)], expected: &str) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "passwords::process", "--ignored"]).env_remove("PGPASSWORD").env_remove("PGPASSFILE");
    let output = command.envs(variables.iter().copied()).env(EXPECTED, expected).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains("1 passed"),
        "{said}\n{}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[test]
fn the_process_does_not_hand_its_password_to_any_server() {
    let file = tempfile::NamedTempFile::new().unwrap();
    fs::write(file.path(), "127.0.0.1:*:*:me:from_file\n").unwrap();
    fs::set_permissions(file.path(), Permissions::from_mode(0o600)).unwrap();
    let file = ("PGPASSFILE", file.path().to_str().unwrap());
    run_process(&[("PGPASSWORD", "s3cr3t")], "");
    run_process(&[file], "from_file");
    run_process(&[("PGPASSWORD", "s3cr3t"), file], "");
}

#[tokio::test]
#[ignore = "is run with other variables by `the_process_does_not_hand_its_password_to_any_server`"]
async fn process() {
    let Ok(expected) = std::env::var(EXPECTED) else { return };
    assert_eq!(sent("me", "", &StoreOptions::default()).await, expected);
    let options = StoreOptions::default().password(Secret::new("apart"));
    assert_eq!(sent("me", "", &options).await, "apart");
    assert_eq!(sent("me:written", "", &options).await, "written");
}
