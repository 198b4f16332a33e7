//! Every request that this provider can send.
//!
//! Sources: <https://www.redmine.org/projects/redmine/wiki/Rest_api> and its sub-pages; for journals the routes of
//! Redmine 5.0.4, because the page on journals does not describe changing them.

pm_http::endpoints! {
    LIST_PROJECTS: get "projects.json";
    GET_PROJECT: get "projects/{id}.json";
    CREATE_PROJECT: create "projects.json";
    UPDATE_PROJECT: put "projects/{id}.json";
    CLOSE_PROJECT: put "projects/{id}/close.json";
    REOPEN_PROJECT: put "projects/{id}/reopen.json";
    DELETE_PROJECT: delete "projects/{id}.json";
    LIST_MEMBERSHIPS: get "projects/{project}/memberships.json";
    LIST_ISSUES: get "issues.json";
    GET_ISSUE: get "issues/{id}.json";
    CREATE_ISSUE: create "issues.json";
    UPDATE_ISSUE: put "issues/{id}.json";
    /// A PUT that adds notes adds them each time.
    ADD_NOTES: put "issues/{id}.json" once;
    DELETE_ISSUE: delete "issues/{id}.json";
    UPDATE_JOURNAL: put "journals/{id}.json";
    LIST_RELATIONS: get "issues/{issue}/relations.json";
    CREATE_RELATION: create "issues/{issue}/relations.json";
    DELETE_RELATION: delete "relations/{id}.json";
    /// The file itself; the name has to be the file's (`find_attachment` in `app/controllers/attachments_controller.rb`).
    DOWNLOAD_ATTACHMENT: get "attachments/download/{id}/{name}";
    LIST_VERSIONS: get "projects/{project}/versions.json";
    GET_VERSION: get "versions/{id}.json";
    CREATE_VERSION: create "projects/{project}/versions.json";
    UPDATE_VERSION: put "versions/{id}.json";
    DELETE_VERSION: delete "versions/{id}.json";
    LIST_USERS: get "users.json";
    GET_USER: get "users/{id}.json";
    CURRENT_USER: get "users/current.json";
    LIST_STATUSES: get "issue_statuses.json";
    LIST_TRACKERS: get "trackers.json";
    LIST_PRIORITIES: get "enumerations/issue_priorities.json";
    LIST_TIME_ENTRIES: get "time_entries.json";
    LIST_CUSTOM_FIELDS: get "custom_fields.json";
}
