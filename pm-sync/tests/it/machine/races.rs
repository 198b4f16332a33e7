//! Edits that nobody can see in time.

use std::collections::BTreeSet;

use pm_provider::ItemRef;
use pm_sync::item::{ItemKey, Side};

use super::history::Notes;
use super::world::World;

/// The edits that a write overwrote although it did all that can be done without a lock: between the look that it took
/// after it had been written down, and itself, nobody can see them.
pub(super) fn raced(world: &World, notes: &Notes) -> BTreeSet<(u64, &'static str)> {
    let mut raced = BTreeSet::new();
    for side in Side::BOTH {
        if !world.setup.vices.get(side).lockless {
            continue;
        }
        let log = notes.log.get(side);
        let writes = log.iter().filter_map(|entry| Some((entry, entry.wrote.as_ref()?)));
        for (entry, wrote) in writes.filter(|(_, wrote)| !wrote.is_create()) {
            let shows = |one: &&pm_testkit::pair::Logged| {
                one.caller == entry.caller && one.event < wrote.sent && one.shown.contains(&wrote.item)
            };
            let looked = log.iter().filter(shows).map(|one| one.event).max();
            let key = ItemKey::of(&wrote.item);
            let begun = notes
                .begun
                .iter()
                .filter(|(event, at, item)| *at == side && *event < wrote.sent && Some(item) == key.as_ref());
            let begun = begun.map(|(event, _, _)| *event).max();
            let (Some(looked), Some(begun)) = (looked, begun) else { continue };
            if looked < begun {
                continue;
            }
            let unseen = notes.edits.iter().filter(|edit| {
                edit.side == side && edit.item == wrote.item && edit.event > looked && edit.event < entry.event
            });
            raced.extend(unseen.map(|edit| (edit.event, edit.field)));
        }
    }
    raced.extend(taken_along(notes));
    raced
}

/// Comments that were written after the last look at a task that was then deleted: no lock of any tracker keeps them.
fn taken_along(notes: &Notes) -> Vec<(u64, &'static str)> {
    let mut raced = Vec::new();
    for side in Side::BOTH {
        let log = notes.log.get(side);
        for entry in log {
            let Some(wrote) = entry.wrote.as_ref().filter(|wrote| wrote.after.is_none()) else { continue };
            let ItemRef::Task(task) = &wrote.item else { continue };
            let looks = log
                .iter()
                .filter(|one| one.caller == entry.caller && one.operation == "list_comments" && one.event < wrote.sent);
            let key = ItemKey::of(&wrote.item);
            let begun = notes
                .begun
                .iter()
                .filter(|(event, at, item)| *at == side && *event < wrote.sent && Some(item) == key.as_ref());
            let looked = looks.map(|one| one.event).max();
            let begun = begun.map(|(event, _, _)| *event).max();
            let Some(looked) = looked.filter(|looked| begun.is_some_and(|begun| *looked > begun)) else { continue };
            let unseen = notes.edits.iter().filter(|edit| {
                let below = matches!(&edit.item, ItemRef::Comment(of, _) if of == task);
                edit.side == side && below && edit.event > looked && edit.event < entry.event
            });
            raced.extend(unseen.map(|edit| (edit.event, edit.field)));
        }
    }
    raced
}
