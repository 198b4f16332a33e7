//! Global node ids: opaque, with a prefix that tells what they name.
//!
//! <https://docs.github.com/en/graphql/guides/migrating-graphql-global-node-ids>: an id is taken as it is and never read
//! by a client.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// The node id of something: `I_kgAB…` for an issue.
pub(super) fn node_id(prefix: &str, id: u64) -> String {
    format!("{prefix}_{}", URL_SAFE_NO_PAD.encode([&[0x92, 0x00, 0xcf], id.to_be_bytes().as_slice()].concat()))
}

/// The prefix and the database id of a node id.
pub(super) fn read(node: &str) -> Option<(&str, u64)> {
    let (prefix, packed) = node.split_once('_')?;
    let bytes = URL_SAFE_NO_PAD.decode(packed).ok()?;
    let id = bytes.strip_prefix(&[0x92, 0x00, 0xcf])?;
    Some((prefix, u64::from_be_bytes(id.try_into().ok()?)))
}

/// The prefixes that the vendor uses.
pub(super) mod prefix {
    pub(in super::super) const ACCOUNT_USER: &str = "U";
    pub(in super::super) const ACCOUNT_BOT: &str = "BOT";
    pub(in super::super) const ACCOUNT_ORGANIZATION: &str = "O";
    pub(in super::super) const REPOSITORY: &str = "R";
    pub(in super::super) const ISSUE: &str = "I";
    pub(in super::super) const PULL_REQUEST: &str = "PR";
    pub(in super::super) const COMMENT: &str = "IC";
    pub(in super::super) const LABEL: &str = "LA";
    pub(in super::super) const MILESTONE: &str = "MI";
    pub(in super::super) const ISSUE_TYPE: &str = "IT";
    pub(in super::super) const ISSUE_FIELD: &str = "IF";
    pub(in super::super) const EVENT: &str = "EV";
    pub(in super::super) const PROJECT: &str = "PVT";
    pub(in super::super) const PROJECT_FIELD: &str = "PVTF";
    pub(in super::super) const PROJECT_SELECT: &str = "PVTSSF";
    pub(in super::super) const PROJECT_ITERATION: &str = "PVTIF";
    pub(in super::super) const PROJECT_ITEM: &str = "PVTI";
    pub(in super::super) const PROJECT_VALUE: &str = "PVTFV";
    pub(in super::super) const DRAFT: &str = "DI";
}
