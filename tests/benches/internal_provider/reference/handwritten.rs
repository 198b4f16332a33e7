//! Tasks by hand; compiled once for each database, because sqlx's types are the database's own.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use pm_core::{
    Hours, NewTask, PMTask, Priority, PriorityLevel, ProjectId, RawData, Status, StatusCategory, TaskId, UserId,
    Version, Visibility, Vocabulary,
};
use sqlx::pool::PoolConnection;
use sqlx::{AssertSqlSafe, Connection as _, Pool, QueryBuilder, Row as _};

use super::{ASSIGNEES, Connection, Database, LABELS, Row, begin, placeholders};
use crate::Result;
use crate::reference::{Place, Reference, TaskPage};

const SELECTED: &str = "t.id, t.project_id, t.title, t.status_category, t.status_name, t.priority_level, \
    t.priority_name, t.parent_task_id, t.sprint_id, t.author_id, t.estimated_seconds, t.actual_seconds, t.start_date, \
    t.due_date, t.task_type, t.visibility, t.url, t.created_at, t.updated_at, t.completed_at, t.version, \
    t.custom_fields, t.description, t.raw_data, \
    (SELECT p.key || '-' || t.number FROM pm_projects p WHERE p.id = t.project_id)";
const TAKE_NUMBER: &str = "UPDATE pm_projects SET next_task_number = next_task_number + ? WHERE id = ? \
    RETURNING key, next_task_number";
const INSERT_TASK: &str = "INSERT INTO pm_tasks (id, project_id, number, version, created_at, updated_at, title, \
    status_category, status_name, priority_level, priority_name, parent_task_id, sprint_id, author_id, \
    estimated_seconds, actual_seconds, start_date, due_date, task_type, visibility, url, completed_at, custom_fields, \
    description, raw_data, search_text) \
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
const BUMP_COUNTER: &str = "UPDATE pm_change_counter SET value = value + ? WHERE id = ? RETURNING value";

/// Holds the connections and the texts of the statements, made once.
#[derive(Debug)]
pub(crate) struct Handwritten {
    pool: Pool<Database>,
    /// Taken out of the pool for good.
    held: Option<PoolConnection<Database>>,
    texts: Texts,
}

#[derive(Debug)]
struct Texts {
    take_number: Arc<str>,
    insert_task: Arc<str>,
    bump_counter: Arc<str>,
    get: Arc<str>,
    first_page: Arc<str>,
    next_page: Arc<str>,
}

impl Texts {
    fn new() -> Self {
        let text = |sql: &str| Arc::from(placeholders(sql));
        let select = format!("SELECT {SELECTED}, {LABELS}, {ASSIGNEES}");
        let order = "ORDER BY t.created_at ASC, t.id ASC LIMIT ?";
        let page = format!("{select}, t.created_at, t.id FROM pm_tasks AS t WHERE t.project_id = ?");
        Self {
            take_number: text(TAKE_NUMBER),
            insert_task: text(INSERT_TASK),
            bump_counter: text(BUMP_COUNTER),
            get: text(&format!("{select} FROM pm_tasks AS t WHERE t.id = ?")),
            first_page: text(&format!("{page} {order}")),
            next_page: text(&format!("{page} AND (t.created_at, t.id) > (?, ?) {order}")),
        }
    }
}

impl Handwritten {
    pub(crate) fn new(pool: Pool<Database>) -> Self {
        Self { pool, held: None, texts: Texts::new() }
    }
}

impl Reference for Handwritten {
    async fn insert(&mut self, tasks: Vec<NewTask>, savepoints: bool) -> Result<Vec<PMTask>> {
        let mut transaction = begin(&self.pool).await?;
        let now = pm_core::value::micros(Utc::now());
        let mut written = Vec::with_capacity(tasks.len());
        for task in tasks {
            if savepoints {
                let mut savepoint = transaction.begin().await?;
                written.push(insert_task(&mut savepoint, &self.texts, task, now).await?);
                savepoint.commit().await?;
            } else {
                written.push(insert_task(&mut transaction, &self.texts, task, now).await?);
            }
        }
        tell_of(&mut transaction, &self.texts, &written, now).await?;
        transaction.commit().await?;
        Ok(written)
    }

    async fn hold(&mut self) -> Result<()> {
        self.held = Some(self.pool.acquire().await?);
        Ok(())
    }

    async fn get(&mut self, id: &TaskId) -> Result<PMTask> {
        let get = sqlx::query(AssertSqlSafe(Arc::clone(&self.texts.get))).bind(id.as_str());
        let row = match &mut self.held {
            Some(connection) => get.fetch_one(&mut **connection).await?,
            None => get.fetch_one(&self.pool).await?,
        };
        read(&row)
    }

