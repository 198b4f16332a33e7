#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use pm_provider::{
    Ability, Capabilities, CustomField, CustomFieldKind, Entity, EntityCapabilities, Field, FieldSupport, Operation,
    ProjectSchema,
};
use serde_json::{Value, json};

use super::{FieldPlan, FieldRule, Flow};
use crate::config::{Policy, SyncConfig};
use crate::item::{Kind, Pair, Side};
use crate::record::FieldKey;

/// A backend that can do everything, and what one case changes of it.
fn capable(name: &str) -> Capabilities {
    let all = || EntityCapabilities::new().all_operations().fields(Field::ALL.iter().copied(), &FieldSupport::full());
    Capabilities::new(name)
        .with(Entity::Task, all())
        .with(Entity::Sprint, all())
        .with(Entity::Comment, all())
        .abilities([Ability::Comments])
}

struct Case {
    config: Value,
    capabilities: Pair<Capabilities>,
    schemas: Pair<ProjectSchema>,
}

fn case() -> Case {
    Case {
        config: json!({"mode": "bidirectional"}),
        capabilities: Pair::new(capable("internal"), capable("github")),
        schemas: Pair::new(ProjectSchema::new("1"), ProjectSchema::new("2")),
    }
}

impl Case {
    fn config(mut self, config: Value) -> Self {
        self.config = config;
        self
    }

    fn field(mut self, field: Field, support: &FieldSupport) -> Self {
        let tasks = self.capabilities.b.entities.get_mut(&Entity::Task).unwrap();
        tasks.fields.insert(field, support.clone());
        self
    }

    fn own(mut self, a: &[CustomField], b: &[CustomField]) -> Self {
        self.schemas.a.custom_fields = a.to_vec();
        self.schemas.b.custom_fields = b.to_vec();
        self
    }

    fn plan(&self) -> FieldPlan {
        let config = SyncConfig::from_json(&self.config).unwrap();
        FieldPlan::new(
            &config,
            Pair::new("internal", "github"),
            Pair::of(|side| self.capabilities.get(side)),
            Pair::of(|side| self.schemas.get(side)),
        )
    }

    fn task(&self, field: Field) -> FieldRule {
        self.plan().rule(Kind::Task, &field.into()).clone()
    }
}

fn reason(rule: &FieldRule) -> (Flow, &str) {
    (rule.flow, rule.reason.as_deref().unwrap_or_default())
}

#[test]
fn what_both_sides_can_do_goes_both_ways() {
    let plan = case().plan();
    assert_eq!(plan.rule(Kind::Task, &Field::Title.into()), &FieldRule::both(Policy::Primary));
    assert_eq!(plan.rule(Kind::Task, &Field::Labels.into()), &FieldRule::both(Policy::Merge));
    assert_eq!(plan.rule(Kind::Comment, &Field::Body.into()), &FieldRule::both(Policy::Merge));
    assert_eq!([13, 7, 1], [Kind::Task, Kind::Sprint, Kind::Comment].map(|kind| plan.fields(kind).count()));
    assert_eq!(plan.rule(Kind::Task, &Field::CompletedAt.into()).flow, Flow::Ignored);
}

#[test]
fn what_one_side_does_not_show_is_ignored() {
    let rule = case().field(Field::DueDate, &FieldSupport::default()).task(Field::DueDate);
    assert_eq!(reason(&rule), (Flow::Ignored, "`github` has no `due_date`"));
    let per_project = case().field(Field::DueDate, &FieldSupport::full().per_project());
    assert_eq!(per_project.task(Field::DueDate).flow, Flow::Ignored, "this project says nothing of it");
}

#[test]
fn what_the_project_alone_has_counts() {
    let mut here = case().field(Field::DueDate, &FieldSupport::full().per_project());
    here.schemas.b.fields.insert(Field::DueDate, FieldSupport::full());
    assert_eq!(here.task(Field::DueDate).flow, Flow::Both);
}

#[test]
fn what_one_side_computes_goes_one_way() {
    let rule = case().field(Field::ActualHours, &FieldSupport::read_only()).task(Field::ActualHours);
    assert_eq!(reason(&rule), (Flow::Towards(Side::A), "`github` does not let us write it"));
}

