//! Connections in the internal database.

use pm_provider::{ConnectionColumn, Error, Exposure, ProviderFactory, Result};
use pm_provider_internal::store::connections::{NewConnection, ProviderConnection};
use sea_orm::entity::prelude::Json;

use super::columns::{columns_of, setting_in};
use super::connection::{Connection, ConnectionSource};

const ADDITIONAL: &str = "additional_config";

/// Reads a row. Of a provider that this program does not have, the columns stay what they are called.
pub(super) fn from_row(row: &ProviderConnection, factory: Option<&dyn ProviderFactory>) -> Result<Connection> {
    let connection = Connection::new(&row.name, &row.provider_type);
    let filled = ConnectionColumn::ALL.into_iter().filter_map(|column| Some((column, cell(row, column)?)));
    let connection = filled.into_iter().try_fold(connection, |connection, (column, text)| {
        let key = match factory {
            Some(factory) => setting_in(column, factory.name(), factory.settings())?.key,
            None => column.name(),
        };
        put(connection, key, text, column.name())
    })?;
    let connection = with_additional(connection, row.additional_config.as_ref())?;
    Ok(connection.from(ConnectionSource::Database))
}

fn cell(row: &ProviderConnection, column: ConnectionColumn) -> Option<&str> {
    let text = match column {
        ConnectionColumn::BaseUrl => &row.base_url,
        ConnectionColumn::ApiKey => &row.api_key,
        ConnectionColumn::ApiToken => &row.api_token,
        ConnectionColumn::Username => &row.username,
        ConnectionColumn::OrganizationId => &row.organization_id,
        ConnectionColumn::ProjectKey => &row.project_key,
        ConnectionColumn::WorkspaceId => &row.workspace_id,
        _ => &None,
    };
    text.as_deref().filter(|text| !text.is_empty())
}

fn put(connection: Connection, key: &str, text: &str, place: &str) -> Result<Connection> {
    match connection.get(key) {
        Some(other) if other != text => {
            let message = format!("`{place}` says something else of the setting `{key}` than another column does");
            Err(Error::configuration(message).hint("leave one of them empty"))
        }
        _ => Ok(connection.set(key, text)),
    }
}

fn with_additional(connection: Connection, config: Option<&Json>) -> Result<Connection> {
    let members = match config {
        None | Some(Json::Null) => return Ok(connection),
        Some(Json::Object(members)) => members,
        Some(_) => return Err(Error::configuration(format!("`{ADDITIONAL}` is no JSON object"))),
    };
    members.iter().try_fold(connection, |connection, (key, member)| {
        let place = format!("{ADDITIONAL}.{key}");
        let text = match member {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            Json::Bool(truth) => truth.to_string(),
            Json::Null => return Ok(connection),
            _ => return Err(Error::configuration(format!("`{place}` is no text, number or truth"))),
        };
        put(connection, key, &text, &place)
    })
}

/// Makes a row: each setting in the first of its columns, the others in `additional_config`.
pub(super) fn to_row(connection: &Connection, factory: &dyn ProviderFactory) -> Result<NewConnection> {
    let mut row = NewConnection::new(connection.name(), factory.name().to_lowercase());
    let mut others = serde_json::Map::new();
    for spec in factory.settings() {
        let Some(text) = connection.get(spec.key) else { continue };
        // References are checked by the columns that are made for them.
        let fits = |column: &ConnectionColumn| spec.exposure != Exposure::Secret || is_for_secrets(*column);
        match columns_of(spec).find(fits).and_then(|column| place(&mut row, column)) {
            Some(place) => *place = Some(text.to_owned()),
            None => drop(others.insert(spec.key.to_owned(), Json::String(text.to_owned()))),
        }
    }
    row.additional_config = (!others.is_empty()).then_some(Json::Object(others));
    Ok(row)
}

fn is_for_secrets(column: ConnectionColumn) -> bool {
    matches!(column, ConnectionColumn::ApiKey | ConnectionColumn::ApiToken)
}

fn place(row: &mut NewConnection, column: ConnectionColumn) -> Option<&mut Option<String>> {
    match column {
        ConnectionColumn::BaseUrl => Some(&mut row.base_url),
        ConnectionColumn::ApiKey => Some(&mut row.api_key),
        ConnectionColumn::ApiToken => Some(&mut row.api_token),
        ConnectionColumn::Username => Some(&mut row.username),
        ConnectionColumn::OrganizationId => Some(&mut row.organization_id),
        ConnectionColumn::ProjectKey => Some(&mut row.project_key),
        ConnectionColumn::WorkspaceId => Some(&mut row.workspace_id),
        _ => None,
    }
}
