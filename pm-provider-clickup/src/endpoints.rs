//! Every request that this provider can send (<https://developer.clickup.com/reference>).

pm_http::endpoints! {
    /// Who we are, and in which time zone.
    ME: get "api/v2/user";
    /// The Workspaces of the token, with their members.
    LIST_TEAMS: get "api/v2/team";
    /// The types of tasks of a Workspace.
    LIST_TASK_TYPES: get "api/v2/team/{team}/custom_item";
    /// The Spaces of a Workspace; archived ones are asked for apart.
    LIST_SPACES: get "api/v2/team/{team}/space";
    /// One Space.
    GET_SPACE: get "api/v2/space/{id}";
    /// A new Space.
    CREATE_SPACE: create "api/v2/team/{team}/space";
    /// A change of a Space.
    UPDATE_SPACE: put "api/v2/space/{id}";
    /// The end of a Space and of all that is in it.
    DELETE_SPACE: delete "api/v2/space/{id}";
    /// The Folders of a Space with their Lists; archived ones are asked for apart.
    LIST_FOLDERS: get "api/v2/space/{id}/folder";
    /// One Folder with its Lists.
    GET_FOLDER: get "api/v2/folder/{id}";
    /// A new Folder.
    CREATE_FOLDER: create "api/v2/space/{id}/folder";
    /// A change of a Folder.
    UPDATE_FOLDER: put "api/v2/folder/{id}";
    /// The end of a Folder and of all that is in it.
    DELETE_FOLDER: delete "api/v2/folder/{id}";
    /// The Lists of a Space that are in no Folder.
    LIST_FOLDERLESS: get "api/v2/space/{id}/list";
    /// The Lists of a Folder.
    LIST_LISTS: get "api/v2/folder/{id}/list";
    /// One List, with its statuses.
    GET_LIST: get "api/v2/list/{id}";
    /// A new List in no Folder.
    CREATE_FOLDERLESS: create "api/v2/space/{id}/list";
    /// A new List in a Folder.
    CREATE_LIST: create "api/v2/folder/{id}/list";
    /// A change of a List.
    UPDATE_LIST: put "api/v2/list/{id}";
    /// The end of a List and of the tasks at home in it.
    DELETE_LIST: delete "api/v2/list/{id}";
    /// The custom fields of a List, those from above included.
    LIST_FIELDS: get "api/v2/list/{id}/field";
    /// Tasks of a List.
    LIST_TASKS: get "api/v2/list/{id}/task";
    /// Tasks of a Workspace.
    LIST_TEAM_TASKS: get "api/v2/team/{team}/task";
    /// One task.
    GET_TASK: get "api/v2/task/{id}";
    /// A new task.
    CREATE_TASK: create "api/v2/list/{id}/task";
    /// A change of a task.
    UPDATE_TASK: put "api/v2/task/{id}";
    /// The end of a task and of its subtasks.
    DELETE_TASK: delete "api/v2/task/{id}";
    /// Another home List.
    MOVE_TASK: put "api/v3/workspaces/{team}/tasks/{id}/home_list/{list}";
    /// One more List of a task.
    ADD_TO_LIST: add "api/v2/list/{list}/task/{id}";
    /// One List less.
    REMOVE_FROM_LIST: delete "api/v2/list/{list}/task/{id}";
    /// A tag on a task.
    ADD_TAG: add "api/v2/task/{id}/tag/{name}";
    /// A tag off a task.
    REMOVE_TAG: delete "api/v2/task/{id}/tag/{name}";
    /// The value of a custom field.
    SET_FIELD: add "api/v2/task/{id}/field/{field}";
    /// No value of a custom field.
    CLEAR_FIELD: delete "api/v2/task/{id}/field/{field}";
    /// A dependency between two tasks.
    ADD_DEPENDENCY: add "api/v2/task/{id}/dependency";
    /// The end of a dependency; which one is said in the query.
    DELETE_DEPENDENCY: delete "api/v2/task/{id}/dependency";
    /// A link between two tasks.
    ADD_LINK: add "api/v2/task/{id}/link/{other}";
    /// The end of a link.
    DELETE_LINK: delete "api/v2/task/{id}/link/{other}";
    /// Comments of a task, the latest first.
    LIST_COMMENTS: get "api/v2/task/{id}/comment";
    /// Answers to a comment.
    LIST_REPLIES: get "api/v2/comment/{id}/reply";
    /// A new comment.
    CREATE_COMMENT: create "api/v2/task/{id}/comment";
    /// A change of a comment.
    UPDATE_COMMENT: put "api/v2/comment/{id}";
    /// The end of a comment.
    DELETE_COMMENT: delete "api/v2/comment/{id}";
    /// The webhooks that the token made.
    LIST_WEBHOOKS: get "api/v2/team/{team}/webhook";
    /// A new webhook.
    CREATE_WEBHOOK: create "api/v2/team/{team}/webhook";
    /// A change of a webhook.
    UPDATE_WEBHOOK: put "api/v2/webhook/{id}";
    /// The end of a webhook.
    DELETE_WEBHOOK: delete "api/v2/webhook/{id}";
}
