//! Pull requests as the API shows them.

use serde_json::{Value, json};

use super::model::{Branch, Check, Commit, Pull, Review, Status};
use super::verdict::merge_state;
use crate::github::issues::render::issue_node;
use crate::github::model::Issue;
use crate::github::node::node_id;
use crate::github::view::{View, time};

impl View<'_> {
    fn pull_href(&self, issue: &Issue) -> String {
        format!("{}/pulls/{}", self.repository_href_of(issue.repository), issue.number)
    }

    /// A pull request as lists show it; `null` for an issue.
    pub(in crate::github) fn listed_pull(&self, issue: &Issue) -> Value {
        let Some(pull) = &issue.pull else { return Value::Null };
        let (url, page) = (self.pull_href(issue), self.issue_page(issue));
        let mut shown = json!({
            "url": url,
            "id": pull.id,
            "node_id": issue_node(issue),
            "html_url": page,
            "diff_url": format!("{page}.diff"),
            "patch_url": format!("{page}.patch"),
            "number": issue.number,
            "state": if issue.open { "open" } else { "closed" },
            "locked": issue.locked,
            "active_lock_reason": issue.lock_reason,
            "title": issue.title,
            "user": self.user(Some(issue.author)),
            "body": issue.body,
            "created_at": time(issue.created),
            "updated_at": time(issue.updated),
            "closed_at": issue.closed.map(time),
            "merged_at": pull.merged.map(time),
            "merge_commit_sha": pull.merge_sha,
            "assignee": self.user(issue.assignees.first().copied()),
            "assignees": self.users(&issue.assignees),
            "requested_reviewers": self.users(&pull.requested),
            "requested_teams": [],
            "labels": self.labels_of(issue),
            "milestone": self.milestone_of(issue),
            "draft": pull.draft,
            "author_association": self.association(issue.repository, issue.author),
            "auto_merge": null,
        });
        self.add_addresses(issue, pull, &mut shown);
        shown
    }

    fn add_addresses(&self, issue: &Issue, pull: &Pull, shown: &mut Value) {
        let (url, repository) = (self.pull_href(issue), self.repository_href_of(issue.repository));
        let issue_url = format!("{repository}/issues/{}", issue.number);
        let statuses = format!("{repository}/statuses/{}", pull.head.sha);
        let href = |address: String| json!({ "href": address });
        shown["head"] = self.branch(&pull.head);
        shown["base"] = self.branch(&pull.base);
        shown["issue_url"] = issue_url.clone().into();
        shown["commits_url"] = format!("{url}/commits").into();
        shown["review_comments_url"] = format!("{url}/comments").into();
        shown["review_comment_url"] = format!("{repository}/pulls/comments{{/number}}").into();
        shown["comments_url"] = format!("{issue_url}/comments").into();
        shown["statuses_url"] = statuses.clone().into();
        shown["_links"] = json!({
            "self": href(url.clone()),
            "html": href(self.issue_page(issue)),
            "issue": href(issue_url.clone()),
            "comments": href(format!("{issue_url}/comments")),
            "review_comments": href(format!("{url}/comments")),
            "review_comment": href(format!("{repository}/pulls/comments{{/number}}")),
            "commits": href(format!("{url}/commits")),
            "statuses": href(statuses),
        });
    }

    fn branch(&self, branch: &Branch) -> Value {
        let repository = branch.repository.and_then(|id| self.store.repositories.get(&id));
        json!({
            "label": format!("{}:{}", self.store.login(branch.owner), branch.name),
            "ref": branch.name,
            "sha": branch.sha,
            "user": self.user(Some(branch.owner)),
            "repo": repository.map(|repository| self.repository(repository)),
        })
    }

    /// A pull request by itself, with what lists leave out.
    pub(in crate::github) fn pull(&self, issue: &Issue) -> Value {
        let mut shown = self.listed_pull(issue);
        let Some(pull) = &issue.pull else { return shown };
        let computed = issue.open && pull.computing == 0;
        let more = json!({
            "merged": pull.merged.is_some(),
            "mergeable": computed.then_some(!pull.conflict),
            "rebaseable": computed.then_some(!pull.conflict),
            "mergeable_state": merge_state(issue, pull),
            "merged_by": self.user(pull.merged_by),
            "comments": issue.comments.len(),
            "review_comments": 0,
            "maintainer_can_modify": pull.maintainers_may_edit,
            "commits": pull.commits.len(),
            "additions": pull.commits.len(),
            "deletions": 0,
            "changed_files": pull.commits.len(),
        });
        for (name, value) in more.as_object().into_iter().flatten() {
            shown[name] = value.clone();
        }
        shown
    }

    pub(super) fn review(&self, issue: &Issue, review: &Review) -> Value {
        let page = format!("{}#pullrequestreview-{}", self.issue_page(issue), review.id);
        let url = self.pull_href(issue);
        let mut shown = json!({
            "id": review.id,
            "node_id": node_id("PRR", review.id),
            "user": self.user(Some(review.author)),
            "body": review.body,
            "state": review.state,
            "html_url": page,
            "pull_request_url": url,
            "author_association": self.association(issue.repository, review.author),
            "_links": { "html": { "href": page }, "pull_request": { "href": url } },
            "commit_id": review.commit,
        });
        // Nothing has been submitted yet of a review that is being written.
        if review.state != "PENDING" {
            shown["submitted_at"] = time(review.submitted).into();
        }
        shown
    }

    pub(super) fn check_run(&self, issue: &Issue, pull: &Pull, check: &Check) -> Value {
        let repository = self.repository_href_of(issue.repository);
        let page = format!("{}/runs/{}", self.repository_page(issue.repository), check.id);
        json!({
            "id": check.id,
            "name": check.name,
            "node_id": node_id("CR", check.id),
            "head_sha": pull.head.sha,
            "external_id": "",
            "url": format!("{repository}/check-runs/{}", check.id),
            "html_url": page,
            "details_url": page,
            "status": check.status,
            "conclusion": check.conclusion,
            "started_at": time(check.started),
            "completed_at": check.completed.map(time),
            "output": {
                "title": null, "summary": null, "text": null, "annotations_count": 0,
                "annotations_url": format!("{repository}/check-runs/{}/annotations", check.id),
            },
            "check_suite": { "id": check.id },
            "app": null,
            "pull_requests": [],
        })
    }

    pub(super) fn status(&self, issue: &Issue, pull: &Pull, status: &Status) -> Value {
        json!({
            "url": format!("{}/statuses/{}", self.repository_href_of(issue.repository), pull.head.sha),
            "avatar_url": format!("https://avatars.githubusercontent.com/u/{}?v=4", status.creator),
            "id": status.id,
            "node_id": node_id("SC", status.id),
            "state": status.state,
            "description": status.description,
            "target_url": status.target,
            "context": status.context,
            "created_at": time(status.created),
            "updated_at": time(status.created),
        })
    }

    pub(super) fn commit(&self, issue: &Issue, commit: &Commit) -> Value {
        let repository = self.repository_href_of(issue.repository);
        let url = format!("{repository}/commits/{}", commit.sha);
        let person = json!({
            "name": self.store.login(commit.author),
            "email": format!("{}@users.noreply.github.com", self.store.login(commit.author)),
            "date": time(commit.created),
        });
        json!({
            "sha": commit.sha,
            "node_id": format!("C_{}", commit.sha),
            "commit": {
                "author": person, "committer": person, "message": commit.message, "comment_count": 0,
                "tree": { "sha": commit.sha, "url": format!("{repository}/git/trees/{}", commit.sha) },
                "url": format!("{repository}/git/commits/{}", commit.sha),
            },
            "url": url,
            "html_url": format!("{}/commit/{}", self.repository_page(issue.repository), commit.sha),
            "comments_url": format!("{url}/comments"),
            "author": self.user(Some(commit.author)),
            "committer": self.user(Some(commit.author)),
            "parents": [],
        })
    }
}
