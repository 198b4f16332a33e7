//! Every request that this provider can send.
//!
//! `{version}` is `3` on Jira Cloud and `2` on Data Center, and is filled in by `Api::request`. What only one of them has
//! says so.

pm_http::endpoints! {
    /// What the server is; the same path on both, so that it can be asked before it is known which of them it is.
    SERVER_INFO: get "rest/api/2/serverInfo";
    /// Who we are.
    ME: get "rest/api/{version}/myself";

    /// People: all of them, inactive ones and apps too. Cloud only.
    LIST_USERS: get "rest/api/{version}/users/search";
    /// People whose names match. On Data Center the only list that there is.
    SEARCH_USERS: get "rest/api/{version}/user/search";
    /// People: all of them, by cursor. Data Center 11 and 10.3 only.
    LIST_USERS_ON_SERVER: get "rest/api/{version}/user/list";
    /// One person.
    GET_USER: get "rest/api/{version}/user";
    /// Whom work can be given to in a project.
    LIST_ASSIGNEES: get "rest/api/{version}/user/assignable/search";

    /// Projects, page by page. Cloud only.
    SEARCH_PROJECTS: get "rest/api/{version}/project/search";
    /// All projects at once. Data Center only.
    LIST_PROJECTS: get "rest/api/{version}/project";
    /// One project.
    GET_PROJECT: get "rest/api/{version}/project/{id}";
    /// A new project; the answer has only its id and key.
    CREATE_PROJECT: create "rest/api/{version}/project";
    /// A change of a project: only what is sent.
    UPDATE_PROJECT: put "rest/api/{version}/project/{id}";
    /// The end of a project: into the recycle bin on Cloud, for good on Data Center.
    DELETE_PROJECT: delete "rest/api/{version}/project/{id}";
    /// Puts a project away. Cloud only.
    ARCHIVE_PROJECT: create "rest/api/{version}/project/{id}/archive";
    /// Takes a project out of the archive, or out of the recycle bin. Cloud only.
    RESTORE_PROJECT: create "rest/api/{version}/project/{id}/restore";
    /// Puts a project away. Data Center only.
    ARCHIVE_PROJECT_ON_SERVER: put "rest/api/{version}/project/{id}/archive";
    /// Takes a project out of the archive. Data Center only.
    RESTORE_PROJECT_ON_SERVER: put "rest/api/{version}/project/{id}/restore";
    /// The statuses of a project, by issue type.
    LIST_PROJECT_STATUSES: get "rest/api/{version}/project/{id}/statuses";

    /// All fields of issues, custom ones too.
    LIST_FIELDS: get "rest/api/{version}/field";
    /// All statuses of issues.
    LIST_STATUSES: get "rest/api/{version}/status";
    /// All priorities of issues.
    LIST_PRIORITIES: get "rest/api/{version}/priority";
    /// The issue types that one can create in a project.
    LIST_CREATE_TYPES: get "rest/api/{version}/issue/createmeta/{project}/issuetypes";
    /// The fields of the create screen of a type.
    LIST_CREATE_FIELDS: get "rest/api/{version}/issue/createmeta/{project}/issuetypes/{type}";
    /// The workflow of a project and type with all of its transitions, for administrators. Cloud only.
    READ_WORKFLOWS: read "rest/api/{version}/workflows";

    /// Issues that a query finds, by token. Cloud only; the old `search` is gone there.
    SEARCH_ISSUES: read "rest/api/{version}/search/jql";
    /// Issues that a query finds, by offset. Data Center only.
    SEARCH_ISSUES_ON_SERVER: read "rest/api/{version}/search";
    /// Many issues by their ids. Cloud only.
    FETCH_ISSUES: read "rest/api/{version}/issue/bulkfetch";
    /// One issue; an old key leads to an issue that was moved.
    GET_ISSUE: get "rest/api/{version}/issue/{id}";
    /// A new issue; the answer has only its id and key.
    CREATE_ISSUE: create "rest/api/{version}/issue";
    /// Up to 50 new issues.
    CREATE_ISSUES: create "rest/api/{version}/issue/bulk";
    /// A change of an issue: only what is sent, never its status.
    UPDATE_ISSUE: put "rest/api/{version}/issue/{id}";
    /// The end of an issue, for good.
    DELETE_ISSUE: delete "rest/api/{version}/issue/{id}";
    /// The fields of the edit screen of an issue.
    GET_EDIT_FIELDS: get "rest/api/{version}/issue/{id}/editmeta";
    /// Where the status of an issue can go from here.
    LIST_TRANSITIONS: get "rest/api/{version}/issue/{id}/transitions";
    /// A change of the status; a second one would be another step.
    TRANSITION_ISSUE: create "rest/api/{version}/issue/{id}/transitions";
    /// A property of an issue.
    GET_ISSUE_PROPERTY: get "rest/api/{version}/issue/{id}/properties/{key}";
    /// A new value of a property of an issue; it is the whole body.
    SET_ISSUE_PROPERTY: put "rest/api/{version}/issue/{id}/properties/{key}";

    /// Comments on an issue.
    LIST_COMMENTS: get "rest/api/{version}/issue/{id}/comment";
    /// One comment.
    GET_COMMENT: get "rest/api/{version}/issue/{issue}/comment/{id}";
    /// A new comment.
    CREATE_COMMENT: create "rest/api/{version}/issue/{id}/comment";
    /// A change of a comment.
    UPDATE_COMMENT: put "rest/api/{version}/issue/{issue}/comment/{id}";
    /// The end of a comment.
    DELETE_COMMENT: delete "rest/api/{version}/issue/{issue}/comment/{id}";

    /// A file, from the store that it redirects to. Cloud only.
    DOWNLOAD_ATTACHMENT: get "rest/api/{version}/attachment/content/{id}";
    /// A file; the name is for people. Data Center only, outside of its API.
    DOWNLOAD_ATTACHMENT_ON_SERVER: get "secure/attachment/{id}/{name}";

    /// The kinds of links.
    LIST_LINK_TYPES: get "rest/api/{version}/issueLinkType";
    /// A new link; the answer is empty.
    CREATE_LINK: create "rest/api/{version}/issueLink";
    /// One link.
    GET_LINK: get "rest/api/{version}/issueLink/{id}";
    /// The end of a link.
    DELETE_LINK: delete "rest/api/{version}/issueLink/{id}";

    /// Boards.
    LIST_BOARDS: get "rest/agile/1.0/board";
    /// One board.
    GET_BOARD: get "rest/agile/1.0/board/{id}";
    /// The projects whose issues a board shows.
    LIST_BOARD_PROJECTS: get "rest/agile/1.0/board/{id}/project";
    /// Sprints that a board shows: its own and those that its issues were in.
    LIST_SPRINTS: get "rest/agile/1.0/board/{id}/sprint";
    /// One sprint.
    GET_SPRINT: get "rest/agile/1.0/sprint/{id}";
    /// A new sprint.
    CREATE_SPRINT: create "rest/agile/1.0/sprint";
    /// A change of a sprint: only what is sent. A state can only be reached once, so that it is not sent twice.
    UPDATE_SPRINT: create "rest/agile/1.0/sprint/{id}";
    /// The same with all of a sprint: what is not sent is emptied.
    REPLACE_SPRINT: put "rest/agile/1.0/sprint/{id}";
    /// The end of a sprint; its open issues go to the backlog.
    DELETE_SPRINT: delete "rest/agile/1.0/sprint/{id}";
    /// Moves up to 50 issues into a sprint.
    MOVE_TO_SPRINT: create "rest/agile/1.0/sprint/{id}/issue";
    /// Moves up to 50 issues out of their sprints.
    MOVE_TO_BACKLOG: create "rest/agile/1.0/backlog/issue";

    /// Webhooks, for administrators. Cloud, and Data Center before 10.
    LIST_WEBHOOKS: get "rest/webhooks/1.0/webhook";
    /// A new webhook. Cloud, and Data Center before 10.
    CREATE_WEBHOOK: create "rest/webhooks/1.0/webhook";
    /// The end of a webhook. Cloud, and Data Center before 10.
    DELETE_WEBHOOK: delete "rest/webhooks/1.0/webhook/{id}";
    /// Webhooks, for administrators. Data Center since 10.
    LIST_WEBHOOKS_ON_SERVER: get "rest/jira-webhook/1.0/webhooks";
    /// A new webhook. Data Center since 10.
    CREATE_WEBHOOK_ON_SERVER: create "rest/jira-webhook/1.0/webhooks";
    /// The end of a webhook. Data Center since 10.
    DELETE_WEBHOOK_ON_SERVER: delete "rest/jira-webhook/1.0/webhooks/{id}";
}
