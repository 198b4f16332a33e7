//! What must work on Jira, Cloud and Data Center, from its API references (`developer.atlassian.com/cloud/jira/platform/rest/v3`
//! and `developer.atlassian.com/server/jira/platform/rest`).

use pm_core::Ability::{Attachments, Batch, Changes, Comments, Relations, SyncSupport, WebhookAdmin, Webhooks};
use pm_core::Field::{
    Active, ActualHours, Assignees, AuthorId, AuthorName, AvatarUrl, Body, CompletedAt, CreatedAt, CustomFields,
    Description, DueDate, Email, EndDate, EstimatedHours, Goal, Id, Key, Labels, Name, OwnerId, ParentTaskId, Priority,
    ProjectId, RawData, SprintId, StartDate, Status, TaskId, TaskType, Title, UpdatedAt, Url, Visibility,
};
use pm_core::Operation::{Get, List};
use pm_core::{Entity, Filter, Operation};

use super::{Backend, Required};

pub(super) const BACKEND: Backend = Backend {
    provider: "jira",
    entities: &[PROJECT, TASK, SPRINT, USER, COMMENT],
    abilities: &[Attachments, Batch, Changes, Comments, Relations, SyncSupport, Webhooks, WebhookAdmin],
    lacks: LACKS,
};

/// Pages are the groups of `developer.atlassian.com/cloud/jira/platform/rest/v3` (`api-group-…`), and those of
/// `developer.atlassian.com/cloud/jira/software/rest` for sprints.
const LACKS: &[(&str, &str)] = &[
    ("ability `pull_requests`", "software/devinfo: what other products told of them is shown, and they are theirs"),
    ("`priority` of a project", "projects: the bean `Project` has no such property"),
    ("`start_date` of a project", "projects: the bean `Project` has no such property"),
    ("`end_date` of a project", "projects: the bean `Project` has no such property"),
    ("`visibility` of a project", "projects: who sees one is a matter of its permission scheme"),
    ("`created_at` of a project", "projects: the bean `Project` has no times"),
    ("`updated_at` of a project", "projects: the bean `Project` has no times"),
    ("filter project by `updated_since`", "projects: the bean `Project` has no times"),
    ("`status` on creating a project", "projects: a new one is live, `archive` is a request of its own"),
    ("lock project", "projects: there is no number that an edit could be held against"),
    ("lock task", "issues: there is no number that an edit could be held against"),
    ("lock sprint", "sprint: there is no number that an edit could be held against"),
    ("lock comment", "issue-comments: there is no number that an edit could be held against"),
    ("labels with blanks", "issues: 400 for a label with a blank in it"),
    ("`description` of more than 32767 characters", "issues: the limit of texts (`jira.text.field.character.limit`)"),
    ("`body` of more than 32767 characters", "issue-comments: the limit of texts (`jira.text.field.character.limit`)"),
    ("`visibility` of a task", "issues: a security level is one of many, chosen by its id"),
    ("`visibility` on creating a task", "issues: a security level is one of many, chosen by its id"),
    ("`actual_hours` of a task", "issue-worklogs: time spent is the sum of work logs"),
    ("`actual_hours` on creating a task", "issue-worklogs: time spent is the sum of work logs"),
    ("a change of `actual_hours`", "issue-worklogs: time spent is the sum of work logs"),
    ("`estimated_hours` to the second", "issues: `timetracking` takes whole minutes"),
    ("tasks by UpdatedAt", "issue-search: pages of such an order lose what is changed meanwhile"),
    ("`key` of a sprint", "sprint: sprints have numbers and names"),
    ("`capacity_hours` of a sprint", "sprint: there is no such property"),
    ("`planned_hours` of a sprint", "sprint: there is no such property"),
    ("`updated_at` of a sprint", "sprint: `createdDate` is its only time of this kind"),
    ("filter sprint by `updated_since`", "sprint: `createdDate` is its only time of this kind"),
    ("search by substring", "issue-search: `~` of JQL looks for words"),
    ("filter user by `login`", "users: people have account ids, and no names to log in with"),
    ("filter comment by `project`", "issue-comments: they are listed per issue"),
    ("filter relation by `project`", "issue-links: they are listed per issue"),
];

const PROJECT: Required = Required {
    entity: Entity::Project,
    operations: &Operation::ALL,
    readable: &[Id, Key, Name, Description, Status, OwnerId, Url, RawData],
    on_create: &[Key, Name, Description, OwnerId],
    on_update: &[Key, Name, Description, Status, OwnerId],
    filters: &[Filter::Key, Filter::Status, Filter::Text],
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
        EstimatedHours,
        ActualHours,
        StartDate,
        DueDate,
        Labels,
        TaskType,
        CustomFields,
        Visibility,
        Url,
        CreatedAt,
        UpdatedAt,
        CompletedAt,
        RawData,
    ],
    on_create: &[
        Title,
        Description,
        Status,
        Priority,
        ProjectId,
        ParentTaskId,
        SprintId,
        Assignees,
        EstimatedHours,
        StartDate,
        DueDate,
        Labels,
        TaskType,
        CustomFields,
    ],
    on_update: &[
        Title,
        Description,
        Status,
        Priority,
        ParentTaskId,
        SprintId,
        Assignees,
        EstimatedHours,
        StartDate,
        DueDate,
        Labels,
        TaskType,
        CustomFields,
    ],
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
    readable: &[Id, Name, ProjectId, StartDate, EndDate, Status, Goal, Url, RawData],
    on_create: &[Name, ProjectId, StartDate, EndDate, Status, Goal],
    on_update: &[Name, StartDate, EndDate, Status, Goal],
    filters: &[Filter::Project, Filter::Status],
};

const USER: Required = Required {
    entity: Entity::User,
    operations: &[List, Get],
    readable: &[Id, Name, Email, AvatarUrl, Active, RawData],
    on_create: &[],
    on_update: &[],
    filters: &[Filter::Project, Filter::Text],
};

const COMMENT: Required = Required {
    entity: Entity::Comment,
    operations: &Operation::ALL,
    readable: &[Id, TaskId, AuthorId, AuthorName, Body, Visibility, CreatedAt, UpdatedAt, RawData],
    on_create: &[TaskId, Body],
    on_update: &[Body],
    filters: &[],
};
