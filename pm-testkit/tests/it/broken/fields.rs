//! Fields that get lost, shifted or coarse.

use chrono::{Days, SubsecRound};
use pm_provider::{
    CustomValue, FieldPatch, Hours, PMTask, PmProvider, Priority, PriorityLevel, RawData, Result, SetPatch, TaskPatch,
    Visibility,
};
use std::sync::Arc;

use super::bent::Hooks;
use super::{Bug, bend};

/// Changes every task that is created before it is stored.
macro_rules! created {
    ($rule:literal, $name:literal, |$new:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.create_task, |inner, new| {
                let mut $new = new;
                $body
                inner.create_task($new).await
            });
        })
    };
}

/// Changes every patch of a task before it is applied.
macro_rules! patched {
    ($rule:literal, $name:literal, |$patch:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.update_task, |inner, id, patch| {
                let mut $patch = patch;
                $body
                inner.update_task(&id, $patch).await
            });
        })
    };
}

/// Changes every task that is got.
macro_rules! got {
    ($rule:literal, $name:literal, |$task:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.provider.get_task, |inner, id| {
                let mut $task = inner.get_task(&id).await?;
                $body
                Ok($task)
            });
        })
    };
}

/// Changes whatever else is created, by the method that does it.
macro_rules! made {
    ($rule:literal, $name:literal, $group:ident.$method:ident, |$new:ident| $body:block) => {
        Bug::new($rule, $name, |hooks| {
            bend!(hooks.$group.$method, |inner, new| {
                let mut $new = new;
                $body
                inner.$method($new).await
            });
        })
    };
}

/// Raw data after a trip through a parsed value: other spaces, other numbers.
fn reparsed(raw: &RawData) -> Result<RawData> {
    match raw.is_none() {
        true => Ok(RawData::none()),
        false => RawData::from_value(&raw.parse::<serde_json::Value>()?),
    }
}

fn titles_of_256_bytes(hooks: &mut Hooks) {
    bend!(hooks.provider.create_task, mut |inner, new| {
        new.title = new.title.chars().take(200).collect();
        inner.create_task(new).await
    });
}

async fn update_fully(inner: Arc<dyn PmProvider>, task: PMTask, patch: TaskPatch) -> Result<PMTask> {
    // A backend whose update replaces the whole item forgets what the patch keeps.
    let patch = if patch.raw_data.is_keep() { patch.raw_data(RawData::none()) } else { patch };
    inner.update_task(&task.id, patch).await
}

