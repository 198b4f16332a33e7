//! Certificates, proxies, and settings that are wrong.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use pm_http::{Client, Credential, Endpoint, RetryPolicy, SecretSource, TransportSettings, with_transport};
use pm_provider::{BuildContext, Effect, Error, ErrorKind, Result, Retry, Secret, SecretReference, SecretResolver};
use pm_provider::{SettingSpec, Settings};
use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::server::WebPkiClientVerifier;
use tokio_rustls::rustls::{RootCertStore, ServerConfig};

use crate::server::{Act, Server, json, serve};

const READ: Endpoint = Endpoint::get("items");
const CREATE: Endpoint = Endpoint::create("items");
const URL: SettingSpec = SettingSpec::new("base_url", "TRACKER_URL", "the address").required();
const SETTINGS: &[SettingSpec] = with_transport!("TRACKER"; URL);

/// A certificate authority of our own, and files with what it made.
pub(crate) struct Authority {
    folder: TempDir,
    certificate: rcgen::Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let mut params = CertificateParams::new(Vec::default()).unwrap();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let certificate = params.self_signed(&key).unwrap();
        Self { folder: TempDir::new().unwrap(), certificate, issuer: Issuer::new(params, key) }
    }

    fn sign(&self, name: &str) -> (rcgen::Certificate, KeyPair) {
        let key = KeyPair::generate().unwrap();
        let params = CertificateParams::new(vec![name.to_owned()]).unwrap();
        (params.signed_by(&key, &self.issuer).unwrap(), key)
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path
    }

    /// The file for `ca_file`: a comment and another authority stand before ours.
    pub(crate) fn ca_file(&self) -> PathBuf {
        let other = CertificateParams::new(Vec::default()).unwrap().self_signed(&KeyPair::generate().unwrap()).unwrap();
        self.file("ca.pem", &format!("# ours\n{}{}", other.pem(), self.certificate.pem()))
    }

    pub(crate) fn client_file(&self) -> PathBuf {
        let (certificate, key) = self.sign("us");
        self.file("client.pem", &format!("{}{}", certificate.pem(), key.serialize_pem()))
    }

    /// What a server for `localhost` shows; it may want a certificate of the client's.
    pub(crate) fn acceptor(&self, wants_client: bool, protocol: &[u8]) -> TlsAcceptor {
        let (certificate, key) = self.sign("localhost");
        let builder = ServerConfig::builder();
        let builder = if wants_client {
            let mut roots = RootCertStore::empty();
            roots.add(self.certificate.der().clone()).unwrap();
            builder.with_client_cert_verifier(WebPkiClientVerifier::builder(Arc::new(roots)).build().unwrap())
        } else {
            builder.with_no_client_auth()
        };
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let mut config = builder.with_single_cert(vec![certificate.der().clone()], key).unwrap();
        config.alpn_protocols = vec![protocol.to_vec()];
        TlsAcceptor::from(Arc::new(config))
    }
}

/// A server with TLS: its port, and how often somebody connected.
pub(crate) async fn secure_server(authority: &Authority, wants_client: bool) -> (SocketAddr, Arc<Mutex<Vec<()>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let acceptor = authority.acceptor(wants_client, b"http/1.1");
    let connections: Arc<Mutex<Vec<()>>> = Arc::default();
    let noted = Arc::clone(&connections);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            noted.lock().unwrap().push(());
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                if let Ok(stream) = acceptor.accept(stream).await {
                    serve(stream, Arc::new(|_, _| Act::Answer(json(200, "[]"))), Arc::default()).await;
                }
            });
        }
    });
    (address, connections)
}

/// Secrets of settings come as they are written.
#[derive(Debug)]
struct NoVault;

#[async_trait::async_trait]
impl SecretResolver for NoVault {
    async fn resolve(&self, reference: &SecretReference) -> Result<Secret> {
        Err(Error::configuration(format!("there is nothing at `{reference}`")))
    }
}

pub(crate) async fn transport(settings: &[(&str, &str)]) -> Result<TransportSettings> {
    let settings = settings.iter().fold(Settings::new(), |all, (key, value)| all.set(*key, *value));
    let context = BuildContext::new("tracker", settings, Arc::new(NoVault));
    TransportSettings::from_context(&context).await
}

pub(crate) async fn client(url: &str, settings: &[(&str, &str)]) -> Client {
    let retry = RetryPolicy::new().attempts(3).first_pause(std::time::Duration::from_millis(5));
    let transport = transport(settings).await.unwrap().named_by(SETTINGS);
    Client::builder("tracker", url).retry(retry).transport(transport).build().unwrap()
}

#[tokio::test]
async fn a_private_authority_is_trusted_when_its_file_is_named() {
    let authority = Authority::new();
    let (address, connections) = secure_server(&authority, false).await;
    let url = format!("https://localhost:{}", address.port());
    let error = client(&url, &[]).await.request(&CREATE, &[]).send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unavailable, &Effect::NotExecuted));
    assert_eq!((error.retry(), connections.lock().unwrap().len()), (Retry::Never, 1), "no repetition mends that");
    assert!(error.message().contains("UnknownIssuer"), "{error}");
    assert!(error.hint_text().unwrap().contains("TRACKER_CA_FILE"), "{error}");
    let path = authority.ca_file();
    let client = client(&url, &[("ca_file", path.to_str().unwrap())]).await;
    assert_eq!(client.request(&CREATE, &[]).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let authority = Authority::new();
    let (address, _) = secure_server(&authority, false).await;
    let path = authority.ca_file();
    let url = format!("https://127.0.0.1:{}", address.port());
    let client = client(&url, &[("ca_file", path.to_str().unwrap())]).await;
    let error = client.request(&READ, &[]).send().await.unwrap_err();
    assert!(error.message().contains("invalid peer certificate"), "{error}");
}

