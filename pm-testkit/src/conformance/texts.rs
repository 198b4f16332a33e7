//! Texts come back byte for byte.

use pm_provider::{Entity, ErrorKind, Field, Operation};
use serde_json::{Value, json};

use super::Subject;
use super::capable::unsupported;
use super::expect::{done, refused, same};
use super::items::{Place, only, text_field, with};
use super::verdict::Outcome;

/// Scripts from right to left, combining marks, letters of two to four bytes, marks of languages and formats.
const TEXTS: [&str; 8] = [
    "Grüße an die Straße ÄÖÜ",
    "👩‍👩‍👧‍👦 family 🏳️‍🌈 𝒳𝒴",
    "مرحبا بالعالم and שלום",
    "e\u{301} is not é, and n\u{303} not ñ",
    "漢字かな混じり文 한국어",
    "quotes ' \" ` and \\ and %_ and ; -- DROP",
    "<b>&amp;</b> {{x}} ${y} \u{feff}\u{200b}.",
    "a | b [c](d) *e* _f_ # g",
];

/// The long text of a kind of item.
fn long_field(entity: Entity) -> Field {
    match entity {
        Entity::Sprint => Field::Goal,
        Entity::Comment => Field::Body,
        _ => Field::Description,
    }
}

async fn round_trip(subject: &Subject, entity: Entity, field: Field, text: &str) -> Outcome {
    let least = subject.least(entity).await?;
    let answer = subject.create_json(entity, with(least, field.word(), json!(text))).await;
    let created = done(&format!("creating a {entity} with `{field}`"), answer)?;
    let place = Place::of(entity, &created);
    same(&format!("`{field}` of a {entity}"), &json!(text), &subject.get_json(&place).await?[field.word()])
}

/// Any script survives in names and titles.
pub(super) async fn any_script_in_names(subject: &Subject, entity: Entity) -> Outcome {
    let field = text_field(entity);
    if subject.can(entity).field(field).lossy.is_some() {
        return unsupported(format!("`{field}` of a {entity} as it is written"));
    }
    for text in TEXTS {
        round_trip(subject, entity, field, text).await?;
    }
    Ok(())
}

/// Any script, any white space and any end of line survive in long texts.
pub(super) async fn any_script_in_long_texts(subject: &Subject, entity: Entity) -> Outcome {
    let field = long_field(entity);
    subject.requires_on_create(entity, field, json!("text")).await?;
    if subject.can(entity).field(field).lossy.is_some() {
        return unsupported(format!("`{field}` of a {entity} as it is written"));
    }
    for text in TEXTS {
        round_trip(subject, entity, field, &format!("{text}\r\n\n\t {text}  \n")).await?;
    }
    Ok(())
}

/// A text of 100 kB survives; where a backend takes less, its capabilities say so and longer ones are refused.
pub(super) async fn long_texts(subject: &Subject, entity: Entity) -> Outcome {
    let field = long_field(entity);
    subject.requires_on_create(entity, field, json!("text")).await?;
    let support = subject.can(entity).field(field);
    let text: String = "Zwölf Boxkämpfer 🥊\n".chars().cycle().take(100_000).collect();
    if let Some(most) = support.max_length.filter(|most| *most < text.chars().count()) {
        let least = subject.least(entity).await?;
        let answer = subject.create_json(entity, with(least, field.word(), json!(text))).await;
        refused("a text that is too long", ErrorKind::InvalidInput, answer)?;
        return unsupported(format!("`{field}` of more than {most} characters"));
    }
    if support.lossy.is_some() { Ok(()) } else { round_trip(subject, entity, field, &text).await }
}

/// A title of 255 characters survives, unless the backend says what gets lost of titles; the length that the capabilities
/// name is the length that fits.
pub(super) async fn longest_title(subject: &Subject, entity: Entity) -> Outcome {
    let field = text_field(entity);
    let support = subject.can(entity).field(field);
    let most = support.max_length;
    let length = most.unwrap_or(255).min(255);
    if support.lossy.is_none() {
        round_trip(subject, entity, field, &"🧡".repeat(length)).await?;
    }
    let Some(most) = most else { return Ok(()) };
    round_trip(subject, entity, field, &"a".repeat(most)).await?;
    let least = subject.least(entity).await?;
    let answer = subject.create_json(entity, with(least, field.word(), json!("a".repeat(most + 1)))).await;
    refused("a title that is too long", ErrorKind::InvalidInput, answer).map(drop)
}

/// NUL is refused in every text, on create and on update, and in filters.
pub(super) async fn nul_is_refused(subject: &Subject, entity: Entity) -> Outcome {
    let least = subject.least(entity).await?;
    let texts = [text_field(entity), long_field(entity)];
    for field in texts.into_iter().filter(|field| subject.can(entity).field(*field).on_create.is_possible()) {
        let answer = subject.create_json(entity, with(least.clone(), field.word(), json!("a\0b"))).await;
        refused(&format!("NUL in `{field}` of a new {entity}"), ErrorKind::InvalidInput, answer)?;
    }
    subject.requires(entity, Operation::Update).await?;
    let place = Place::of(entity, &subject.create_json(entity, least).await?);
    for field in texts.into_iter().filter(|field| subject.can(entity).field(*field).on_update.is_possible()) {
        let answer = subject.update_json(&place, only(field.word(), json!("a\0b"))).await;
        refused(&format!("NUL in a change of `{field}` of a {entity}"), ErrorKind::InvalidInput, answer)?;
    }
    Ok(())
}

/// NUL is refused in labels, types and custom fields.
pub(super) async fn nul_is_refused_in_sets(subject: &Subject) -> Outcome {
    let least = subject.least(Entity::Task).await?;
    let values: [(Field, Value); 3] = [
        (Field::Labels, json!(["fine", "a\0b"])),
        (Field::TaskType, json!("a\0b")),
        (Field::CustomFields, json!({ "Colour": "a\0b" })),
    ];
    for (field, value) in values {
        if subject.can(Entity::Task).field(field).on_create.is_possible() {
            let answer = subject.create_json(Entity::Task, with(least.clone(), field.word(), value)).await;
            refused(&format!("NUL in `{field}`"), ErrorKind::InvalidInput, answer)?;
        }
    }
    Ok(())
}

/// An empty label is refused.
pub(super) async fn empty_label_is_refused(subject: &Subject) -> Outcome {
    subject.requires_on_create(Entity::Task, Field::Labels, json!(["one"])).await?;
    let least = subject.least(Entity::Task).await?;
    let answer = subject.create_json(Entity::Task, with(least, "labels", json!(["fine", " "]))).await;
    refused("an empty label", ErrorKind::InvalidInput, answer).map(drop)
}