pub(super) const BUGS: &[Bug] = &[
    patched!("task_title", "titles never change", |patch| {
        patch.title = FieldPatch::Keep;
    }),
    created!("task_description", "descriptions are dropped", |new| {
        new.description = None;
    }),
    created!("task_status", "every task is born as todo", |new| {
        new.status = Some("todo".into());
    }),
    patched!("task_priority", "priorities cannot be emptied", |patch| {
        if patch.priority == FieldPatch::Clear {
            patch.priority = FieldPatch::Keep;
        }
    }),
    patched!("task_parent_task_id", "parents never change", |patch| {
        patch.parent_task_id = FieldPatch::Keep;
    }),
    patched!("task_sprint_id", "tasks never leave their sprint", |patch| {
        if patch.sprint_id == FieldPatch::Clear {
            patch.sprint_id = FieldPatch::Keep;
        }
    }),
    created!("task_assignees", "one assignee is enough", |new| {
        new.assignees.truncate(1);
    }),
    got!("task_author_id", "nobody wrote it", |task| {
        task.author_id = None;
    }),
    created!("task_estimated_hours", "estimates are whole hours", |new| {
        new.estimated_hours = new.estimated_hours.map(|hours| Hours::from_seconds(hours.as_seconds() / 3600 * 3600));
    }),
    patched!("task_actual_hours", "booked hours cannot be changed", |patch| {
        patch.actual_hours = FieldPatch::Keep;
    }),
    patched!("task_start_date", "a new start renames the task", |patch| {
        if !patch.start_date.is_keep() {
            patch.title = FieldPatch::Set("moved".to_owned());
        }
    }),
    created!("task_due_date", "dates are times in some zone", |new| {
        new.due_date = new.due_date.and_then(|date| date.checked_sub_days(Days::new(1)));
    }),
    created!("task_labels", "labels are small letters", |new| {
        for label in &mut new.labels {
            *label = label.to_lowercase().replace('ä', "a");
        }
    }),
    patched!("task_task_type", "types vanish when another field changes", |patch| {
        if patch.task_type.is_keep() {
            patch.task_type = FieldPatch::Clear;
        }
    }),
    patched!("task_custom_fields", "custom fields cannot be emptied", |patch| {
        patch.custom_fields.retain(|_, change| *change != FieldPatch::Clear);
    }),
    created!("task_visibility", "everything is public", |new| {
        new.visibility = Some(Visibility::Public);
    }),
    created!("task_url", "addresses lose what follows the #", |new| {
        new.url = new.url.map(|url| url.split('#').next().unwrap_or_default().to_owned());
    }),
    created!("task_created_at", "everything is created now", |new| {
        new.created_at = None;
    }),
    created!("task_completed_at", "everything is completed now", |new| {
        new.completed_at = None;
    }),
    patched!("task_completed_at", "what is completed stays as it is", |patch| {
        patch.completed_at = FieldPatch::Keep;
    }),
    patched!("completion_can_be_told", "tasks are closed now", |patch| {
        if !patch.status.is_keep() {
            patch.completed_at = FieldPatch::Keep;
        }
    }),
    patched!("completion_is_truncated_to_microseconds", "times are rounded to microseconds", |patch| {
        if let FieldPatch::Set(time) = patch.completed_at {
            patch.completed_at = FieldPatch::Set(time.round_subsecs(6));
        }
    }),
    made!("project_name", "names are trimmed to a word", provider.create_project, |new| {
        new.name = new.name.split(' ').next().unwrap_or_default().to_owned();
    }),
    made!("project_key", "keys are made up", provider.create_project, |new| {
        new.key = None;
    }),
    made!("project_description", "projects have no descriptions", provider.create_project, |new| {
        new.description = None;
    }),
    made!("project_status", "projects are born as planned", provider.create_project, |new| {
        new.status = Some("planned".into());
    }),
    made!("project_priority", "projects have no priority", provider.create_project, |new| {
        new.priority = None;
    }),
    made!("project_start_date", "start and end are mixed up", provider.create_project, |new| {
        std::mem::swap(&mut new.start_date, &mut new.end_date);
    }),
    Bug::new("project_end_date", "the end of a project stays", |hooks| {
        bend!(hooks.provider.update_project, mut |inner, id, patch| {
            patch.end_date = FieldPatch::Keep;
            inner.update_project(&id, patch).await
        });
    }),
    made!("project_owner_id", "projects have no owner", provider.create_project, |new| {
        new.owner_id = None;
    }),
    made!("project_visibility", "projects are public", provider.create_project, |new| {
        new.visibility = None;
    }),
    made!("project_url", "addresses have no query", provider.create_project, |new| {
        new.url = new.url.map(|url| url.replace('?', "/"));
    }),
    made!("sprint_name", "sprints are numbered", provider.create_sprint, |new| {
        new.name = "Sprint 1".to_owned();
    }),
    made!("sprint_start_date", "sprints start whenever", provider.create_sprint, |new| {
        new.start_date = None;
    }),
    made!("sprint_end_date", "sprints end whenever", provider.create_sprint, |new| {
        new.end_date = None;
    }),
    made!("sprint_status", "sprints are born as planned", provider.create_sprint, |new| {
        new.status = None;
    }),
    made!("sprint_capacity_hours", "capacity is whole hours", provider.create_sprint, |new| {
        new.capacity_hours = new.capacity_hours.map(|hours| Hours::from_seconds(hours.as_seconds() / 3600 * 3600));
    }),
    made!("sprint_planned_hours", "planned and available hours are mixed up", provider.create_sprint, |new| {
        std::mem::swap(&mut new.capacity_hours, &mut new.planned_hours);
    }),
    made!("sprint_goal", "goals have one line", provider.create_sprint, |new| {
        new.goal = new.goal.map(|goal| goal.lines().next().unwrap_or_default().to_owned());
    }),
    Bug::new("sprint_url", "addresses of sprints cannot be emptied", |hooks| {
        bend!(hooks.provider.update_sprint, mut |inner, id, patch| {
            if patch.url == FieldPatch::Clear { patch.url = FieldPatch::Keep; }
            inner.update_sprint(&id, patch).await
        });
    }),
    made!("comment_fields", "comments are public", comments.create_comment, |new| {
        new.visibility = None;
    }),
    made!("user_fields", "users have no picture", users.create_user, |new| {
        new.avatar_url = None;
    }),
    created!("raw_data_byte_for_byte", "raw data is parsed and written again", |new| {
        new.raw_data = reparsed(&new.raw_data)?;
    }),
    Bug::new("raw_data_changes_alone", "raw data goes with the next change", |hooks| {
        bend!(hooks.provider.update_task, |inner, id, patch| {
            let task = inner.get_task(&id).await?;
            update_fully(inner, task, patch).await
        });
    }),
    got!("raw_data_survives_json", "raw data is wrapped", |task| {
        task.raw_data = RawData::from_json(format!("[{}]", task.raw_data.as_str().unwrap_or("null")))?;
    }),
    created!("labels_are_replaced", "labels are sorted", |new| {
        new.labels.sort();
    }),
    patched!("labels_are_edited", "added labels replace the others", |patch| {
        if let SetPatch::Edit { add, .. } = &patch.labels {
            patch.labels = SetPatch::Replace(add.clone());
        }
    }),
    got!("labels_are_distinct", "labels are there twice", |task| {
        let first = task.labels.first().cloned();
        task.labels.extend(first);
    }),
    created!("labels_are_kept_as_written", "labels are split at commas", |new| {
        new.labels = new.labels.iter().flat_map(|label| label.split(',')).map(str::to_owned).collect();
    }),
    created!("empty_label_is_refused", "empty labels are left out", |new| {
        new.labels.retain(|label| !label.trim().is_empty());
    }),
    created!("assignees_keep_their_order", "assignees are sorted", |new| {
        new.assignees.sort();
    }),
    patched!("assignees_are_edited", "removed assignees stay", |patch| {
        if let SetPatch::Edit { add, .. } = &patch.assignees {
            patch.assignees = SetPatch::Edit { add: add.clone(), remove: Vec::new() };
        }
    }),
    got!("json_shows_the_main_assignee", "the main assignee comes last", |task| {
        task.assignees.reverse();
    }),
    created!("custom_fields_keep_their_types", "numbers are floating", |new| {
        for value in new.custom_fields.values_mut() {
            if let CustomValue::Integer(number) = value {
                *value = CustomValue::Number(*number as f64);
            }
        }
    }),
    Bug::new("custom_fields_change_one_by_one", "custom fields are replaced as a whole", |hooks| {
        bend!(hooks.provider.update_task, mut |inner, id, patch| {
            for name in inner.get_task(&id).await?.custom_fields.into_keys() {
                patch.custom_fields.entry(name).or_insert(FieldPatch::Clear);
            }
            inner.update_task(&id, patch).await
        });
    }),
    got!("items_survive_json", "numbers that are none", |task| {
        task.custom_fields.insert("None".to_owned(), CustomValue::Number(f64::NAN));
    }),
    got!("task_priority", "priorities have other names when they are read", |task| {
        task.priority = task.priority.map(|_| Priority::new(PriorityLevel::Unknown, "?"));
    }),
    created!("dates_stay_dates", "the last day of a year belongs to the next", |new| {
        let last = new.due_date.is_some_and(|date| date.format("%m-%d").to_string() == "12-31");
        new.due_date = if last { new.due_date.and_then(|date| date.pred_opt()) } else { new.due_date };
    }),
    created!("years_beyond_9999_are_refused", "years are cut to four digits", |new| {
        new.due_date = new.due_date.map(|date| date.min(chrono::NaiveDate::from_ymd_opt(9999, 12, 31).unwrap()));
    }),
    created!("times_are_truncated_to_microseconds", "times are rounded to milliseconds", |new| {
        new.created_at = new.created_at.map(|time| time.round_subsecs(3));
    }),
    created!("hours_are_exact_to_the_second", "durations are whole minutes", |new| {
        new.estimated_hours = new.estimated_hours.map(|hours| Hours::from_seconds(hours.as_seconds() / 60 * 60));
    }),
    created!("names_in_any_script", "letters of four bytes are lost", |new| {
        new.title.retain(|sign| sign.len_utf8() < 4);
    }),
    created!("texts_in_any_script", "ends of lines are made alike", |new| {
        new.description = new.description.map(|text| text.replace("\r\n", "\n"));
    }),
    created!("texts_of_100_kilobytes", "texts are cut", |new| {
        new.description = new.description.map(|text| text.chars().take(65_535).collect());
    }),
    Bug::new("longest_names", "titles are cut", titles_of_256_bytes),
    created!("nul_is_refused_in_texts", "NUL is left out", |new| {
        new.title.retain(|sign| sign != '\0');
    }),
    created!("nul_is_refused_in_sets", "NUL is left out of labels", |new| {
        for label in &mut new.labels {
            label.retain(|sign| sign != '\0');
        }
    }),
];