    async fn page(&mut self, project: &ProjectId, after: Option<Place>, size: usize) -> Result<TaskPage> {
        let text = if after.is_some() { &self.texts.next_page } else { &self.texts.first_page };
        let mut page = sqlx::query(AssertSqlSafe(Arc::clone(text))).bind(project.as_str());
        if let Some((at, id)) = after {
            page = page.bind(at).bind(id);
        }
        // One row more than asked for tells whether there is a next page.
        let mut rows = page.bind(i64::try_from(size + 1)?).fetch_all(&self.pool).await?;
        let more = rows.len() > size;
        rows.truncate(size);
        let next = match rows.last() {
            Some(last) if more => Some((last.try_get(27)?, last.try_get(28)?)),
            _ => None,
        };
        Ok(TaskPage { tasks: rows.iter().map(read).collect::<Result<_>>()?, next })
    }
}

async fn insert_task(connection: &mut Connection, texts: &Texts, new: NewTask, now: DateTime<Utc>) -> Result<PMTask> {
    let take_number = sqlx::query(AssertSqlSafe(Arc::clone(&texts.take_number))).bind(1_i64);
    let row = take_number.bind(new.project_id.as_str()).fetch_one(&mut *connection).await?;
    let (key, next): (String, i64) = (row.try_get(0)?, row.try_get(1)?);
    check_users(connection, &new.assignees).await?;
    let task = compose(new, &key, next - 1, now);
    insert_row(connection, texts, &task, next - 1).await?;
    insert_members(connection, "pm_task_labels (task_id, label, position)", &task.id, &task.labels).await?;
    insert_members(connection, "pm_task_assignees (task_id, user_id, position)", &task.id, &task.assignees).await?;
    Ok(task)
}

async fn check_users(connection: &mut Connection, users: &[UserId]) -> Result<()> {
    let mut present = QueryBuilder::<Database>::new("SELECT id FROM pm_users WHERE id IN (");
    let mut ids = present.separated(", ");
    for user in users {
        ids.push_bind(user.as_str());
    }
    let rows = present.push(")").build().fetch_all(connection).await?;
    let present = rows.iter().map(|row| row.try_get(0)).collect::<Result<Vec<String>, _>>()?;
    match users.iter().find(|user| !present.iter().any(|id| id == user.as_str())) {
        Some(user) => Err(format!("there is no user `{user}`").into()),
        None => Ok(()),
    }
}

fn compose(new: NewTask, project_key: &str, number: i64, now: DateTime<Utc>) -> PMTask {
    let category = new.status.and_then(|status| status.category()).unwrap_or(StatusCategory::Todo);
    let id = uuid::Uuid::now_v7().hyphenated().to_string();
    let mut task = PMTask::new(id, new.project_id, new.title, category);
    task.key = Some(format!("{project_key}-{number}"));
    task.description = new.description;
    task.priority = new.priority.and_then(|priority| priority.category()).map(Priority::from);
    task.assignees = new.assignees;
    task.author_id = new.author_id;
    task.estimated_hours = new.estimated_hours;
    task.due_date = new.due_date;
    task.labels = new.labels;
    task.task_type = new.task_type;
    task.created_at = Some(now);
    task.updated_at = Some(now);
    task.completed_at = category.is_closed().then_some(now);
    task.version = Some(Version::new("1"));
    task
}

async fn insert_row(connection: &mut Connection, texts: &Texts, task: &PMTask, number: i64) -> Result<()> {
    let priority = task.priority.as_ref();
    sqlx::query(AssertSqlSafe(Arc::clone(&texts.insert_task)))
        .bind(task.id.as_str())
        .bind(task.project_id.as_str())
        .bind(number)
        .bind(1_i64)
        .bind(task.created_at.map(|time| time.timestamp_micros()))
        .bind(task.updated_at.map(|time| time.timestamp_micros()))
        .bind(task.title.as_str())
        .bind(task.status.category.word())
        .bind(task.status.name.as_str())
        .bind(priority.map(|priority| priority.level.word()))
        .bind(priority.map(|priority| priority.name.as_str()))
        .bind(task.parent_task_id.as_ref().map(TaskId::as_str))
        .bind(task.sprint_id.as_ref().map(pm_core::SprintId::as_str))
        .bind(task.author_id.as_ref().map(UserId::as_str))
        .bind(seconds(task.estimated_hours)?)
        .bind(seconds(task.actual_hours)?)
        .bind(task.start_date)
        .bind(task.due_date)
        .bind(task.task_type.as_deref())
        .bind(if task.visibility == Visibility::Restricted { "restricted" } else { "public" })
        .bind(task.url.as_deref())
        .bind(task.completed_at.map(|time| time.timestamp_micros()))
        .bind(None::<String>)
        .bind(task.description.as_deref())
        .bind(task.raw_data.as_str())
        .bind(search_text(&task.title, task.description.as_deref()))
        .execute(connection)
        .await?;
    Ok(())
}

async fn insert_members<T: AsRef<str>>(
    connection: &mut Connection,
    table: &str,
    task: &TaskId,
    members: &[T],
) -> Result<()> {
    if members.is_empty() {
        return Ok(());
    }
    let mut insert = QueryBuilder::<Database>::new(format!("INSERT INTO {table} "));
    insert.push_values((0_i64..).zip(members), |mut row, (position, member)| {
        row.push_bind(task.as_str()).push_bind(member.as_ref()).push_bind(position);
    });
    insert.build().execute(connection).await?;
    Ok(())
}

