//! A sequence told, for whoever looks for the reason.

use pm_provider::Item;
use pm_sync::item::{Pair, Side};
use pm_testkit::pair::Logged;

use super::action::Action;
use super::planted::Garden;
use super::setup::Setup;
use super::world::World;

/// A sequence once more, with what the trackers did: for whoever looks for the reason.
pub(crate) fn story(setup: &Setup, actions: &[Action], garden: Garden) -> String {
    let world = World::new(setup, garden);
    let mut lines = Vec::new();
    let mut known = Pair::new(0, 0);
    let mut processes = 0;
    for action in actions {
        action.happen(&world);
        lines.push(format!("    {action:?}"));
        world.absorb();
        let notes = world.history.lock();
        for points in &notes.points[processes..] {
            let points: Vec<_> =
                points.iter().enumerate().map(|(index, point)| format!("{}: {point}", index + 1)).collect();
            lines.push(format!("        passed {}", points.join(", ")));
        }
        processes = notes.points.len();
        for side in Side::BOTH {
            let log = notes.log.get(side);
            lines.extend(log[*known.get(side)..].iter().filter_map(|entry| told(side, entry)));
            *known.get_mut(side) = log.len();
        }
    }
    lines.join("\n")
}

fn told(side: Side, entry: &Logged) -> Option<String> {
    let wrote = entry.wrote.as_ref()?;
    let json = |item: &Option<Item>| serde_json::to_value(item).unwrap_or_default();
    let (before, after) = (json(&wrote.before), json(&wrote.after));
    let mut changes = Vec::new();
    for (_, after) in after.as_object().into_iter().flatten() {
        for (member, value) in after.as_object().into_iter().flatten() {
            let was = before.as_object().and_then(|one| one.values().next()).map(|one| &one[member]);
            if was != Some(value)
                && !value.is_null()
                && !["updated_at", "version", "created_at", "project_id", "visibility", "id"].contains(&member.as_str())
            {
                changes.push(format!("{member} {value}"));
            }
        }
    }
    let (event, caller, operation) = (entry.event, &entry.caller, &entry.operation);
    Some(format!(
        "        @{event} {caller} {operation} `{side}` {} {:?}: {}",
        wrote.item.id(),
        wrote.key,
        changes.join(", ")
    ))
}
