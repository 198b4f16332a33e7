//! What must work on GitHub, from its REST and GraphQL references (`docs.github.com/en/rest`, `docs.github.com/en/graphql`).

use pm_core::Ability::{Batch, Changes, Comments, PullRequests, Relations, SyncSupport, WebhookAdmin, Webhooks};
use pm_core::Field::{
    Active, Assignees, AuthorId, AuthorName, AvatarUrl, Body, CompletedAt, CreatedAt, Description, Email, EndDate,
    Goal, Id, Key, Labels, Login, Name, OwnerId, ParentTaskId, Priority, ProjectId, RawData, SprintId, Status, TaskId,
    TaskType, Title, UpdatedAt, Url, Visibility,
};
use pm_core::Operation::{Get, List};
use pm_core::{Entity, Filter, Operation};

use super::{Backend, Required};

pub(super) const BACKEND: Backend = Backend {
    provider: "github",
    entities: &[PROJECT, TASK, SPRINT, USER, COMMENT],
    abilities: &[Batch, Changes, Comments, PullRequests, Relations, SyncSupport, Webhooks, WebhookAdmin],
    lacks: LACKS,
};

/// Pages are those of `docs.github.com/en/rest`.
const LACKS: &[(&str, &str)] = &[
    ("ability `attachments`", "issues: files are links in the text, and there is no request that lists them"),
    ("`priority` of a project", "repos: a repository has no such property"),
    ("`start_date` of a project", "repos: a repository has no such property"),
    ("`end_date` of a project", "repos: a repository has no such property"),
    ("`key` on creating a project", "repos: `full_name` follows from the owner and the name"),
    ("`status` on creating a project", "repos: a new one is in use, `archived` is a change"),
    ("`owner_id` on creating", "repos: the owner is in the address"),
    ("a change of `owner_id`", "repos: a transfer is a request of its own, which the new owner accepts"),
    ("lock project", "repos: a change takes no precondition"),
    ("lock task", "issues: a change takes no precondition"),
    ("lock sprint", "milestones: a change takes no precondition"),
    ("lock comment", "comments: a change takes no precondition"),
    ("labels with commas", "issues: the filter `labels` is a list with commas"),
    ("`description` of more than", "issues: body is too long (maximum is 65536 characters)"),
    ("`body` of more than", "comments: body is too long (maximum is 65536 characters)"),
    ("`visibility` of a task", "issues: whoever sees the repository sees them all"),
    ("`visibility` on creating a task", "issues: whoever sees the repository sees them all"),
    ("`visibility` of a comment", "comments: whoever sees the issue sees them all"),
    ("`visibility` on creating a comment", "comments: whoever sees the issue sees them all"),
    ("`estimated_hours`", "issues: there is no such property; Projects v2 have fields for it"),
    ("a change of `estimated_hours`", "issues: there is no such property; Projects v2 have fields for it"),
    ("`actual_hours`", "issues: there is no such property"),
    ("a change of `actual_hours`", "issues: there is no such property"),
    ("`start_date` of a task", "issues: a field of an organisation alone"),
    ("`start_date` on creating a task", "issues: a field of an organisation alone"),
    ("a change of `start_date`", "issues: a field of an organisation alone"),
    ("`due_date`", "issues: a field of an organisation alone"),
    ("a change of `due_date`", "issues: a field of an organisation alone"),
    ("custom fields", "issue-field-values: fields of an organisation alone, which are read"),
    ("tasks by UpdatedAt", "issues: pages of such an order lose what is changed meanwhile"),
    ("`key` of a sprint", "milestones: they have numbers and titles"),
    ("`start_date` of a sprint", "milestones: `due_on` is the only date"),
    ("`start_date` on creating a sprint", "milestones: `due_on` is the only date"),
    ("`capacity_hours` of a sprint", "milestones: there is no such property"),
    ("`planned_hours` of a sprint", "milestones: there is no such property"),
    ("filter user by `email`", "users: an address is shown only where a profile makes it public"),
    ("2 users", "collaborators: people are invited, and accept; nobody makes them"),
    ("3 users", "collaborators: people are invited, and accept; nobody makes them"),
    ("`task_type`", "orgs/issue-types: types are those of an organisation"),
    ("`custom_fields`", "issue-field-values: fields of an organisation alone, which are read"),
    ("delete task with contents", "sub-issues: the sub-issues of a deleted one stay"),
    ("filter relation by `project`", "issue-dependencies: they are listed per issue"),
];

const PROJECT: Required = Required {
    entity: Entity::Project,
    operations: &Operation::ALL,
    readable: &[Id, Key, Name, Description, Status, OwnerId, Visibility, Url, CreatedAt, UpdatedAt, RawData],
    on_create: &[Name, Description, Visibility],
    on_update: &[Name, Description, Status, Visibility],
    filters: &[Filter::Key, Filter::Status, Filter::Text, Filter::UpdatedSince],
};

const TASK: Required = Required {
    entity: Entity::Task,
    operations: &Operation::ALL,
    readable: &[
        Id,
        Key,
        Title,
        Description,
        Status,
        Priority,
        ProjectId,
        ParentTaskId,
        SprintId,
        Assignees,
        AuthorId,
        Labels,
        TaskType,
        Url,
        CreatedAt,
        UpdatedAt,
        CompletedAt,
        RawData,
    ],
    on_create: &[Title, Description, Status, Priority, ProjectId, ParentTaskId, SprintId, Assignees, Labels, TaskType],
    on_update: &[Title, Description, Status, Priority, ParentTaskId, SprintId, Assignees, Labels, TaskType],
    filters: &[
        Filter::Project,
        Filter::Key,
        Filter::Sprint,
        Filter::NoSprint,
        Filter::Assignee,
        Filter::Unassigned,
        Filter::Parent,
        Filter::TopLevel,
        Filter::Status,
        Filter::Labels,
        Filter::Text,
        Filter::UpdatedSince,
    ],
};

const SPRINT: Required = Required {
    entity: Entity::Sprint,
    operations: &Operation::ALL,
    readable: &[Id, Name, ProjectId, EndDate, Status, Goal, Url, CreatedAt, UpdatedAt, RawData],
    on_create: &[Name, ProjectId, EndDate, Status, Goal],
    on_update: &[Name, EndDate, Status, Goal],
    filters: &[Filter::Project, Filter::Status, Filter::Text, Filter::UpdatedSince],
};

const USER: Required = Required {
    entity: Entity::User,
    operations: &[List, Get],
    readable: &[Id, Name, Login, Email, AvatarUrl, Active, RawData],
    on_create: &[],
    on_update: &[],
    filters: &[Filter::Project, Filter::Login, Filter::Text],
};

const COMMENT: Required = Required {
    entity: Entity::Comment,
    operations: &Operation::ALL,
    readable: &[Id, TaskId, AuthorId, AuthorName, Body, CreatedAt, UpdatedAt, RawData],
    on_create: &[TaskId, Body],
    on_update: &[Body],
    filters: &[Filter::Project],
};