#[tokio::test]
async fn a_backend_may_want_a_certificate_of_ours() {
    let authority = Authority::new();
    let (address, _) = secure_server(&authority, true).await;
    let url = format!("https://localhost:{}", address.port());
    let (roots, ours) = (authority.ca_file(), authority.client_file());
    let roots = ("ca_file", roots.to_str().unwrap());
    let error = client(&url, &[roots]).await.request(&CREATE, &[]).send().await.unwrap_err();
    assert_eq!((error.kind(), error.effect()), (ErrorKind::Unavailable, &Effect::NotExecuted));
    assert!(error.hint_text().unwrap().contains("TRACKER_CLIENT_CERTIFICATE_FILE"), "{error}");
    let client = client(&url, &[roots, ("client_certificate_file", ours.to_str().unwrap())]).await;
    assert_eq!(client.request(&CREATE, &[]).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn wrong_settings_are_named() {
    let authority = Authority::new();
    let (nothing, certificate) = (authority.file("empty.pem", "nothing"), authority.ca_file());
    let (nothing, certificate) = (nothing.to_str().unwrap(), certificate.to_str().unwrap());
    for (key, value, hint) in [
        ("ca_file", "/does/not/exist", "TRACKER_CA_FILE"),
        ("ca_file", nothing, "TRACKER_CA_FILE"),
        ("client_certificate_file", nothing, "TRACKER_CLIENT_CERTIFICATE_FILE"),
        ("client_certificate_file", certificate, "TRACKER_CLIENT_CERTIFICATE_FILE"),
        ("timeout_seconds", "0", "TRACKER_TIMEOUT_SECONDS"),
        ("deadline_seconds", "soon", "TRACKER_DEADLINE_SECONDS"),
        ("concurrency", "-1", "TRACKER_CONCURRENCY"),
        ("requests_per_minute", "1.5", "TRACKER_REQUESTS_PER_MINUTE"),
        ("proxy", "socks5://user:hidden@host:1", "TRACKER_PROXY"),
        ("proxy", "user:hidden@host", "TRACKER_PROXY"),
    ] {
        let error = transport(&[(key, value)]).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Configuration, "{key} {value}");
        let text = format!("{error} {error:?}");
        assert!(text.contains(hint) && text.contains(&format!("`{key}`")) && !text.contains("hidden"), "{text}");
    }
}

#[tokio::test]
async fn settings_of_patience_come_before_the_providers() {
    let server = Server::start(|_, _| Act::Hang).await;
    let transport = transport(&[("timeout_seconds", "1"), ("deadline_seconds", "1")]).await.unwrap();
    let client =
        Client::builder("tracker", &server.url).retry(RetryPolicy::new()).transport(transport).build().unwrap();
    let started = std::time::Instant::now();
    let error = client.request(&READ, &[]).send().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert!(started.elapsed().as_secs() < 5);
}

#[tokio::test]
async fn a_proxy_is_asked_and_told_who_we_are() {
    let proxy = Server::start(|_, _| Act::Answer(json(200, "[]"))).await;
    let url = proxy.url.replace("http://", "http://us:p%C3%A4ss-word@");
    let client = client("http://tracker.invalid/api", &[("proxy", &url)]).await;
    client.request(&READ, &[]).send().await.unwrap();
    let seen = proxy.seen();
    assert!(seen[0].starts_with("GET http://tracker.invalid/api/items HTTP/1.1\r\n"), "{}", seen[0]);
    assert!(seen[0].contains("proxy-authorization: Basic dXM6cMOkc3Mtd29yZA==\r\n"), "{}", seen[0]);
}

#[tokio::test]
async fn a_proxy_that_wants_a_password_is_named() {
    for url in ["http://tracker.invalid", "https://tracker.invalid"] {
        let proxy = Server::start(|_, _| Act::Answer(crate::server::answer(407, &[], ""))).await;
        let client = client(url, &[("proxy", &proxy.url)]).await;
        let error = client.request(&CREATE, &[]).send().await.unwrap_err();
        assert_eq!((error.kind(), error.effect(), proxy.count()), (ErrorKind::Configuration, &Effect::NotExecuted, 1));
        assert!(error.to_string().contains("password"), "{error}");
    }
}

#[tokio::test]
async fn this_machine_is_reached_without_a_proxy() {
    let proxy = Server::start(|_, _| Act::Answer(json(500, "[]"))).await;
    let server = Server::start(|_, _| Act::Answer(json(200, "[]"))).await;
    let client = client(&server.url, &[("proxy", &proxy.url)]).await;
    client.request(&READ, &[]).send().await.unwrap();
    assert_eq!((proxy.count(), server.count()), (0, 1));
}

#[tokio::test]
async fn a_wrong_address_names_the_providers_own_setting() {
    let transport = transport(&[]).await.unwrap().named_by(SETTINGS);
    let built = Client::builder("tracker", "https://us:hidden@host").transport(transport).build();
    let text = built.unwrap_err().to_string();
    assert!(text.contains("TRACKER_URL") && !text.contains("hidden"), "{text}");
}

#[test]
fn a_secret_without_encryption_is_warned_of() {
    for (url, has_secret, is_warned) in [
        ("http://tracker.invalid", true, true),
        ("http://tracker.invalid", false, false),
        ("http://localhost:1", true, false),
        ("https://tracker.invalid", true, false),
    ] {
        let log = crate::secrets::Log::default();
        let _guard = log.listen();
        let secret = SecretSource::fixed(Secret::new("planted"));
        let credential = if has_secret { Credential::bearer(secret) } else { Credential::none() };
        Client::builder("tracker", url).credential(credential).build().unwrap();
        assert_eq!(log.text().contains("without encryption"), is_warned, "{url}");
    }
}
