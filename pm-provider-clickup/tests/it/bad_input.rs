//! Input that makes no sense never becomes a request of another kind.

use pm_provider::{
    DeleteOptions, ErrorKind, NewProject, NewSprint, PmProvider, ProjectId, ProjectPatch, SprintId, SprintPatch, UserId,
};

use crate::support::begin;

const STRANGE: [&str; 9] = ["", " ", "..", "../team", "space:", "list:7", "7/8", "７", "space:7?x=1"];

#[tokio::test]
async fn strange_ids_are_not_found_without_a_request() {
    let (server, provider, _) = begin().await;
    server.faults().forget_requests();
    for id in STRANGE {
        let project = ProjectId::new(id);
        assert_eq!(provider.get_project(&project).await.unwrap_err().kind(), ErrorKind::NotFound, "{id:?}");
        let patch = ProjectPatch::new().name("x");
        assert_eq!(provider.update_project(&project, patch).await.unwrap_err().kind(), ErrorKind::NotFound);
        let deleted = provider.delete_project(&project, DeleteOptions::with_contents()).await;
        assert_eq!(deleted.unwrap_err().kind(), ErrorKind::NotFound);
        let sprint = SprintId::new(id);
        assert_eq!(provider.get_sprint(&sprint).await.unwrap_err().kind(), ErrorKind::NotFound, "{id:?}");
        let patch = SprintPatch::new().name("x");
        assert_eq!(provider.update_sprint(&sprint, patch).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(provider.get_user(&UserId::new(id)).await.unwrap_err().kind(), ErrorKind::NotFound, "{id:?}");
        let kind = provider.create_sprint(NewSprint::new(&project, "x")).await.unwrap_err().kind();
        // No id at all is no id of nothing.
        let expected = if id.is_empty() { ErrorKind::InvalidInput } else { ErrorKind::NotFound };
        assert_eq!(kind, expected, "{id:?}");
    }
    assert!(server.requests().is_empty(), "{:?}", server.requests());
}

#[tokio::test]
async fn what_spaces_do_not_have_is_unsupported_without_a_request() {
    let (server, provider, _) = begin().await;
    server.faults().forget_requests();
    for new in [
        NewProject::new("x").description("y"),
        NewProject::new("x").key("X"),
        NewProject::new("x").idempotency_key("k"),
    ] {
        assert_eq!(provider.create_project(new).await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    assert!(server.requests().is_empty());
}