#[test]
fn the_mode_restricts_the_way() {
    let shadow = case().config(json!({"mode": "shadow"}));
    assert_eq!(reason(&shadow.task(Field::Title)), (Flow::Towards(Side::B), "the mapping's mode is `shadow`"));
    let computed = shadow.field(Field::ActualHours, &FieldSupport::read_only());
    assert_eq!(reason(&computed.task(Field::ActualHours)), (Flow::Ignored, "`github` does not let us write it"));
    let inward = case().config(json!({"mode": "mirror_in"}));
    assert_eq!(inward.task(Field::Title).flow, Flow::Towards(Side::A));
}

#[test]
fn observing_shows_what_it_would_be() {
    let mut observed = case().config(json!({"mode": "observe"}));
    let both = observed.task(Field::Title);
    assert_eq!(both.flow, Flow::Both);
    observed.capabilities = Pair::new(capable("internal").read_only(), capable("github").read_only());
    assert_eq!(observed.task(Field::Title), both, "a read-only layer takes nothing out of the plan");
}

#[test]
fn limits_of_a_side_are_in_the_rule() {
    let support = FieldSupport::on_create().lossy("three of five").max_items(1);
    let rule = case().field(Field::Assignees, &support).task(Field::Assignees);
    assert_eq!((rule.create_only, rule.clearable), (Pair::new(false, true), Pair::new(true, false)));
    assert_eq!((rule.lossy.b.as_deref(), rule.max_items.b, rule.max_items.a), (Some("three of five"), Some(1), None));
    let mut no_update = case();
    no_update.capabilities.b.entities.get_mut(&Entity::Task).unwrap().operations.remove(&Operation::Update);
    assert!(no_update.task(Field::Title).create_only.b);
}

#[test]
fn the_mapping_decides_policies_and_what_is_left_alone() {
    let config = json!({
        "mode": "bidirectional", "policy": "manual", "kinds": ["task"],
        "fields": {"title": "newest", "description": "ignored"}
    });
    let case = case().config(config);
    assert_eq!(case.task(Field::Title).policy, Policy::Newest);
    assert_eq!(case.task(Field::Labels).policy, Policy::Manual);
    assert_eq!(reason(&case.task(Field::Description)), (Flow::Ignored, "`fields` of the mapping says so"));
    assert_eq!(reason(&case.task(Field::SprintId)), (Flow::Ignored, "`kinds` of the mapping leaves sprints out"));
    let plan = case.plan();
    let body = plan.rule(Kind::Comment, &Field::Body.into());
    assert_eq!(reason(body), (Flow::Ignored, "`kinds` of the mapping leaves comments out"));
}

#[test]
fn kinds_that_a_side_does_not_have_are_ignored() {
    let mut poor = case();
    poor.capabilities.b.entities.remove(&Entity::Sprint);
    poor.capabilities.b.abilities.clear();
    let plan = poor.plan();
    assert_eq!(reason(plan.rule(Kind::Sprint, &Field::Name.into())), (Flow::Ignored, "`github` has no sprints"));
    assert_eq!(reason(plan.rule(Kind::Task, &Field::SprintId.into())), (Flow::Ignored, "`github` has no sprints"));
    assert_eq!(reason(plan.rule(Kind::Comment, &Field::Body.into())), (Flow::Ignored, "`github` has no comments"));
}

#[test]
fn fields_of_the_projects_own_go_by_name_and_kind() {
    use CustomFieldKind::{Choice, Number, Text, User};
    let a = [("Points", Number), ("Area", Choice), ("Size", Number), ("Boss", User), ("Ours", Text)];
    let b = [("Points", Number), ("Area", Text), ("Size", Text), ("Boss", User)];
    let plan = case()
        .own(&a.map(|(name, kind)| CustomField::new(name, kind)), &b.map(|(name, kind)| CustomField::new(name, kind)))
        .plan();
    let rule = |name: &str| plan.rule(Kind::Task, &FieldKey::Custom(name.to_owned()));
    assert_eq!((rule("Points").flow, rule("Area").flow), (Flow::Both, Flow::Both));
    assert_eq!(reason(rule("Size")), (Flow::Ignored, "the two fields `Size` hold different kinds of values"));
    assert_eq!(rule("Boss").flow, Flow::Both);
    assert_eq!(reason(rule("Ours")), (Flow::Ignored, "`github` has no field `Ours`"));
}

#[test]
fn the_digest_tells_plans_apart() {
    assert_eq!(case().plan().digest(), case().plan().digest());
    assert_ne!(case().plan().digest(), case().config(json!({"mode": "shadow"})).plan().digest());
}
