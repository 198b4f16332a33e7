//! Every document that can be sent.
//!
//! What is only on newer servers of GitHub Enterprise makes a whole document fail there: nothing is asked for that is not
//! needed.

use super::{Document, Mutation};

/// What is asked of a Project v2.
macro_rules! project {
    () => {
        "id number title shortDescription closed closedAt public url createdAt updatedAt \
         owner { ... on User { id login databaseId } ... on Organization { id login databaseId } }"
    };
}

/// What is asked of a person.
macro_rules! person {
    () => {
        "login ... on User { id databaseId } ... on Bot { id databaseId } ... on Organization { id databaseId }"
    };
}

/// What is asked of an item of a Project v2: the content, and the values of fields by their ids.
macro_rules! item {
    () => {
        concat!(
            "id type isArchived createdAt updatedAt project { id } \
             content { __typename \
             ... on DraftIssue { id title body createdAt updatedAt creator { ",
            person!(),
            " } assignees(first: 20) { nodes { id databaseId login } } } \
             ... on Issue { id number title body url state stateReason createdAt updatedAt closedAt author { ",
            person!(),
            " } assignees(first: 20) { nodes { id databaseId login } } labels(first: 100) { nodes { name } } \
             repository { databaseId nameWithOwner } } } \
             fieldValues(first: 100) { nodes { __typename \
             ... on ProjectV2ItemFieldTextValue { text field { ... on ProjectV2FieldCommon { id } } } \
             ... on ProjectV2ItemFieldNumberValue { number field { ... on ProjectV2FieldCommon { id } } } \
             ... on ProjectV2ItemFieldDateValue { date field { ... on ProjectV2FieldCommon { id } } } \
             ... on ProjectV2ItemFieldSingleSelectValue { optionId name updatedAt \
             field { ... on ProjectV2FieldCommon { id } } } \
             ... on ProjectV2ItemFieldIterationValue { iterationId title \
             field { ... on ProjectV2FieldCommon { id } } } } }"
        )
    };
}

/// What is asked of a field of a Project v2.
macro_rules! field {
    () => {
        "__typename ... on ProjectV2FieldCommon { id name dataType } \
         ... on ProjectV2SingleSelectField { options { id name } } \
         ... on ProjectV2IterationField { configuration { \
         iterations { id title startDate duration } completedIterations { id title startDate duration } } }"
    };
}

macro_rules! page_info {
    () => {
        "pageInfo { hasNextPage endCursor }"
    };
}

