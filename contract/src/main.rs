//! `contract-server VENDOR [PORT]`: answers as the description of a vendor says, until it is stopped.

// What it prints is what it is started for.
#![allow(clippy::print_stdout, clippy::print_stderr)]

use std::process::ExitCode;

use pm_contract::vendor::Vendor;
use pm_contract::{ContractServer, specs};

const USAGE: &str = "usage: contract-server openproject|redmine|jira|jira-data-center|github|clickup [PORT]\n\
    answers as the vendor's OpenAPI description says, checks every request, and reports at /__report;\n\
    PM_CONTRACT_SPECS names the folder with the descriptions";

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), String> {
    let mut arguments = std::env::args().skip(1);
    let vendor = arguments.next().and_then(|name| Vendor::named(&name)).ok_or(USAGE)?;
    let port = arguments.next().map_or(Ok(0), |port| port.parse()).map_err(|_| USAGE)?;
    let description = specs::load(vendor, |name| std::env::var(name).ok())?;
    let server = ContractServer::start(description, port).await.map_err(|problem| problem.to_string())?;
    println!("{} at {}, report at {}/__report", server.description().title(), server.url(), server.url());
    tokio::signal::ctrl_c().await.map_err(|problem| problem.to_string())
}
