//! How branches, titles and descriptions name an issue.

/// An issue, as texts of its repository name it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Named<'a> {
    /// `octo-org/web`.
    pub(super) repository: &'a str,
    pub(super) number: u64,
}

impl Named<'_> {
    /// Says whether a text of the same repository names the issue: `#7`, `GH-7`, `octo-org/web#7`, or its address
    /// (<https://docs.github.com/en/get-started/writing-on-github/working-with-advanced-formatting/autolinked-references-and-urls>).
    pub(super) fn is_in(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        let (repository, number) = (self.repository.to_lowercase(), self.number);
        let short = |form: &str| holds(&text, form, |before| !(before.is_alphanumeric() || "_-/#&".contains(before)));
        let long = |form: &str| holds(&text, form, |before| !(before.is_alphanumeric() || "_-/.".contains(before)));
        short(&format!("#{number}"))
            || short(&format!("gh-{number}"))
            || long(&format!("{repository}#{number}"))
            || holds(&text, &format!("/{repository}/issues/{number}"), char::is_alphanumeric)
    }

    /// Says whether the name of a branch names the issue: `7-fix` as GitHub itself calls the branches that it makes for
    /// issues, `feature/7-fix`, `issue-7`, `gh-7/fix`
    /// (<https://docs.github.com/en/issues/tracking-your-work-with-issues/using-issues/creating-a-branch-for-an-issue>).
    pub(super) fn is_in_branch(&self, branch: &str) -> bool {
        branch.split('/').any(|part| self.begins(part))
    }

    fn begins(&self, part: &str) -> bool {
        let lower = part.to_ascii_lowercase();
        let words = ["issues", "issue", "gh", ""];
        let rest = words.iter().find_map(|word| lower.strip_prefix(word)).unwrap_or(&lower);
        let rest = if rest.len() == lower.len() { rest } else { rest.trim_start_matches(['-', '_']) };
        let rest = rest.strip_prefix('#').unwrap_or(rest);
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (number, after) = rest.split_at(digits);
        number == self.number.to_string() && (after.is_empty() || after.starts_with(['-', '_', '.']))
    }
}

/// Says whether a form stands in a text, with such a character before it or none, and no digit or letter behind it.
fn holds(text: &str, form: &str, may_precede: impl Fn(char) -> bool) -> bool {
    text.match_indices(form).any(|(start, _)| {
        let before = text[..start].chars().next_back();
        let after = text[start + form.len()..].chars().next();
        before.is_none_or(&may_precede) && !after.is_some_and(|after| after.is_alphanumeric() || after == '_')
    })
}

#[cfg(test)]
mod tests {
    use super::Named;

    const ISSUE: Named<'_> = Named { repository: "Octo-Org/Web", number: 7 };

    #[test]
    fn texts_name_an_issue_as_github_links_it() {
        for text in [
            "#7",
            "Fixes #7.",
            "(#7)",
            "GH-7: mend",
            "see octo-org/web#7",
            "octo-org/web#7: mend the gate",
            "https://github.com/octo-org/web/issues/7#issuecomment-1",
        ] {
            assert!(ISSUE.is_in(text), "{text}");
        }
        for text in [
            "#77",
            "#7b",
            "web#7",
            "other/web#7",
            "an-octo-org/web#7",
            "7",
            "&#7;",
            "high-7",
            "https://github.com/octo-org/web/issues/70",
            "https://github.com/octo-org/web/pull/7",
        ] {
            assert!(!ISSUE.is_in(text), "{text}");
        }
    }

    #[test]
    fn branches_begin_with_the_number() {
        for branch in ["7", "7-fix", "7_fix", "feature/7-fix", "issue-7", "issues/7", "gh-7-fix", "GH7", "fix/issue_7"]
        {
            assert!(ISSUE.is_in_branch(branch), "{branch}");
        }
        for branch in ["77-fix", "fix-7", "7fix", "v7", "17", "feature/70-fix", "release-7", "07-fix"] {
            assert!(!ISSUE.is_in_branch(branch), "{branch}");
        }
    }
}
