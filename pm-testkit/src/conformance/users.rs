//! Users: found by login, e-mail and text; written where the backend is its own directory.

use pm_provider::{
    Entity, ErrorKind, Field, Filter, NewTask, NewUser, Operation, PMUser, UserId, UserPatch, UserQuery,
};
use serde_json::json;

use super::Subject;
use super::capable::{must, unsupported};
use super::expect::{done, ensure, refused, same};
use super::items::token;
use super::verdict::Outcome;

/// A user with everything, where users can be created; else any user.
async fn somebody(subject: &Subject) -> Outcome<PMUser> {
    let Ok(admin) = subject.user_admin() else {
        let id = subject.person().await?;
        return Ok(subject.provider.get_user(&id).await?);
    };
    let token = token();
    let new = NewUser::new(format!("Zoë Ångström {token}"))
        .login(format!("Zoe.{token}"))
        .email(format!("Zoe.{token}@example.org"))
        .avatar_url("https://example.org/zoe.png");
    let user = done("creating a user", admin.create_user(new).await)?;
    subject.note_user(&user.id);
    Ok(user)
}

/// Two users with nothing in common, or any two where none can be created.
async fn two_people(subject: &Subject) -> Outcome<(PMUser, PMUser)> {
    if subject.user_admin().is_ok() {
        return Ok((somebody(subject).await?, somebody(subject).await?));
    }
    let people = subject.people(2).await?;
    Ok((subject.provider.get_user(&people[0]).await?, subject.provider.get_user(&people[1]).await?))
}

/// Users are listed as they are got, but for what the backend says is lossy.
pub(super) async fn listed_as_they_are_got(subject: &Subject) -> Outcome {
    let user = somebody(subject).await?;
    subject.settled().await;
    let listed = subject.list_users(&UserQuery::new()).await?;
    let found = listed.iter().filter(|listed| listed.id == user.id);
    let found: Vec<_> = found.map(|found| exact(subject, found)).collect();
    same("the user in the listing", &vec![exact(subject, &user)], &found)?;
    same("the user", &user, &subject.provider.get_user(&user.id).await?)
}

/// A user without what the backend says is lossy: lists may show less of people.
fn exact(subject: &Subject, user: &PMUser) -> PMUser {
    let is_lossy = |field| subject.can(Entity::User).field(field).lossy.is_some();
    let mut exact = user.clone();
    if is_lossy(Field::Name) {
        exact.name.clear();
    }
    if is_lossy(Field::Email) {
        exact.email = None;
    }
    exact
}

/// `login` and `email` find one user in any case; `text` finds parts of name and login.
pub(super) async fn found(subject: &Subject, filter: Filter) -> Outcome {
    subject.requires_filter(Entity::User, filter).await?;
    let (user, other) = two_people(subject).await?;
    subject.settled().await;
    let text = match filter {
        Filter::Login => user.login.clone(),
        Filter::Email => user.email.clone(),
        _ => Some(user.name.clone()),
    };
    let text = must(&format!("a user with a `{filter}`"), text)?;
    let mut tries = vec![text.clone(), text.to_uppercase(), text.to_lowercase()];
    if filter == Filter::Text {
        if subject.provider.capabilities().text_search != pm_provider::capability::TextSearch::Substring {
            return unsupported("search by substring");
        }
        tries.extend(user.login.as_ref().map(|login| login[1..].to_lowercase()));
    }
    for text in tries {
        let query = match filter {
            Filter::Login => UserQuery::new().login(text),
            Filter::Email => UserQuery::new().email(text),
            _ => UserQuery::new().text(text),
        };
        let found = subject.list_users(&query).await?;
        ensure(found.iter().any(|found| found.id == user.id), format!("the user for {query:?}"), &found)?;
        ensure(found.iter().all(|found| found.id != other.id), format!("nobody else for {query:?}"), &found)?;
    }
    Ok(())
}

/// Inactive users are listed too.
pub(super) async fn inactive_are_listed(subject: &Subject) -> Outcome {
    let admin = subject.user_admin()?;
    let user = somebody(subject).await?;
    let changed = admin.update_user(&user.id, UserPatch::new().active(false)).await?;
    ensure(!changed.active, "an inactive user", &changed)?;
    subject.settled().await;
    let listed = subject.list_users(&UserQuery::new()).await?;
    ensure(listed.iter().any(|listed| listed.id == user.id), "an inactive user in the listing", listed.len())
}

/// A login is taken once, whatever its case.
pub(super) async fn logins_are_unique(subject: &Subject) -> Outcome {
    let admin = subject.user_admin()?;
    let (user, other) = (somebody(subject).await?, somebody(subject).await?);
    let login = must("a login", user.login)?;
    let answer = admin.create_user(NewUser::new("Second").login(login.clone())).await;
    refused("a login that is taken", ErrorKind::Conflict, answer)?;
    let answer = admin.update_user(&other.id, UserPatch::new().login(login)).await;
    refused("a change to a login that is taken", ErrorKind::Conflict, answer)?;
    same("the login", &other.login, &subject.provider.get_user(&other.id).await?.login)
}

/// A user to whom nothing refers is deleted; one who works on a task is not.
pub(super) async fn referenced_users_stay(subject: &Subject) -> Outcome {
    let admin = subject.user_admin()?;
    let (free, busy) = (somebody(subject).await?.id, somebody(subject).await?.id);
    done("deleting a user", admin.delete_user(&free).await)?;
    refused("getting a deleted user", ErrorKind::NotFound, subject.provider.get_user(&free).await)?;
    subject.requires_on_create(Entity::Task, Field::Assignees, json!(["nobody"])).await?;
    let project = subject.own_project().await?;
    let task = subject.create_task(NewTask::new(&project, "work").assignees([&busy])).await?;
    refused("deleting a user who works on a task", ErrorKind::Conflict, admin.delete_user(&busy).await)?;
    done("getting the user", subject.provider.get_user(&busy).await)?;
    let assignees: Vec<UserId> = subject.provider.get_task(&task.id).await?.assignees;
    same("the assignees", &vec![busy], &assignees)?;
    subject.requires(Entity::User, Operation::Get).await
}
