//! An application whose own TLS is rustls on ring: `ring`, or with the argument `default` ring for the whole process.
//!
//! Both providers are compiled in, so that rustls chooses neither by itself: the application names its own.

use std::error::Error;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;

use pm_core::build_pm_provider;
use rustls::crypto::ring;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    if std::env::args().nth(1).as_deref() == Some("default") {
        ring::default_provider().install_default().map_err(|_| "somebody else was first")?;
    }
    println!("{}", build_pm_provider().await?.health_check().await?.backend);
    println!("{}", by_ring()?);
    Ok(())
}

/// Asks the same server by a client of our own.
fn by_ring() -> Result<String, Box<dyn Error>> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(std::env::var("JIRA_CA_FILE")?)? {
        roots.add(certificate?)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    let url = std::env::var("JIRA_URL")?;
    let address = url.strip_prefix("https://").ok_or("an address with TLS")?;
    let connection = ClientConnection::new(Arc::new(config), ServerName::try_from("localhost")?)?;
    let mut stream = StreamOwned::new(connection, TcpStream::connect(address)?);
    stream.write_all(b"GET /rest/api/2/serverInfo HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    Ok(answer.lines().next().unwrap_or_default().to_owned())
}
