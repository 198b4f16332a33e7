//! Every request that this provider can send.
//!
//! `GET /repositories/{id}` stands in no reference: it is where GitHub's own redirects of renamed repositories and the
//! `Link` headers of its lists lead (<https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#follow-redirects>).

pm_http::endpoints! {
    /// Who we are.
    ME: get "user";
    /// The limits and what is left of them; asking costs nothing of the primary one.
    RATE_LIMIT: get "rate_limit";
    /// What kind of GitHub it is; anybody may ask. GitHub Enterprise Server tells its version.
    META: get "meta";

    /// A token for an installation of a GitHub App; each is as good as the last, so that it may be asked for again.
    CREATE_INSTALLATION_TOKEN: read "app/installations/{id}/access_tokens";

    /// A user or an organisation by its login.
    GET_USER: get "users/{login}";
    /// A user by the id that never changes.
    GET_USER_BY_ID: get "user/{id}";
    /// Members of an organisation.
    LIST_MEMBERS: get "orgs/{org}/members";
    /// Whom issues of a repository can be assigned to.
    LIST_ASSIGNEES: get "repos/{owner}/{repo}/assignees";

    /// Repositories that we can get at.
    LIST_MY_REPOSITORIES: get "user/repos";
    /// Repositories of an organisation.
    LIST_ORG_REPOSITORIES: get "orgs/{org}/repos";
    /// Public repositories of another user.
    LIST_USER_REPOSITORIES: get "users/{login}/repos";
    /// Repositories that an installation of a GitHub App can get at.
    LIST_INSTALLATION_REPOSITORIES: get "installation/repositories";
    /// One repository by its name.
    GET_REPOSITORY: get "repos/{owner}/{repo}";
    /// One repository by the id that never changes.
    GET_REPOSITORY_BY_ID: get "repositories/{id}";
    /// A new repository of our own.
    CREATE_REPOSITORY: create "user/repos";
    /// A new repository of an organisation.
    CREATE_ORG_REPOSITORY: create "orgs/{org}/repos";
    /// A change of a repository: only what is sent.
    UPDATE_REPOSITORY: patch "repos/{owner}/{repo}";
    /// The end of a repository, for good.
    DELETE_REPOSITORY: delete "repos/{owner}/{repo}";

    /// Issues and pull requests of a repository.
    LIST_ISSUES: get "repos/{owner}/{repo}/issues";
    /// One issue or pull request.
    GET_ISSUE: get "repos/{owner}/{repo}/issues/{number}";
    /// A new issue.
    CREATE_ISSUE: create "repos/{owner}/{repo}/issues";
    /// A change of an issue: only what is sent.
    UPDATE_ISSUE: patch "repos/{owner}/{repo}/issues/{number}";

    /// Parts of an issue.
    LIST_SUB_ISSUES: get "repos/{owner}/{repo}/issues/{number}/sub_issues";
    /// An issue becomes a part of another.
    ADD_SUB_ISSUE: create "repos/{owner}/{repo}/issues/{number}/sub_issues";
    /// An issue is no part any more.
    REMOVE_SUB_ISSUE: delete "repos/{owner}/{repo}/issues/{number}/sub_issue";
    /// What blocks an issue.
    LIST_BLOCKED_BY: get "repos/{owner}/{repo}/issues/{number}/dependencies/blocked_by";
    /// What an issue blocks.
    LIST_BLOCKING: get "repos/{owner}/{repo}/issues/{number}/dependencies/blocking";
    /// An issue is blocked by another.
    ADD_BLOCKED_BY: create "repos/{owner}/{repo}/issues/{number}/dependencies/blocked_by";
    /// An issue is blocked no more.
    REMOVE_BLOCKED_BY: delete "repos/{owner}/{repo}/issues/{number}/dependencies/blocked_by/{id}";
    /// Labels besides those that an issue has.
    ADD_LABELS: add "repos/{owner}/{repo}/issues/{number}/labels";
    /// One label less.
    REMOVE_LABEL: delete "repos/{owner}/{repo}/issues/{number}/labels/{name}";
    /// People besides those who are assigned.
    ASSIGN: add "repos/{owner}/{repo}/issues/{number}/assignees";
    /// People who are assigned no more.
    UNASSIGN: delete "repos/{owner}/{repo}/issues/{number}/assignees";
    /// Whether somebody can be assigned.
    CHECK_ASSIGNEE: get "repos/{owner}/{repo}/assignees/{login}";
    /// Labels of a repository.
    LIST_LABELS: get "repos/{owner}/{repo}/labels";
    /// Types of issues, which organisations have.
    LIST_ISSUE_TYPES: get "orgs/{org}/issue-types";

    /// Milestones of a repository.
    LIST_MILESTONES: get "repos/{owner}/{repo}/milestones";
    /// One milestone.
    GET_MILESTONE: get "repos/{owner}/{repo}/milestones/{number}";
    /// A new milestone.
    CREATE_MILESTONE: create "repos/{owner}/{repo}/milestones";
    /// A change of a milestone: only what is sent.
    UPDATE_MILESTONE: patch "repos/{owner}/{repo}/milestones/{number}";
    /// The end of a milestone; its issues stay.
    DELETE_MILESTONE: delete "repos/{owner}/{repo}/milestones/{number}";

    /// Comments on an issue, oldest first.
    LIST_COMMENTS: get "repos/{owner}/{repo}/issues/{number}/comments";
    /// Comments on all issues and pull requests of a repository.
    LIST_REPOSITORY_COMMENTS: get "repos/{owner}/{repo}/issues/comments";
    /// One comment.
    GET_COMMENT: get "repos/{owner}/{repo}/issues/comments/{id}";
    /// A new comment.
    CREATE_COMMENT: create "repos/{owner}/{repo}/issues/{number}/comments";
    /// A change of a comment.
    UPDATE_COMMENT: patch "repos/{owner}/{repo}/issues/comments/{id}";
    /// The end of a comment.
    DELETE_COMMENT: delete "repos/{owner}/{repo}/issues/comments/{id}";

    /// Pull requests of a repository.
    LIST_PULLS: get "repos/{owner}/{repo}/pulls";
    /// One pull request.
    GET_PULL: get "repos/{owner}/{repo}/pulls/{number}";
    /// A new pull request.
    CREATE_PULL: create "repos/{owner}/{repo}/pulls";
    /// Reviews of a pull request, oldest first.
    LIST_REVIEWS: get "repos/{owner}/{repo}/pulls/{number}/reviews";
    /// The last check run of each name, of a commit.
    LIST_CHECK_RUNS: get "repos/{owner}/{repo}/commits/{ref}/check-runs";
    /// What other systems reported of a commit, the last of each context.
    COMBINED_STATUS: get "repos/{owner}/{repo}/commits/{ref}/status";

    /// Webhooks of a repository.
    LIST_HOOKS: get "repos/{owner}/{repo}/hooks";
    /// A new webhook.
    CREATE_HOOK: create "repos/{owner}/{repo}/hooks";
    /// A change of a webhook.
    UPDATE_HOOK: patch "repos/{owner}/{repo}/hooks/{id}";
    /// The end of a webhook.
    DELETE_HOOK: delete "repos/{owner}/{repo}/hooks/{id}";
    /// What a webhook delivered in the last three days.
    LIST_DELIVERIES: get "repos/{owner}/{repo}/hooks/{id}/deliveries";
    /// One more attempt at a delivery.
    REDELIVER: create "repos/{owner}/{repo}/hooks/{id}/deliveries/{delivery}/attempts";
}
