//! What an export asks for: totals, and the comments and relations of whole projects.

use pm_provider::{
    CommentQuery, Comments, Cursor, NewComment, NewProject, NewRelation, NewTask, PMTask, PmProvider, ProjectId,
    ProjectQuery, Relation, RelationKind, RelationQuery, Relations, SprintQuery, StatusCategory, TaskQuery, UserQuery,
};
use pm_provider_internal::InternalProvider;
use pm_provider_internal::store;
use sea_orm::ConnectionTrait;

use crate::database::TestDatabase;

async fn project_with_tasks(provider: &InternalProvider, count: usize) -> (ProjectId, Vec<PMTask>) {
    let project = provider.create_project(NewProject::new("P")).await.unwrap().id;
    let mut tasks = Vec::new();
    for number in 0..count {
        let new = NewTask::new(&project, format!("number {number}")).labels([format!("label {}", number % 2)]);
        tasks.push(provider.create_task(new).await.unwrap());
    }
    (project, tasks)
}

async fn relations(provider: &InternalProvider, query: &RelationQuery) -> Vec<Relation> {
    let (mut all, mut cursor): (Vec<_>, Option<Cursor>) = (Vec::new(), None);
    loop {
        let page = provider.relations_page(query, cursor).await.unwrap();
        all.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            return all;
        }
    }
}

on_each_database! {
    async fn totals_are_counted_when_they_are_asked_for(database: TestDatabase) {
        let provider = database.provider().await;
        let (project, tasks) = project_with_tasks(&provider, 7).await;
        project_with_tasks(&provider, 2).await;
        provider.update_task(&tasks[0].id, pm_provider::TaskPatch::new().status(StatusCategory::Done)).await.unwrap();

        let all = TaskQuery::in_project(&project).page_size(3_u32);
        assert_eq!(provider.tasks_page(&all, None).await.unwrap().total, None);
        let asked = all.clone().with_total(true);
        let first = provider.tasks_page(&asked, None).await.unwrap();
        assert_eq!((first.items.len(), first.total), (3, Some(7)));
        let second = provider.tasks_page(&asked, first.next).await.unwrap();
        assert_eq!((second.items.len(), second.total), (3, Some(7)));
        assert_eq!(provider.tasks_page(&all, second.next).await.unwrap().total, None);

        for (query, total) in [
            (asked.clone().open(), 6),
            (asked.clone().labels(["label 1"]), 3),
            (asked.clone().text("NUMBER 4"), 1),
            (asked.clone().unassigned(), 7),
            (asked.clone().key("nothing"), 0),
            (TaskQuery::new().with_total(true), 9),
        ] {
            assert_eq!(provider.tasks_page(&query, None).await.unwrap().total, Some(total), "{query:?}");
        }
        let projects = provider.projects_page(&ProjectQuery::new().with_total(true), None).await.unwrap();
        let sprints = provider.sprints_page(&SprintQuery::new().with_total(true), None).await.unwrap();
        let users = provider.users_page(&UserQuery::new().with_total(true), None).await.unwrap();
        assert_eq!((projects.total, sprints.total, users.total), (Some(2), Some(0), Some(0)));
    }

    async fn relations_are_listed_once_in_the_project_that_they_come_from(database: TestDatabase) {
        let provider = database.provider().await;
        let (one, ones) = project_with_tasks(&provider, 3).await;
        let (other, others) = project_with_tasks(&provider, 1).await;
        let mut made = Vec::new();
        for (from, to) in [(&ones[0], &ones[1]), (&ones[1], &ones[2]), (&ones[0], &others[0]), (&others[0], &ones[2])] {
            let new = NewRelation::new(RelationKind::Blocks, &from.id, &to.id);
            made.push(provider.create_relation(new).await.unwrap());
        }
        for size in [1_u32, 2, 3, 500] {
            assert_eq!(relations(&provider, &RelationQuery::in_project(&one).page_size(size)).await, made[..3]);
            assert_eq!(relations(&provider, &RelationQuery::in_project(&other).page_size(size)).await, made[3..]);
        }
        assert_eq!(relations(&provider, &RelationQuery::of_task(&others[0].id)).await, made[2..]);
    }

    /// What was written before there was a column for it.
    async fn older_comments_and_relations_belong_to_their_project(database: TestDatabase) {
        let provider = database.provider().await;
        let (project, tasks) = project_with_tasks(&provider, 2).await;
        let comment = provider.create_comment(NewComment::new(&tasks[0].id, "hello")).await.unwrap();
        let new = NewRelation::new(RelationKind::Blocks, &tasks[0].id, &tasks[1].id);
        let relation = provider.create_relation(new).await.unwrap();
        let connection = provider.store().connection();
        store::rollback(connection, crate::database::steps_down_to("list_by_project")).await.unwrap();
        connection.execute_unprepared("SELECT project_id FROM pm_comments").await.unwrap_err();
        store::migrate(connection).await.unwrap();
        let comments = provider.comments_page(&CommentQuery::in_project(&project), None).await.unwrap();
        assert_eq!(comments.items, [comment]);
        assert_eq!(relations(&provider, &RelationQuery::in_project(&project)).await, [relation]);
    }
}
