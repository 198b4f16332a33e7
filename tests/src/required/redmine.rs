//! What must work on Redmine, from its REST pages (`www.redmine.org/projects/redmine/wiki/Rest_api`).

use pm_core::Ability::{Attachments, Batch, Changes, Comments, Relations, SyncSupport};
use pm_core::Field::{
    ActualHours, Assignees, AuthorId, AuthorName, Body, CompletedAt, CreatedAt, CustomFields, Description, DueDate,
    Email, EndDate, EstimatedHours, Goal, Id, Key, Login, Name, ParentTaskId, Priority, ProjectId, RawData, SprintId,
    StartDate, Status, TaskId, TaskType, Title, UpdatedAt, Url, Visibility,
};
use pm_core::Operation::{Create, Get, List};
use pm_core::{Entity, Filter, Operation};

use super::{Backend, Required};

pub(super) const BACKEND: Backend = Backend {
    provider: "redmine",
    entities: &[PROJECT, TASK, SPRINT, USER, COMMENT],
    abilities: &[Attachments, Batch, Changes, Comments, Relations, SyncSupport],
    lacks: LACKS,
};

/// Pages are those of `www.redmine.org/projects/redmine/wiki`, files those of redmine/redmine (5.0).
const LACKS: &[(&str, &str)] = &[
    ("ability `pull_requests`", "Rest_api: repositories are browsed, and changes are not proposed"),
    ("`priority` of a project", "Rest_Projects: a project has no such attribute"),
    ("`start_date` of a project", "Rest_Projects: a project has no such attribute"),
    ("`end_date` of a project", "Rest_Projects: a project has no such attribute"),
    ("`owner_id`", "Rest_Projects: people are members with roles"),
    ("a change of `key` of a project", "app/models/project.rb: `identifier_frozen?`"),
    ("lock ", "Rest_Issues: answers show no `lock_version`"),
    ("`labels`", "Rest_Issues: an issue has a category, and no labels"),
    ("a change of `labels`", "Rest_Issues: an issue has a category, and no labels"),
    ("filter task by `labels`", "Rest_Issues: an issue has a category, and no labels"),
    ("`start_date` of a sprint", "Rest_Versions: a version has a due date alone"),
    ("`capacity_hours` of a sprint", "Rest_Versions: a version has no such attribute"),
    ("`planned_hours` of a sprint", "Rest_Versions: only single versions show a sum of estimates"),
    ("`goal` of more than", "app/models/version.rb: a description has 255 characters"),
    (
        "`description` of a project as it is written",
        "app/models/issue.rb: line ends become CR LF, and browsers send such",
    ),
    ("`description` of a task as it is written", "app/models/issue.rb: line ends become CR LF"),
    ("`body` of a comment as it is written", "browsers send CR LF, and readers expect LF"),
    ("filter comment by `project`", "Rest_Issues: a history comes with its issue alone"),
];

const PROJECT: Required = Required {
    entity: Entity::Project,
    operations: &Operation::ALL,
    readable: &[Id, Key, Name, Description, Status, Visibility, Url, CreatedAt, UpdatedAt, RawData],
    on_create: &[Key, Name, Description, Visibility],
    on_update: &[Name, Description, Status, Visibility],
    filters: &[Filter::Key],
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
        TaskType,
        CustomFields,
        Visibility,
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
        TaskType,
        CustomFields,
        Visibility,
    ],
    filters: &[
        Filter::Project,
        Filter::Key,
        Filter::Sprint,
        Filter::NoSprint,
        Filter::Assignee,
        Filter::Unassigned,
        Filter::Parent,
        Filter::Status,
        Filter::UpdatedSince,
    ],
};

const SPRINT: Required = Required {
    entity: Entity::Sprint,
    operations: &Operation::ALL,
    readable: &[Id, Name, ProjectId, EndDate, Status, Goal, Url, CreatedAt, UpdatedAt, RawData],
    on_create: &[Name, ProjectId, EndDate, Status, Goal],
    on_update: &[Name, EndDate, Status, Goal],
    filters: &[Filter::Project],
};

const USER: Required = Required {
    entity: Entity::User,
    operations: &[List, Get],
    readable: &[Id, Name, Login, Email, RawData],
    on_create: &[],
    on_update: &[],
    filters: &[Filter::Project],
};

const COMMENT: Required = Required {
    entity: Entity::Comment,
    operations: &[List, Get, Create],
    readable: &[Id, TaskId, AuthorId, AuthorName, Body, CreatedAt, RawData],
    on_create: &[TaskId, Body],
    on_update: &[],
    filters: &[],
};
