//! Webhook deliveries as the vendor sends them, to test a receiver.
//!
//! Body and header as in `represented_webhook_job.rb` of the vendor's source. Nothing is delivered by itself, there is
//! no API to register a hook, and nothing tells of deletions.

use hmac::{Hmac, KeyInit, Mac};
use pm_provider::WebhookDelivery;
use serde_json::{Value, json};
use sha1::Sha1;

use super::access::Caller;
use super::store::App;
use super::{activities, projects, time_entries, work_packages};

/// Renders the delivery of an action about an item, as the administrator sees it; `None` for an unknown family or item.
pub(super) fn delivery(app: &App, action: &str, id: u64, secret: Option<&str>) -> Option<WebhookDelivery> {
    let (family, _) = action.split_once(':')?;
    let item = item(app, family, id)?;
    // Comments come as the activity that they are (`work_package_comment_webhook_job.rb` of the vendor's source).
    let key = if family == "work_package_comment" { "activity" } else { family };
    let body = json!({ "action": action, key: item }).to_string();
    let delivery = WebhookDelivery::new(body.clone()).with_header("Content-Type", "application/json");
    Some(match secret.and_then(|secret| signature(secret, body.as_bytes())) {
        Some(signature) => delivery.with_header("X-OP-Signature", signature),
        None => delivery,
    })
}

fn item(app: &App, family: &str, id: u64) -> Option<Value> {
    let store = app.lock();
    let admin = Caller(store.principals.values().find(|person| person.admin).map(|person| person.id));
    match family {
        "work_package" => {
            store.work_packages.get(&id).map(|item| work_packages::render(&store, &app.options, admin, item))
        }
        "work_package_comment" => store.activities.get(&id).map(|entry| activities::render(&store, admin, entry)),
        "project" => store.projects.get(&id).map(|project| projects::render(&store, admin, project)),
        "time_entry" => store.time_entries.get(&id).map(|entry| time_entries::render(app, &store, entry)),
        _ => None,
    }
}

/// `sha1=` and the hexadecimal HMAC-SHA1 of the body.
fn signature(secret: &str, body: &[u8]) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).ok()?;
    mac.update(body);
    let digits: String = mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
    Some(format!("sha1={digits}"))
}
