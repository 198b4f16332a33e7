//! Repositories as the API shows them.

use serde_json::{Value, json};

use crate::github::access::Rights;
use crate::github::model::{AccountKind, Repository};
use crate::github::node::{node_id, prefix};
use crate::github::view::{View, WEB, time};

/// The addresses that hang on the one of a repository: their names, and what follows.
const ADDRESSES: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

impl View<'_> {
    /// A repository as lists show it.
    pub(in crate::github) fn repository(&self, repository: &Repository) -> Value {
        let full_name = self.store.full_name(repository);
        let open = self.store.issues_of(repository.id).filter(|issue| issue.open).count();
        let mut shown = json!({
            "id": repository.id,
            "node_id": node_id(prefix::REPOSITORY, repository.id),
            "name": repository.name,
            "full_name": full_name,
            "private": repository.private,
            "owner": self.user(Some(repository.owner)),
            "html_url": format!("{WEB}/{full_name}"),
            "description": repository.description,
            "fork": false,
            "created_at": time(repository.created),
            "updated_at": time(repository.updated),
            "pushed_at": time(repository.pushed),
            "git_url": format!("git://github.com/{full_name}.git"),
            "ssh_url": format!("git@github.com:{full_name}.git"),
            "clone_url": format!("{WEB}/{full_name}.git"),
            "svn_url": format!("{WEB}/{full_name}"),
            "mirror_url": null,
            "homepage": repository.homepage,
        });
        let url = self.repository_href(repository);
        for (name, rest) in ADDRESSES {
            shown[name] = format!("{url}{rest}").into();
        }
        merge(&mut shown, settings(repository, open));
        if let Some(rights) = self.caller.account.and_then(|_| self.caller.rights(self.store, repository)) {
            shown["permissions"] = permissions(rights);
        }
        shown
    }

    /// A repository by itself, which tells more.
    pub(in crate::github) fn full_repository(&self, repository: &Repository) -> Value {
        let mut shown = self.repository(repository);
        shown["network_count"] = 0.into();
        shown["subscribers_count"] = 1.into();
        shown["temp_clone_token"] = "".into();
        let owner = self.store.accounts.get(&repository.owner);
        if owner.is_some_and(|owner| owner.kind == AccountKind::Organization) {
            shown["organization"] = self.user(Some(repository.owner));
        }
        if self.caller.may(self.store, repository, Rights::Write) {
            for name in ["allow_squash_merge", "allow_merge_commit", "allow_rebase_merge"] {
                shown[name] = true.into();
            }
            for name in ["allow_auto_merge", "delete_branch_on_merge", "allow_update_branch"] {
                shown[name] = false.into();
            }
        }
        shown
    }
}

/// Counts, and what is switched on.
fn settings(repository: &Repository, open: usize) -> Value {
    json!({
        // Nothing is ever pushed to it.
        "size": 0,
        "stargazers_count": 0,
        "watchers_count": 0,
        "language": null,
        "has_issues": repository.has_issues,
        "has_projects": repository.has_projects,
        "has_downloads": true,
        "has_wiki": repository.has_wiki,
        "has_pages": false,
        "has_discussions": false,
        "forks_count": 0,
        "archived": repository.archived,
        "disabled": repository.disabled,
        "open_issues_count": open,
        "license": null,
        "allow_forking": true,
        "is_template": false,
        "web_commit_signoff_required": false,
        "topics": repository.topics,
        "visibility": if repository.private { "private" } else { "public" },
        "forks": 0,
        "open_issues": open,
        "watchers": 0,
        "default_branch": repository.default_branch,
    })
}

fn merge(shown: &mut Value, more: Value) {
    if let (Value::Object(shown), Value::Object(more)) = (shown, more) {
        shown.extend(more);
    }
}

pub(in crate::github) fn permissions(rights: Rights) -> Value {
    json!({
        "admin": rights >= Rights::Admin,
        "maintain": rights >= Rights::Maintain,
        "push": rights >= Rights::Write,
        "triage": rights >= Rights::Triage,
        "pull": rights >= Rights::Read,
    })
}