/// Declares documents: a constant for each, and a table of all of them.
macro_rules! documents {
    ($($(#[$doc:meta])* $name:ident = $operation:literal, $variables:literal, $($body:expr),+ $(,)?;)*) => {
        $(
            $(#[$doc])*
            pub(crate) const $name: Document = Document {
                name: $operation,
                text: concat!("query ", $operation, $variables, " { ", $($body),+, " }"),
            };
        )*
        /// Every query.
        pub(super) const QUERIES: &[Document] = &[$($name),*];
    };
}

/// Declares changes: a constant for each, and a table of all of them.
macro_rules! changes {
    ($($(#[$doc:meta])* $name:ident = $field:literal($input:literal) $selection:expr, $creates:literal;)*) => {
        $(
            $(#[$doc])*
            pub(crate) static $name: Mutation =
                Mutation { field: $field, input: $input, selection: $selection, creates: $creates };
        )*
        /// Every change.
        pub(super) static MUTATIONS: &[&Mutation] = &[$(&$name),*];
    };
}

documents! {
    /// Projects v2 of a user or an organisation, in the order in which they were made.
    V2_PROJECTS = "Projects", "($login: String!, $first: Int!, $after: String)",
        "owner: repositoryOwner(login: $login) { id ... on ProjectV2Owner { \
         projectsV2(first: $first, after: $after, orderBy: {field: NUMBER, direction: ASC}) { totalCount ",
        page_info!(), " nodes { ", project!(), " } } } }";

    /// Our own Projects v2.
    V2_MY_PROJECTS = "MyProjects", "($first: Int!, $after: String)",
        "owner: viewer { id projectsV2(first: $first, after: $after, orderBy: {field: NUMBER, direction: ASC}) \
         { totalCount ", page_info!(), " nodes { ", project!(), " } } }";

    /// Whose a new project can be.
    OWNER = "Owner", "($login: String!)", "owner: repositoryOwner(login: $login) { id }";

    /// Who we are.
    ME = "Me", "", "owner: viewer { id login databaseId }";

    /// One Project v2, with the number of its items.
    V2_PROJECT = "Project", "($id: ID!)",
        "node(id: $id) { __typename ... on ProjectV2 { ", project!(), " items(first: 1) { totalCount } } }";

    /// The fields of a Project v2.
    V2_FIELDS = "Fields", "($id: ID!, $after: String)",
        "node(id: $id) { __typename ... on ProjectV2 { title fields(first: 100, after: $after) { ",
        page_info!(), " nodes { ", field!(), " } } } }";

    /// One field of a Project v2, with the project that it is of.
    V2_FIELD = "Field", "($id: ID!)",
        "node(id: $id) { ", field!(), " ... on ProjectV2IterationField { project { id } } }";

    /// Which items a Project v2 has, and when they changed.
    V2_ROWS = "Rows", "($id: ID!, $after: String)",
        "node(id: $id) { __typename ... on ProjectV2 { items(first: 100, after: $after) { totalCount ", page_info!(),
        " nodes { id type fullDatabaseId createdAt updatedAt content { __typename \
         ... on DraftIssue { updatedAt } ... on Issue { updatedAt } } } } } }";

    /// The texts of the items of a Project v2: what marks and lost creates are looked for in.
    V2_TEXTS = "Texts", "($id: ID!, $after: String)",
        "node(id: $id) { __typename ... on ProjectV2 { items(first: 100, after: $after) { totalCount ", page_info!(),
        " nodes { id type createdAt content { __typename \
         ... on DraftIssue { title body } ... on Issue { title body } } } } } }";

    /// Up to 100 items.
    V2_ITEMS = "Items", "($ids: [ID!]!)",
        "nodes(ids: $ids) { __typename ... on ProjectV2Item { ", item!(), " } }";

    /// The newest issues of a repository.
    NEWEST_ISSUES = "NewestIssues", "($id: ID!)",
        "node(id: $id) { __typename ... on Repository { \
         issues(first: 100, orderBy: {field: CREATED_AT, direction: DESC}) \
         { nodes { id number title body createdAt } } } }";

    /// What GitHub itself says belongs to an issue: the pull requests that close it, by a keyword or because somebody
    /// linked them, and everything that mentions it. Numbers alone: the pull requests come from where lists come from.
    PULL_REQUESTS_OF_ISSUE = "PullRequestsOfIssue",
        "($owner: String!, $name: String!, $number: Int!, $closing: String, $events: String)",
        "repository(owner: $owner, name: $name) { issue(number: $number) { \
         closedByPullRequestsReferences(first: 100, after: $closing, includeClosedPrs: true) { ",
        page_info!(), " nodes { number repository { nameWithOwner } } } \
         timelineItems(first: 100, after: $events, itemTypes: [CROSS_REFERENCED_EVENT]) { ",
        page_info!(), " nodes { ... on CrossReferencedEvent { willCloseTarget \
         source { ... on PullRequest { number repository { nameWithOwner } } } } } } } }";
}

changes! {
    /// A new Project v2; what more there is to say of it is a change.
    CREATE_PROJECT = "createProjectV2"("CreateProjectV2Input") concat!("projectV2 { ", project!(), " }"), true;
    /// A change of a Project v2: only what is given.
    UPDATE_PROJECT = "updateProjectV2"("UpdateProjectV2Input") "projectV2 { id }", false;
    /// The end of a Project v2; the issues in it stay.
    DELETE_PROJECT = "deleteProjectV2"("DeleteProjectV2Input") "projectV2 { id }", false;

    /// A new draft.
    ADD_DRAFT = "addProjectV2DraftIssue"("AddProjectV2DraftIssueInput") "projectItem { id }", true;
    /// Puts an issue into a project; one that is in it already stays the item that it is.
    ADD_ITEM = "addProjectV2ItemById"("AddProjectV2ItemByIdInput") "item { id }", true;
    /// Takes an item out; a draft is gone then.
    DELETE_ITEM = "deleteProjectV2Item"("DeleteProjectV2ItemInput") "deletedItemId", false;
    /// A change of title, text and assignees of a draft.
    UPDATE_DRAFT = "updateProjectV2DraftIssue"("UpdateProjectV2DraftIssueInput") "draftIssue { id }", false;
    /// The value of one field of an item.
    SET_FIELD = "updateProjectV2ItemFieldValue"("UpdateProjectV2ItemFieldValueInput") "projectV2Item { id }", false;
    /// The end of the value of one field of an item.
    CLEAR_FIELD = "clearProjectV2ItemFieldValue"("ClearProjectV2ItemFieldValueInput") "projectV2Item { id }", false;

    /// A new issue.
    CREATE_ISSUE = "createIssue"("CreateIssueInput") "issue { id number }", true;
    /// A change of an issue: only what is given.
    UPDATE_ISSUE = "updateIssue"("UpdateIssueInput") "issue { id }", false;
    /// Closes an issue, and says why.
    CLOSE_ISSUE = "closeIssue"("CloseIssueInput") "issue { id }", false;
    /// The end of an issue, for good: REST has none.
    DELETE_ISSUE = "deleteIssue"("DeleteIssueInput") "repository { id }", false;
}
