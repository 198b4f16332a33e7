//! What must work on OpenProject, from its API reference (`docs/api/apiv3` of opf/openproject).

use pm_core::Ability::{Attachments, Batch, Changes, Comments, Relations, SyncSupport, Webhooks};
use pm_core::Field::{
    Active, ActualHours, Assignees, AuthorId, AuthorName, AvatarUrl, Body, CreatedAt, CustomFields, Description,
    DueDate, Email, EndDate, EstimatedHours, Goal, Id, Key, Labels, Name, ParentTaskId, Priority, ProjectId, RawData,
    SprintId, StartDate, Status, TaskId, TaskType, Title, UpdatedAt, Url, Version, Visibility,
};
use pm_core::Operation::{Create, Get, List, Update};
use pm_core::{Entity, Filter, Operation};

use super::{Backend, Required};

pub(super) const BACKEND: Backend = Backend {
    provider: "openproject",
    entities: &[PROJECT, TASK, SPRINT, USER, COMMENT],
    abilities: &[Attachments, Batch, Changes, Comments, Relations, SyncSupport, Webhooks],
    lacks: LACKS,
};

/// Pages are those of `www.openproject.org/docs/api/endpoints`, and schemas of `docs/api/apiv3` in opf/openproject.
const LACKS: &[(&str, &str)] = &[
    ("ability `pull_requests`", "work-packages: what GitHub or GitLab told of them is shown, and they are theirs"),
    ("`priority` of a project", "projects: `project_model` has no such property"),
    ("`start_date` of a project", "projects: `project_model` has no such property"),
    ("`end_date` of a project", "projects: `project_model` has no such property"),
    ("`owner_id` of a project", "projects: people are members with roles"),
    ("`owner_id` on creating a project", "projects: people are members with roles"),
    ("`visibility` of a task", "work-packages: `work_package_model` has no such property"),
    ("`completed_at` of a task", "work-packages: `work_package_model` has no such property"),
    (
        "`custom_fields` of a task",
        "work-packages: only where an administrator defined some; see the provider's own tests",
    ),
    ("`estimated_hours` to the second", "work-packages: `estimatedTime` is kept in minutes"),
    ("`labels`", "work-packages: older servers have no labels; see the suite on the newest server"),
    ("labels of any name", "work-packages: labels are made by people, and linked"),
    ("`capacity_hours` of a sprint", "versions: `version_read_model` has no such property"),
    ("`planned_hours` of a sprint", "versions: `version_read_model` has no such property"),
    ("create sprint", "sprints: `index` and `show` alone, where the server has sprints"),
    ("update sprint", "sprints: `index` and `show` alone, where the server has sprints"),
    ("delete sprint", "sprints: `index` and `show` alone, where the server has sprints"),
    ("search by substring", "work-packages: `search` looks for words"),
    ("delete comment", "activities: there is no DELETE"),
    ("filter comment by `project`", "activities: they are listed per work package"),
    ("filter relation by `project`", "relations: filters are `from`, `to`, `involved`, `type`"),
];

const PROJECT: Required = Required {
    entity: Entity::Project,
    operations: &Operation::ALL,
    readable: &[Id, Key, Name, Description, Status, Visibility, Url, CreatedAt, UpdatedAt, RawData],
    on_create: &[Key, Name, Description, Status, Visibility],
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
        Labels,
        TaskType,
        CustomFields,
        Url,
        CreatedAt,
        UpdatedAt,
        Version,
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
        Filter::Status,
        Filter::UpdatedSince,
    ],
};

const SPRINT: Required = Required {
    entity: Entity::Sprint,
    operations: &Operation::ALL,
    readable: &[Id, Name, ProjectId, StartDate, EndDate, Status, Goal, Url, CreatedAt, UpdatedAt, RawData],
    on_create: &[Name, ProjectId, StartDate, EndDate, Status, Goal],
    on_update: &[Name, StartDate, EndDate, Status, Goal],
    filters: &[Filter::Project],
};

const USER: Required = Required {
    entity: Entity::User,
    operations: &[List, Get],
    readable: &[Id, Name, Email, AvatarUrl, Active, RawData],
    on_create: &[],
    on_update: &[],
    filters: &[Filter::Project],
};

const COMMENT: Required = Required {
    entity: Entity::Comment,
    operations: &[List, Get, Create, Update],
    readable: &[Id, TaskId, AuthorId, AuthorName, Body, CreatedAt, UpdatedAt, RawData],
    on_create: &[TaskId, Body],
    on_update: &[Body],
    filters: &[],
};
