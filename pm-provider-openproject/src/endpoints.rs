//! Every request that this provider can send.

pm_http::endpoints! {
    /// What the server is.
    ROOT: get "api/v3";
    /// Who we are.
    ME: get "api/v3/users/me";
    /// People, for administrators.
    LIST_USERS: get "api/v3/users";
    /// One person.
    GET_USER: get "api/v3/users/{id}";
    /// People, groups and placeholders whom we share projects with.
    LIST_PRINCIPALS: get "api/v3/principals";
    /// Whom work can be given to.
    LIST_ASSIGNEES: get "api/v3/projects/{id}/available_assignees";
    /// Projects, archived ones too.
    LIST_PROJECTS: get "api/v3/projects";
    /// One project.
    GET_PROJECT: get "api/v3/projects/{id}";
    /// A new project.
    CREATE_PROJECT: create "api/v3/projects";
    /// A change of a project; it has no lock.
    UPDATE_PROJECT: patch "api/v3/projects/{id}";
    /// The end of a project: archived at once, gone later.
    DELETE_PROJECT: delete "api/v3/projects/{id}";
    /// The types of a project.
    LIST_PROJECT_TYPES: get "api/v3/projects/{id}/types";
    /// All statuses of work packages.
    LIST_STATUSES: get "api/v3/statuses";
    /// All priorities of work packages.
    LIST_PRIORITIES: get "api/v3/priorities";
    /// All labels, on the newest servers.
    LIST_LABELS: get "api/v3/labels";
    /// The fields of a type in a project: `{project}-{type}`.
    GET_SCHEMA: get "api/v3/work_packages/schemas/{identifier}";
    /// The same with what the fields can be set to; creates nothing.
    CREATE_FORM: read "api/v3/projects/{id}/work_packages/form";
    /// Work packages of all projects.
    LIST_WORK_PACKAGES: get "api/v3/work_packages";
    /// One work package.
    GET_WORK_PACKAGE: get "api/v3/work_packages/{id}";
    /// A new work package.
    CREATE_WORK_PACKAGE: create "api/v3/work_packages";
    /// A change of a work package, which must say what it knew: `lockVersion`.
    UPDATE_WORK_PACKAGE: patch "api/v3/work_packages/{id}";
    /// The end of a work package and of all that is below it.
    DELETE_WORK_PACKAGE: delete "api/v3/work_packages/{id}";
    /// What a change would be checked against; changes nothing.
    WORK_PACKAGE_FORM: read "api/v3/work_packages/{id}/form";
    /// The journal of a work package, comments among it.
    LIST_ACTIVITIES: get "api/v3/work_packages/{id}/activities";
    /// A new comment.
    CREATE_ACTIVITY: create "api/v3/work_packages/{id}/activities";
    /// One entry of a journal.
    GET_ACTIVITY: get "api/v3/activities/{id}";
    /// A change of a comment.
    UPDATE_ACTIVITY: patch "api/v3/activities/{id}";
    /// The files of a work package.
    LIST_ATTACHMENTS: get "api/v3/work_packages/{id}/attachments";
    /// What is known of one file.
    GET_ATTACHMENT: get "api/v3/attachments/{id}";
    /// The file itself, or the way to the store that keeps it.
    DOWNLOAD_ATTACHMENT: get "api/v3/attachments/{id}/content";
    /// Relations.
    LIST_RELATIONS: get "api/v3/relations";
    /// One relation.
    GET_RELATION: get "api/v3/relations/{id}";
    /// A new relation.
    CREATE_RELATION: create "api/v3/work_packages/{id}/relations";
    /// The end of a relation.
    DELETE_RELATION: delete "api/v3/relations/{id}";
    /// Versions of all projects.
    LIST_VERSIONS: get "api/v3/versions";
    /// Versions that a project can use.
    LIST_PROJECT_VERSIONS: get "api/v3/projects/{id}/versions";
    /// One version.
    GET_VERSION: get "api/v3/versions/{id}";
    /// A new version.
    CREATE_VERSION: create "api/v3/versions";
    /// A change of a version; it has no lock.
    UPDATE_VERSION: patch "api/v3/versions/{id}";
    /// The end of a version.
    DELETE_VERSION: delete "api/v3/versions/{id}";
    /// Sprints of all projects, on the newest servers.
    LIST_SPRINTS: get "api/v3/sprints";
    /// Sprints of a project.
    LIST_PROJECT_SPRINTS: get "api/v3/projects/{id}/sprints";
    /// One sprint.
    GET_SPRINT: get "api/v3/sprints/{id}";
}
