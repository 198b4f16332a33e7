//! A Jira with TLS that answers what a health check asks. It prints what to export, and ends when its standard input does.

use std::error::Error;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::Arc;

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};

const INFO: &str = r#"{"deploymentType": "Server", "version": "9.12.0", "versionNumbers": [9, 12, 0]}"#;
const ME: &str = r#"{"key": "JIRAUSER10000", "name": "ada", "displayName": "Ada", "active": true}"#;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args().nth(1).ok_or("the folder for the certificate is missing")?);
    let (config, authority) = certificates()?;
    let file = folder.join("ca.pem");
    fs::write(&file, authority)?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    println!("export PM_PROVIDER=jira JIRA_API_TOKEN=any JIRA_FLAVOR=datacenter");
    println!("export JIRA_URL=https://localhost:{}", listener.local_addr()?.port());
    println!("export JIRA_CA_FILE={}", file.display());
    println!("# ready");
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let config = Arc::clone(&config);
            std::thread::spawn(move || serve(stream, config));
        }
    });
    std::io::stdin().read_to_end(&mut Vec::new())?;
    Ok(())
}

/// A server's certificate for `localhost`, and the authority that vouches for it, as PEM.
fn certificates() -> Result<(Arc<ServerConfig>, String), Box<dyn Error>> {
    let mut params = CertificateParams::new(Vec::default())?;
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let key = KeyPair::generate()?;
    let authority = params.self_signed(&key)?;
    let issuer = Issuer::new(params, key);
    let key = KeyPair::generate()?;
    let certificate = CertificateParams::new(vec!["localhost".to_owned()])?.signed_by(&key, &issuer)?;
    let private = PrivateKeyDer::try_from(key.serialize_der())?;
    let config =
        ServerConfig::builder().with_no_client_auth().with_single_cert(vec![certificate.der().clone()], private)?;
    Ok((Arc::new(config), authority.pem()))
}

/// Answers one request, and says that it was the only one of this connection.
fn serve(stream: TcpStream, config: Arc<ServerConfig>) {
    let Ok(connection) = ServerConnection::new(config) else { return };
    let mut stream = BufReader::new(StreamOwned::new(connection, stream));
    let Some(path) = request(&mut stream) else { return };
    let body = if path.ends_with("/myself") { ME } else { INFO };
    let kind = "content-type: application/json\r\nconnection: close";
    let answer = format!("HTTP/1.1 200 OK\r\n{kind}\r\ncontent-length: {}\r\n\r\n{body}", body.len());
    let stream = stream.get_mut();
    // Who hung up meanwhile wants no answer.
    drop(stream.write_all(answer.as_bytes()));
    stream.conn.send_close_notify();
    drop(stream.flush());
}

/// The path of a request without a body.
fn request(stream: &mut impl BufRead) -> Option<String> {
    let mut first = String::new();
    stream.read_line(&mut first).ok().filter(|bytes| *bytes > 0)?;
    let mut line = String::new();
    while stream.read_line(&mut line).ok()? > 0 && !line.trim().is_empty() {
        line.clear();
    }
    first.split_whitespace().nth(1).map(str::to_owned)
}
