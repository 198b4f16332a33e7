//! What a tracker with vices can do.

use pm_provider::{Ability, Capabilities, CreateGuarantee, Entity, Field, FieldSupport, Filter};

use super::{Guarantee, Vices};

/// The kinds of items that are synchronised.
const KINDS: [Entity; 3] = [Entity::Sprint, Entity::Task, Entity::Comment];

/// Takes out what the vices take away, as far as the provider in memory has to know of it.
pub(super) fn restrict(mut all: Capabilities, vices: &Vices) -> Capabilities {
    let kept = [Ability::Comments, Ability::Changes, Ability::SyncSupport];
    all.abilities.retain(|ability| kept.contains(ability) || (*ability == Ability::Batch && vices.batch.is_some()));
    for entity in [Entity::Relation, Entity::PullRequest, Entity::Attachment] {
        all.entities.remove(&entity);
    }
    (all.max_batch_size, all.atomic_batch) = (vices.batch, false);
    for entity in KINDS {
        let Some(one) = all.entities.get_mut(&entity) else { continue };
        if vices.lockless {
            one.optimistic_lock = false;
            one.fields.remove(&Field::Version);
        }
        if entity == Entity::Comment && vices.own_comments {
            one.fields.extend(
                [Field::AuthorId, Field::AuthorName, Field::CreatedAt].map(|field| (field, FieldSupport::read_only())),
            );
        }
        if entity == Entity::Task {
            if vices.no_priorities {
                one.fields.remove(&Field::Priority);
            }
            if vices.one_assignee {
                one.fields.insert(Field::Assignees, FieldSupport::full().max_items(1));
            }
        }
    }
    for entity in [Entity::Project, Entity::User] {
        let Some(one) = all.entities.get_mut(&entity) else { continue };
        one.operations.retain(|operation| !operation.writes());
        // The user whom providers act for has no address.
        one.filters
            .retain(|filter| if entity == Entity::User { *filter != Filter::Email } else { *filter == Filter::Key });
        one.fields.values_mut().for_each(|support| *support = FieldSupport::read_only());
    }
    all
}

/// What it says of itself.
pub(super) fn shown(inner: &Capabilities, name: &str, vices: &Vices) -> Capabilities {
    let mut shown = inner.clone();
    shown.provider = name.to_owned();
    for entity in KINDS {
        let Some(one) = shown.entities.get_mut(&entity) else { continue };
        one.create_guarantee = guarantee(vices);
        let mut lossy = Vec::new();
        if vices.trims {
            lossy.extend(
                [Field::Description, Field::Goal, Field::Body].map(|field| (field, "spaces at the ends of lines")),
            );
        }
        if vices.lower_labels {
            lossy.push((Field::Labels, "capital letters"));
        }
        if vices.coarse_statuses && entity == Entity::Task {
            lossy.push((Field::Status, "all but three statuses"));
        }
        for (field, what) in lossy {
            if let Some(support) = one.fields.get_mut(&field) {
                support.lossy = Some(what.to_owned());
            }
        }
    }
    shown
}

fn guarantee(vices: &Vices) -> CreateGuarantee {
    match vices.guarantee {
        Guarantee::Native => CreateGuarantee::Native,
        Guarantee::Marker => CreateGuarantee::Marker { place: "mark".to_owned(), visible_within: vices.index_lag },
        Guarantee::None => CreateGuarantee::None,
    }
}