/// Ends a write as the provider does: the counter, then one row of the change feed for each task.
async fn tell_of(connection: &mut Connection, texts: &Texts, tasks: &[PMTask], now: DateTime<Utc>) -> Result<()> {
    let count = i64::try_from(tasks.len())?;
    let bump = sqlx::query(AssertSqlSafe(Arc::clone(&texts.bump_counter))).bind(count).bind(1_i64);
    let last: i64 = bump.fetch_one(&mut *connection).await?.try_get(0)?;
    let mut insert = QueryBuilder::<Database>::new(
        "INSERT INTO pm_changes (entity, item_id, seq, project_id, task_id, deleted, changed_at) ",
    );
    insert.push_values((last - count + 1..).zip(tasks), |mut row, (seq, task)| {
        row.push_bind("task")
            .push_bind(task.id.as_str())
            .push_bind(seq)
            .push_bind(task.project_id.as_str())
            .push_bind(None::<String>)
            .push_bind(false)
            .push_bind(now.timestamp_micros());
    });
    insert.push(
        " ON CONFLICT (entity, item_id) DO UPDATE SET seq = excluded.seq, project_id = excluded.project_id, \
         deleted = excluded.deleted, changed_at = excluded.changed_at",
    );
    insert.build().execute(connection).await?;
    Ok(())
}

fn read(row: &Row) -> Result<PMTask> {
    let status = Status::new(word::<StatusCategory>(row.try_get(3)?)?, row.try_get::<String, _>(4)?);
    let mut task =
        PMTask::new(row.try_get::<String, _>(0)?, row.try_get::<String, _>(1)?, row.try_get::<String, _>(2)?, status);
    if let (Some(level), Some(name)) = (row.try_get(5)?, row.try_get::<Option<String>, _>(6)?) {
        task.priority = Some(Priority::new(word::<PriorityLevel>(level)?, name));
    }
    task.parent_task_id = row.try_get::<Option<String>, _>(7)?.map(TaskId::from);
    task.sprint_id = row.try_get::<Option<String>, _>(8)?.map(pm_core::SprintId::from);
    task.author_id = row.try_get::<Option<String>, _>(9)?.map(UserId::from);
    task.estimated_hours = hours(row.try_get(10)?)?;
    task.actual_hours = hours(row.try_get(11)?)?;
    task.start_date = row.try_get::<Option<NaiveDate>, _>(12)?;
    task.due_date = row.try_get(13)?;
    task.task_type = row.try_get(14)?;
    task.visibility = match row.try_get(15)? {
        "restricted" => Visibility::Restricted,
        _ => Visibility::Public,
    };
    task.url = row.try_get(16)?;
    task.created_at = time(row.try_get(17)?);
    task.updated_at = time(row.try_get(18)?);
    task.completed_at = time(row.try_get(19)?);
    task.version = Some(Version::new(row.try_get::<i64, _>(20)?.to_string()));
    if let Some(json) = row.try_get(21)? {
        task.custom_fields = serde_json::from_str(json)?;
    }
    task.description = row.try_get(22)?;
    if let Some(json) = row.try_get::<Option<String>, _>(23)? {
        task.raw_data = RawData::from_json(json)?;
    }
    task.key = row.try_get(24)?;
    task.labels = members(row.try_get(25)?)?;
    task.assignees = members(row.try_get(26)?)?;
    Ok(task)
}

/// Reads `["1:paint", "0:wall"]`: each member with its place.
fn members<T: From<String>>(json: Option<&str>) -> Result<Vec<T>> {
    let Some(json) = json else { return Ok(Vec::new()) };
    let placed: Vec<String> = serde_json::from_str(json)?;
    let mut members = Vec::with_capacity(placed.len());
    for member in &placed {
        let (place, value) = member.split_once(':').ok_or("a member has no place")?;
        members.push((place.parse::<i64>()?, value));
    }
    members.sort_unstable_by_key(|(place, _)| *place);
    Ok(members.into_iter().map(|(_, value)| T::from(value.to_owned())).collect())
}

fn word<C: Vocabulary>(word: &str) -> Result<C> {
    let known = C::ALL.iter().copied().find(|category| category.word() == word);
    known.ok_or_else(|| format!("`{word}` is no {}", C::WHAT).into())
}

fn time(micros: Option<i64>) -> Option<DateTime<Utc>> {
    micros.and_then(DateTime::from_timestamp_micros)
}

fn seconds(hours: Option<Hours>) -> Result<Option<i64>> {
    Ok(hours.map(|hours| i64::try_from(hours.as_seconds())).transpose()?)
}

fn hours(seconds: Option<i64>) -> Result<Option<Hours>> {
    Ok(seconds.map(u64::try_from).transpose()?.map(Hours::from_seconds))
}

/// What the filter for text looks into, as the provider writes it.
fn search_text(title: &str, description: Option<&str>) -> String {
    let lower = |text: &str| text.to_lowercase().replace('ς', "σ");
    match description {
        Some(description) => format!("{}\u{1f}{}", lower(title), lower(description)),
        None => lower(title),
    }
}
