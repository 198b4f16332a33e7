//! Listings walk an index from their place on, whatever the depth: proved by the plans that SQLite makes.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pm_provider::query::{Sort, SortField};
use pm_provider::{ChangeQuery, CommentQuery, Cursor, ProjectQuery, RelationQuery, SprintQuery, TaskQuery, UserQuery};
use sea_orm::sea_query::{SelectStatement, SqliteQueryBuilder};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde::Serialize;

use crate::ability::changes;
use crate::keyset::Keyset;
use crate::store::{Store, StoreOptions};
use crate::{comment, project, relation, sprint, task, user};

async fn plan(select: &SelectStatement) -> String {
    let store = Store::open("sqlite::memory:", &StoreOptions::default()).await.unwrap();
    let sql = format!("EXPLAIN QUERY PLAN {}", select.to_string(SqliteQueryBuilder));
    let rows = store.connection().query_all_raw(Statement::from_string(DbBackend::Sqlite, sql)).await.unwrap();
    rows.iter().map(|row| row.try_get::<String>("", "detail").unwrap()).collect::<Vec<_>>().join("\n")
}

/// The plan of a page in the middle of a listing.
async fn plan_of<Q: Serialize>(listing: &'static str, query: &Q, sort: Sort, mut select: SelectStatement) -> String {
    let cursor = Cursor::seal(crate::NAME, listing, query, "1_x");
    Keyset::new(listing, query, sort, None, Some(&cursor)).unwrap().narrow(&mut select);
    plan(&select).await
}

fn walks(plan: &str, index: &str) {
    assert!(plan.contains(&format!("INDEX {index} (")), "{plan}");
    assert!(!plan.contains("TEMP B-TREE"), "{plan}");
    assert!(!plan.lines().any(|line| line.starts_with("SCAN")), "{plan}");
}

const SORTS: [(SortField, &str); 2] = [(SortField::CreatedAt, "created_at"), (SortField::UpdatedAt, "updated_at")];

#[tokio::test]
async fn whole_tables_are_walked_in_order() {
    for (field, column) in SORTS {
        for sort in [Sort::ascending(field), Sort::descending(field)] {
            let query = TaskQuery::new().sort(sort);
            let statement = task::query::statement(DbBackend::Sqlite, &query);
            walks(&plan_of("tasks", &query, sort, statement).await, &format!("ix_pm_tasks_{column}_id"));
            let query = SprintQuery::new().sort(sort);
            let statement = sprint::query::statement(DbBackend::Sqlite, &query);
            walks(&plan_of("sprints", &query, sort, statement).await, &format!("ix_pm_sprints_{column}_id"));
            let query = ProjectQuery::new().sort(sort);
            let statement = project::query::statement(DbBackend::Sqlite, &query);
            walks(&plan_of("projects", &query, sort, statement).await, &format!("ix_pm_projects_{column}_id"));
            let query = UserQuery::new().sort(sort);
            let statement = user::query::statement(DbBackend::Sqlite, &query);
            walks(&plan_of("users", &query, sort, statement).await, &format!("ix_pm_users_{column}_id"));
        }
    }
}

#[tokio::test]
async fn projects_are_walked_in_order() {
    for (field, column) in SORTS {
        let sort = Sort::ascending(field);
        let query = TaskQuery::in_project("p").sort(sort);
        let statement = task::query::statement(DbBackend::Sqlite, &query);
        walks(&plan_of("tasks", &query, sort, statement).await, &format!("ix_pm_tasks_project_id_{column}_id"));
        let query = SprintQuery::in_project("p").sort(sort);
        let statement = sprint::query::statement(DbBackend::Sqlite, &query);
        walks(&plan_of("sprints", &query, sort, statement).await, &format!("ix_pm_sprints_project_id_{column}_id"));
    }
}

#[tokio::test]
async fn comments_are_walked_in_order() {
    let query = CommentQuery::of_task("t");
    let plan = plan_of("comments", &query, query.sort, comment::query::statement(&query)).await;
    walks(&plan, "ix_pm_comments_task_id_created_at_id");
    let query = CommentQuery::in_project("p");
    let plan = plan_of("comments", &query, query.sort, comment::query::statement(&query)).await;
    walks(&plan, "ix_pm_comments_project_id_created_at_id");
}

#[tokio::test]
async fn relations_of_a_project_are_walked_in_order() {
    let query = RelationQuery::in_project("p");
    let plan = plan_of("relations", &query, Sort::default(), relation::statement(&query)).await;
    walks(&plan, "ix_pm_relations_project_id_created_at_id");
}

#[tokio::test]
async fn keys_are_looked_up() {
    let query = TaskQuery::new().key("WR-12");
    let tasks = plan(&task::query::statement(DbBackend::Sqlite, &query)).await;
    assert!(tasks.contains("ix_pm_tasks_project_id_number") && tasks.contains("ix_pm_projects_lower_key"), "{tasks}");
    let query = ProjectQuery::new().key("wr");
    let projects = plan(&project::query::statement(DbBackend::Sqlite, &query)).await;
    assert!(projects.contains("ix_pm_projects_lower_key"), "{projects}");
}

#[tokio::test]
async fn the_feed_is_walked_from_the_cursor_on() {
    walks(&plan(&changes::select(&ChangeQuery::new(), 7, 100)).await, "ix_pm_changes_seq");
    let in_project = plan(&changes::select(&ChangeQuery::in_project("p"), 7, 100)).await;
    walks(&in_project, "ix_pm_changes_project_id_seq");
    let of_kind = plan(&changes::select(&ChangeQuery::new().entities([pm_provider::Entity::Comment]), 7, 100)).await;
    walks(&of_kind, "ix_pm_changes_entity_seq");
}
