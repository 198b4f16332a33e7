//! The fields of the root.

use super::super::coerce::Arguments;
use super::super::errors::GraphError;
use super::super::object::{Object, Out, Resolved};
use super::super::scope::{Scope, time};
use super::unresolved;
use crate::github::model::AccountKind;

pub(in super::super) fn query(scope: &Scope<'_>, field: &str, arguments: &Arguments) -> Resolved {
    match field {
        "node" => node(scope, arguments.text("id").unwrap_or_default()).map(Out::One),
        "nodes" => {
            let ids = arguments.texts("ids").into_iter();
            Ok(Out::Many(ids.map(|id| node(scope, id).unwrap_or_else(Object::Missing)).collect()))
        }
        "viewer" => Ok(scope.call.caller.account.map_or(Out::Null, |id| scope.account(id))),
        "user" => owner(scope, arguments, &[AccountKind::User, AccountKind::Bot], "a User"),
        "organization" => owner(scope, arguments, &[AccountKind::Organization], "an Organization"),
        "repositoryOwner" => {
            let found = scope.store.account_named(arguments.text("login").unwrap_or_default());
            Ok(Out::maybe(found.map(|account| Object::Account(account.id))))
        }
        "repository" => repository(scope, arguments),
        "rateLimit" => Ok(Out::One(rate_limit(scope))),
        _ => unresolved("Query", field),
    }
}

fn node(scope: &Scope<'_>, id: &str) -> Result<Object, GraphError> {
    let message = || format!("Could not resolve to a node with the global id of '{id}'");
    Object::of_node(scope, id).ok_or_else(|| GraphError::not_found(message()))
}

fn owner(scope: &Scope<'_>, arguments: &Arguments, kinds: &[AccountKind], article: &str) -> Resolved {
    let login = arguments.text("login").unwrap_or_default();
    let found = scope.store.account_named(login).filter(|account| kinds.contains(&account.kind));
    let message = || format!("Could not resolve to {article} with the login of '{login}'.");
    found.map(|account| Out::One(Object::Account(account.id))).ok_or_else(|| GraphError::not_found(message()))
}

/// A repository by its name, or by one that it had before.
fn repository(scope: &Scope<'_>, arguments: &Arguments) -> Resolved {
    let full_name =
        format!("{}/{}", arguments.text("owner").unwrap_or_default(), arguments.text("name").unwrap_or_default());
    let renamed = || {
        let follow = arguments.is_true("followRenames");
        scope.store.repository_once_named(&full_name).filter(|_| follow)
    };
    let found = scope.store.repository_named(&full_name).or_else(renamed);
    let found = found.and_then(|repository| scope.repository(repository.id));
    let message = || format!("Could not resolve to a Repository with the name '{full_name}'.");
    found.map(|repository| Out::One(Object::Repository(repository.id))).ok_or_else(|| GraphError::not_found(message()))
}

fn rate_limit(scope: &Scope<'_>) -> Object {
    let hour = scope.call.hour;
    let fields = vec![
        ("cost", Out::leaf(scope.call.points)),
        ("limit", Out::leaf(hour.limit)),
        ("nodeCount", Out::leaf(scope.call.nodes)),
        ("remaining", Out::leaf(hour.remaining())),
        ("resetAt", time(hour.reset)),
        ("used", Out::leaf(hour.used)),
    ];
    Object::ready("RateLimit", fields)
}
