//! Tokens for the installation of an app.
//!
//! <https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app>

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};

use super::access::{self, Rights};
use super::errors::{Answer, Problem};
use super::model::{Account, AccountKind, Token};
use super::planting::new_token;
use super::reply::Reply;
use super::store::{App, Store};
use super::view::time;

/// Gives a token that works for an hour to an app that proves by a JSON Web Token who it is.
///
/// Issuer and times are looked at, the signature is not: the server does not know the app's key.
pub(super) async fn access_token(
    State(app): State<App>,
    headers: HeaderMap,
    Path(installation): Path<u64>,
) -> Answer<Reply> {
    let (id, own) = app.options.installation.ok_or_else(Problem::not_found)?;
    check(&access::token(&headers).unwrap_or_default(), id, app.moment())?;
    if installation != own {
        return Err(Problem::not_found());
    }
    let expires = app.now() + TimeDelta::hours(1);
    let mut store = app.lock();
    let account = bot(&mut store, app.now());
    let token = new_token("ghs");
    store.tokens.insert(token.clone(), Token { account, ceiling: Rights::Admin, expires: Some(expires) });
    Ok(Reply::created(json!({
        "token": token,
        "expires_at": time(expires),
        "permissions": { "issues": "write", "metadata": "read", "pull_requests": "write" },
        "repository_selection": "all",
    })))
}

/// 401 for what is no token of the app, or one whose time is over or too long.
fn check(token: &str, app: u64, now: DateTime<Utc>) -> Answer<()> {
    let undecodable = || Problem::new(401, "A JSON web token could not be decoded");
    let claims = token.split('.').nth(1).and_then(|claims| URL_SAFE_NO_PAD.decode(claims).ok());
    let claims: Value = claims.and_then(|claims| serde_json::from_slice(&claims).ok()).ok_or_else(undecodable)?;
    let issuer = claims["iss"].as_u64().or_else(|| claims["iss"].as_str()?.parse().ok());
    let (issued, ends) = (claims["iat"].as_i64().unwrap_or(i64::MAX), claims["exp"].as_i64().unwrap_or(0));
    match () {
        () if issuer != Some(app) => Err(Problem::new(401, "Integration not found")),
        () if ends <= now.timestamp() || ends > now.timestamp() + 600 || issued > now.timestamp() + 60 => {
            let message = "'Expiration time' claim ('exp') must be a numeric value representing the future time at \
                           which the assertion expires";
            Err(Problem::new(401, message))
        }
        () => Ok(()),
    }
}

/// The account that an app acts as.
fn bot(store: &mut Store, now: DateTime<Utc>) -> u64 {
    let login = "acme-app[bot]";
    if let Some(account) = store.account_named(login) {
        return account.id;
    }
    let id = store.next_id("accounts");
    let account = Account {
        id,
        login: login.to_owned(),
        kind: AccountKind::Bot,
        name: None,
        email: None,
        everywhere: Some(Rights::Admin),
        owners: Vec::new(),
        members: Vec::new(),
        created: now,
    };
    store.accounts.insert(id, account);
    id
}
