//! `sync_cursors` and `sync_users`: how the reading stands, who is who.

use pm_provider::Result;
use pm_provider_internal::store::entity::{sync_cursor, sync_user};
use pm_provider_internal::store::{Store, Transaction};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::cell::{self, IDS_PER_STATEMENT};
use super::upsert;
use crate::item::{Pair, Side};
use crate::store::users::{Users, pair_up};
use crate::store::{SideState, UserLink};

fn read_state(row: sync_cursor::Model) -> Result<SideState> {
    Ok(SideState {
        cursor: row.cursor,
        high_water: cell::optional_time(row.high_water)?,
        full_scan_at: cell::optional_time(row.full_scan_at)?,
        reconciled_at: cell::optional_time(row.reconciled_at)?,
        config_hash: row.config_hash,
        account: row.account,
        account_at: cell::optional_time(row.account_at)?,
    })
}

pub(super) async fn state<C: ConnectionTrait>(db: &C, mapping: &str, side: Side) -> Result<Option<SideState>> {
    let key = (mapping.to_owned(), side.word().to_owned());
    let found = sync_cursor::Entity::find_by_id(key).one(db).await.map_err(Store::error)?;
    found.map(read_state).transpose()
}

pub(super) async fn save_state(db: &Transaction, mapping: &str, side: Side, state: &SideState) -> Result<()> {
    let row = sync_cursor::Model {
        mapping_id: mapping.to_owned(),
        side: side.word().to_owned(),
        cursor: state.cursor.clone(),
        high_water: state.high_water.map(cell::micros),
        full_scan_at: state.full_scan_at.map(cell::micros),
        reconciled_at: state.reconciled_at.map(cell::micros),
        config_hash: state.config_hash.clone(),
        account: state.account.clone(),
        account_at: state.account_at.map(cell::micros),
    };
    upsert::upsert::<sync_cursor::Entity>(db, vec![row]).await
}

pub(super) async fn users<C: ConnectionTrait>(db: &C, mapping: &str) -> Result<Vec<UserLink>> {
    use sync_user::Column;
    let all = sync_user::Entity::find().filter(Column::MappingId.eq(mapping)).order_by_asc(Column::AId);
    let rows = all.all(db).await.map_err(Store::error)?;
    rows.into_iter()
        .map(|row| Ok(UserLink { ids: Pair::new(row.a_id, row.b_id), how: cell::from_word(&row.how)? }))
        .collect()
}

pub(super) async fn save_users(db: &Transaction, mapping: &str, users: &[UserLink]) -> Result<()> {
    use sync_user::Column;
    for users in users.chunks(IDS_PER_STATEMENT) {
        let either = Condition::any()
            .add(Column::AId.is_in(users.iter().map(|user| user.ids.a.as_str())))
            .add(Column::BId.is_in(users.iter().map(|user| user.ids.b.as_str())));
        let before = sync_user::Entity::delete_many().filter(Column::MappingId.eq(mapping)).filter(either);
        before.exec(db).await.map_err(Store::error)?;
    }
    let mut paired = Users::new();
    pair_up(&mut paired, users.iter().cloned());
    let rows = paired.values().map(|user| row(mapping, user)).collect::<Result<_>>()?;
    upsert::upsert::<sync_user::Entity>(db, rows).await
}

fn row(mapping: &str, user: &UserLink) -> Result<sync_user::Model> {
    let (a_id, b_id) = (user.ids.a.clone(), user.ids.b.clone());
    Ok(sync_user::Model { mapping_id: mapping.to_owned(), a_id, b_id, how: cell::word(user.how)? })
}
