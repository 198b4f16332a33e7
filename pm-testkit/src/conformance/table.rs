//! The table of all rules: the tests and [`RULES`] are both made from it, so that no rule is forgotten.
//!
//! The contract's documentation names the numbers. New rules go into a file below: it puts them behind what it is given.

use pm_provider::Entity::{Comment, Project, Sprint, Task, User};
use pm_provider::Operation::{Delete, Get, Update};
use pm_provider::{Field, Filter};

mod imports;
mod reads;
mod syncs;

use super::report::{Rule, together};
use super::{
    abilities, atomicity, attachments, batch, combined, comments, completions, creating, cursors, deleting, errors,
    feed, feed_races, fields, filters, given_keys, idempotency, json, keys, locking, markers, paging, parallel, places,
    pull_requests, read_only, relations, sets, sorting, statuses, sync, texts, times, totals, updating, users, within,
};

/// Hands the table to another macro: number and name, where the code is, what it is about.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table {
    ($then:ident $context:tt) => {
        $crate::__conformance_table_of_imports! { $then $context
            /// A provider has the name that its capabilities say.
            r001_name_is_that_of_the_capabilities => abilities::name();
            /// An accessor returns `Some` for exactly the abilities that the capabilities name.
            r002_accessors_agree_with_capabilities => abilities::accessors();
            /// A health check says what the backend is, and who we are there.
            r003_health_check_says_who_we_are => abilities::health();
            /// Capabilities survive a trip through JSON and are the same each time.
            r004_capabilities_are_data => json::capabilities_survive();
            /// What the capabilities do not name is `Unsupported`: operations.
            r005_missing_operations_are_unsupported => abilities::missing_operations_are_refused();
            /// What the capabilities do not name is `Unsupported`: filters are never ignored.
            r006_missing_filters_are_unsupported => abilities::missing_filters_are_refused();
            /// What the capabilities do not name is `Unsupported`: fields are never dropped.
            r007_missing_fields_are_unsupported => abilities::missing_fields_are_refused();
            /// The schema of a project lists its statuses and priorities, each name once.
            r008_schema_lists_choices => statuses::schema_lists_choices();
            /// The schema of an unknown project is `NotFound`.
            r009_schema_of_unknown_project_is_not_found => statuses::schema_of_unknown_project();
            /// What a create returns is what a later get shows.
            r010_create_returns_what_get_shows =>
                creating::returns_what_get_shows(Project), creating::returns_what_get_shows(Task),
                creating::returns_what_get_shows(Sprint), creating::returns_what_get_shows(Comment),
                creating::returns_what_get_shows(User);
            /// A listing shows a task as a get does.
            r011_task_is_listed_as_it_is_got => creating::listed_as_it_is_got();
            /// An id is given once.
            r012_ids_are_given_once =>
                creating::ids_are_given_once(Project), creating::ids_are_given_once(Task),
                creating::ids_are_given_once(Sprint), creating::ids_are_given_once(Comment);
            /// Creation and last change are told, in this order.
            r013_times_are_told =>
                creating::times_are_told(Project), creating::times_are_told(Task), creating::times_are_told(Sprint),
                creating::times_are_told(Comment);
            /// An empty or blank name, title or body is `InvalidInput`.
            r014_required_text_is_never_empty =>
                creating::empty_text_is_refused(Project), creating::empty_text_is_refused(Task),
                creating::empty_text_is_refused(Sprint), creating::empty_text_is_refused(Comment),
                creating::empty_text_is_refused(User);
            /// A create that is refused leaves nothing behind.
            r015_refused_creates_leave_nothing => creating::refused_creates_leave_nothing();
            /// Creating in an unknown project is `NotFound`.
            r016_project_must_be_there =>
                creating::project_must_be_there(Task), creating::project_must_be_there(Sprint);
            /// Getting an unknown id is `NotFound`.
            r017_get_unknown_is_not_found =>
                updating::unknown_id_is_not_found(Project, Get), updating::unknown_id_is_not_found(Task, Get),
                updating::unknown_id_is_not_found(Sprint, Get), updating::unknown_id_is_not_found(Comment, Get),
                updating::unknown_id_is_not_found(User, Get);
            /// Updating an unknown id is `NotFound`.
            r018_update_unknown_is_not_found =>
                updating::unknown_id_is_not_found(Project, Update), updating::unknown_id_is_not_found(Task, Update),
                updating::unknown_id_is_not_found(Sprint, Update), updating::unknown_id_is_not_found(Comment, Update),
                updating::unknown_id_is_not_found(User, Update);
            /// Deleting an unknown id is `NotFound`.
            r019_delete_unknown_is_not_found =>
                updating::unknown_id_is_not_found(Project, Delete), updating::unknown_id_is_not_found(Task, Delete),
                updating::unknown_id_is_not_found(Sprint, Delete), updating::unknown_id_is_not_found(Comment, Delete),
                updating::unknown_id_is_not_found(User, Delete);
            /// What an update returns is what a later get shows.
            r020_update_returns_what_get_shows =>
                updating::returns_what_get_shows(Project), updating::returns_what_get_shows(Task),
                updating::returns_what_get_shows(Sprint), updating::returns_what_get_shows(Comment);
            /// Only fields that the patch names change.
            r021_update_changes_named_fields_only =>
                updating::only_named_fields_change(Project), updating::only_named_fields_change(Task),
                updating::only_named_fields_change(Sprint), updating::only_named_fields_change(Comment),
                updating::only_named_fields_change(User);
            /// A patch that changes nothing writes nothing.
            r022_update_without_change_writes_nothing =>
                updating::no_change_writes_nothing(Project), updating::no_change_writes_nothing(Task),
                updating::no_change_writes_nothing(Sprint), updating::no_change_writes_nothing(Comment);
            /// The time of the last change moves with a change, never backwards.
            r023_time_of_change_moves =>
                updating::time_of_change_moves(Project), updating::time_of_change_moves(Task),
                updating::time_of_change_moves(Sprint), updating::time_of_change_moves(Comment);
            /// A patch with one bad field changes none.
            r024_refused_patch_changes_nothing => updating::refused_patch_changes_nothing();
            /// A field keeps what it is given and changes alone: `name` of a project.
            r025_project_name => fields::field(Project, Field::Name);
            /// A field keeps what it is given and changes alone: `key` of a project.
            r026_project_key => fields::field(Project, Field::Key);
            /// A field keeps what it is given and changes alone: `description` of a project.
            r027_project_description => fields::field(Project, Field::Description);
            /// A field keeps what it is given and changes alone: `status` of a project.
            r028_project_status => fields::field(Project, Field::Status);
            /// A field keeps what it is given and changes alone: `priority` of a project.
            r029_project_priority => fields::field(Project, Field::Priority);
            /// A field keeps what it is given and changes alone: `start_date` of a project.
            r030_project_start_date => fields::field(Project, Field::StartDate);
            /// A field keeps what it is given and changes alone: `end_date` of a project.
            r031_project_end_date => fields::field(Project, Field::EndDate);
            /// A field keeps what it is given and changes alone: `owner_id` of a project.
            r032_project_owner_id => fields::field(Project, Field::OwnerId);
            /// A field keeps what it is given and changes alone: `visibility` of a project.
            r033_project_visibility => fields::field(Project, Field::Visibility);
            /// A field keeps what it is given and changes alone: `url` of a project.
            r034_project_url => fields::field(Project, Field::Url);
            /// A field keeps what it is given and changes alone: `title` of a task.
            r035_task_title => fields::field(Task, Field::Title);
            /// A field keeps what it is given and changes alone: `description` of a task.
            r036_task_description => fields::field(Task, Field::Description);
            /// A field keeps what it is given and changes alone: `status` of a task.
            r037_task_status => fields::field(Task, Field::Status);
            /// A field keeps what it is given and changes alone: `priority` of a task.
            r038_task_priority => fields::field(Task, Field::Priority);
            /// A field keeps what it is given and changes alone: `parent_task_id` of a task.
            r039_task_parent_task_id => fields::field(Task, Field::ParentTaskId);
            /// A field keeps what it is given and changes alone: `sprint_id` of a task.
            r040_task_sprint_id => fields::field(Task, Field::SprintId);
            /// A field keeps what it is given and changes alone: `assignees` of a task.
            r041_task_assignees => fields::field(Task, Field::Assignees);
            /// A field keeps what it is given and changes alone: `author_id` of a task.
            r042_task_author_id => fields::field(Task, Field::AuthorId);
            /// A field keeps what it is given and changes alone: `estimated_hours` of a task.
            r043_task_estimated_hours => fields::field(Task, Field::EstimatedHours);
            /// A field keeps what it is given and changes alone: `actual_hours` of a task.
            r044_task_actual_hours => fields::field(Task, Field::ActualHours);
            /// A field keeps what it is given and changes alone: `start_date` of a task.
            r045_task_start_date => fields::field(Task, Field::StartDate);
            /// A field keeps what it is given and changes alone: `due_date` of a task.
            r046_task_due_date => fields::field(Task, Field::DueDate);
            /// A field keeps what it is given and changes alone: `labels` of a task.
            r047_task_labels => fields::field(Task, Field::Labels);
            /// A field keeps what it is given and changes alone: `task_type` of a task.
            r048_task_task_type => fields::field(Task, Field::TaskType);
            /// A field keeps what it is given and changes alone: `custom_fields` of a task.
            r049_task_custom_fields => fields::field(Task, Field::CustomFields);
            /// A field keeps what it is given and changes alone: `visibility` of a task.
            r050_task_visibility => fields::field(Task, Field::Visibility);
            /// A field keeps what it is given and changes alone: `url` of a task.
            r051_task_url => fields::field(Task, Field::Url);
            /// A field keeps what it is given and changes alone: `created_at` of a task.
            r052_task_created_at => fields::field(Task, Field::CreatedAt);
            /// A field keeps what it is given and changes alone: `completed_at` of a task.
            r053_task_completed_at => fields::field(Task, Field::CompletedAt);
            /// A field keeps what it is given and changes alone: `name` of a sprint.
            r054_sprint_name => fields::field(Sprint, Field::Name);
            /// A field keeps what it is given and changes alone: `start_date` of a sprint.
            r055_sprint_start_date => fields::field(Sprint, Field::StartDate);
            /// A field keeps what it is given and changes alone: `end_date` of a sprint.
            r056_sprint_end_date => fields::field(Sprint, Field::EndDate);
            /// A field keeps what it is given and changes alone: `status` of a sprint.
            r057_sprint_status => fields::field(Sprint, Field::Status);
            /// A field keeps what it is given and changes alone: `capacity_hours` of a sprint.
            r058_sprint_capacity_hours => fields::field(Sprint, Field::CapacityHours);
            /// A field keeps what it is given and changes alone: `planned_hours` of a sprint.
            r059_sprint_planned_hours => fields::field(Sprint, Field::PlannedHours);
            /// A field keeps what it is given and changes alone: `goal` of a sprint.
            r060_sprint_goal => fields::field(Sprint, Field::Goal);
            /// A field keeps what it is given and changes alone: `url` of a sprint.
            r061_sprint_url => fields::field(Sprint, Field::Url);
            /// A field keeps what it is given and changes alone: those of a comment.
            r062_comment_fields =>
                fields::field(Comment, Field::Body), fields::field(Comment, Field::Visibility),
                fields::field(Comment, Field::AuthorId), fields::field(Comment, Field::CreatedAt);
            /// A field keeps what it is given and changes alone: those of a user.
            r063_user_fields =>
                fields::field(User, Field::Name), fields::field(User, Field::Login), fields::field(User, Field::Email),
                fields::field(User, Field::AvatarUrl), fields::field(User, Field::Active);
            /// Raw data is kept byte for byte.
            r064_raw_data_byte_for_byte =>
                fields::raw_data_byte_for_byte(Project), fields::raw_data_byte_for_byte(Task),
                fields::raw_data_byte_for_byte(Sprint), fields::raw_data_byte_for_byte(Comment);
            /// Raw data can be replaced, and stays when other fields change.
            r065_raw_data_changes_alone => fields::raw_data_changes_alone();
            /// Labels are replaced as a whole, in the order given.
            r066_labels_are_replaced => sets::labels_are_replaced();
            /// Adding and removing labels leaves the others alone; what is in both lists is removed.
            r067_labels_are_edited => sets::labels_are_edited();
            /// A label that is given twice is there once.
            r068_labels_are_distinct => sets::labels_are_distinct();
            /// Labels are kept as they are written.
            r069_labels_are_kept_as_written => sets::labels_are_kept_as_written();
            /// An empty label is `InvalidInput`.
            r070_empty_label_is_refused => texts::empty_label_is_refused();
            /// Assignees keep their order, the main one first, nobody twice.
            r071_assignees_keep_their_order => sets::assignees_keep_their_order();
            /// Adding and removing assignees leaves the others alone.
            r072_assignees_are_edited => sets::assignees_are_edited();
            /// Custom fields give back any JSON value with its type.
            r073_custom_fields_keep_their_types => sets::custom_fields_keep_their_types();
            /// Custom fields that a patch does not name stay.
            r074_custom_fields_change_one_by_one => sets::custom_fields_change_one_by_one();
            /// A status can be asked for by its category.
            r075_status_by_category => statuses::by_category();
            /// A status can be asked for by its native name.
            r076_status_by_name => statuses::by_name();
            /// A native name is found in any case.
            r077_status_by_name_in_any_case => statuses::by_name_in_any_case();
            /// A status can be asked for by its id; an unknown id is `InvalidInput`.
            r078_status_by_id => statuses::by_id();
            /// A bare word is a native name, else a category: `completed` closes a task.
            r079_status_by_bare_word => statuses::by_bare_word();
            /// An unknown word is `InvalidInput` that lists the choices, and changes nothing.
            r080_unknown_status_lists_the_choices => statuses::unknown_word_lists_the_choices();
            /// The category `unknown` is only ever read.
            r081_status_unknown_is_only_read => statuses::unknown_category_is_refused();
            /// A status that was read can be written back.
            r082_status_read_is_written_back => statuses::read_status_is_written_back();
            /// A status of another system keeps its category, and its name where names are open.
            r083_copied_status_keeps_its_category => statuses::copied_status_keeps_its_category();
            /// A task can be created in any status of its project.
            r084_status_on_create => statuses::status_on_create();
            /// A new task has a status that its project has.
            r085_default_status_is_a_choice => statuses::default_status_is_a_choice();
            /// A priority goes by level, name or word; an unknown one lists the choices.
            r086_priority_by_level_name_and_word => statuses::priorities();
            /// `active` is a status of each; an unknown word is `InvalidInput`.
            r087_projects_and_sprints_take_a_status_by_word =>
                statuses::active_is_a_patch(Project), statuses::active_is_a_patch(Sprint);
            /// `completed_at` comes and goes with the status.
            r088_completion_follows_the_status => statuses::completion_follows_the_status();
            /// `completed_at` stays when other fields change.
            r089_completion_stays_put => statuses::completion_stays_put();
            /// Any script survives in a name or title.
            r090_names_in_any_script =>
                texts::any_script_in_names(Project), texts::any_script_in_names(Task),
                texts::any_script_in_names(Sprint), texts::any_script_in_names(User);
            /// Any script and white space survive in a long text.
            r091_texts_in_any_script =>
                texts::any_script_in_long_texts(Project), texts::any_script_in_long_texts(Task),
                texts::any_script_in_long_texts(Sprint), texts::any_script_in_long_texts(Comment);
            /// A text of 100,000 characters survives.
            r092_texts_of_100_kilobytes => texts::long_texts(Task), texts::long_texts(Comment);
            /// A name or title of 255 characters, or of as many as the capabilities say, survives.
            r093_longest_names =>
                texts::longest_title(Project), texts::longest_title(Task), texts::longest_title(Sprint);
            /// NUL is `InvalidInput` in any text.
            r094_nul_is_refused_in_texts =>
                texts::nul_is_refused(Project), texts::nul_is_refused(Task), texts::nul_is_refused(Sprint),
                texts::nul_is_refused(Comment);
            /// NUL is `InvalidInput` in labels, types and custom fields.
            r095_nul_is_refused_in_sets => texts::nul_is_refused_in_sets();
            /// NUL is `InvalidInput` in filters.
            r096_nul_is_refused_in_filters => filters::nul_is_refused();
            /// Dates at the edges of zones and of the calendar stay the same day.
            r097_dates_stay_dates => times::dates_stay_dates();
            /// A year beyond 9999 is `InvalidInput`.
            r098_years_beyond_9999_are_refused => times::years_beyond_9999_are_refused();
            /// Times are truncated to microseconds.
            r099_times_are_truncated_to_microseconds => times::times_are_truncated();
            /// Durations are exact to the second.
            r100_hours_are_exact_to_the_second => times::hours_are_exact();
            /// Following `next` visits every item exactly once, at any page size.
            r101_pages_show_each_once =>
                paging::each_item_once_at_any_size(Project), paging::each_item_once_at_any_size(Task),
                paging::each_item_once_at_any_size(Sprint), paging::each_item_once_at_any_size(Comment),
                paging::each_item_once_at_any_size(User);
            /// A page holds no more than was asked for.
            r102_pages_are_not_too_large =>
                paging::no_page_is_too_large(Project), paging::no_page_is_too_large(Task),
                paging::no_page_is_too_large(Sprint), paging::no_page_is_too_large(Comment);
            /// A page size of 0 is `InvalidInput`.
            r103_page_size_0_is_refused =>
                paging::page_size_0_is_refused(Project), paging::page_size_0_is_refused(Task),
                paging::page_size_0_is_refused(Sprint), paging::page_size_0_is_refused(Comment),
                paging::page_size_0_is_refused(User);
            /// A total is that of all pages.
            r104_totals_are_right =>
                paging::totals_are_right(Task), paging::totals_are_right(Sprint), paging::totals_are_right(Comment);
            /// A listing of nothing is empty and ends.
            r105_empty_listings_end =>
                paging::nothing_is_an_empty_listing(Task), paging::nothing_is_an_empty_listing(Sprint),
                paging::nothing_is_an_empty_listing(Comment);
            /// What was there all along is visited exactly once while others are made.
            r106_pages_while_items_are_made =>
                paging::exact_while_items_are_made(Task), paging::exact_while_items_are_made(Sprint),
                paging::exact_while_items_are_made(Comment);
            /// What was there all along is visited exactly once while others are deleted.
            r107_pages_while_items_are_deleted =>
                paging::exact_while_items_are_deleted(Task), paging::exact_while_items_are_deleted(Sprint),
                paging::exact_while_items_are_deleted(Comment);
            /// The pages ahead are those that follow.
            r108_pages_ahead_are_those_that_follow => paging::pages_ahead_are_those_that_follow();
            /// A cursor can be stored and goes on where it left off.
            r109_cursors_survive_json =>
                cursors::survive_json(Task), cursors::survive_json(Sprint), cursors::survive_json(Comment);
            /// A listing can go on with another page size.
            r110_cursors_survive_another_page_size => cursors::survive_another_page_size(Task);
            /// A cursor of another query is `InvalidInput`.
            r111_cursors_of_another_query_are_refused => cursors::of_another_query_are_refused();
            /// A cursor of another order is `InvalidInput`.
            r112_cursors_of_another_order_are_refused => cursors::of_another_order_are_refused();
            /// A cursor of another kind of listing is `InvalidInput`.
            r113_cursors_of_another_listing_are_refused => cursors::of_another_listing_are_refused();
            /// What is no cursor is `InvalidInput`.
            r114_garbage_is_no_cursor =>
                cursors::garbage_is_refused(Task), cursors::garbage_is_refused(Sprint),
                cursors::garbage_is_refused(Comment);
            /// The default order is created ascending, then id.
            r115_created_then_id_by_default => sorting::created_then_id_by_default();
            /// The newest come first where that is asked for.
            r116_created_descending => sorting::created_descending();
            /// Listings go by the last change in both directions.
            r117_updated_in_both_directions => sorting::updated_in_both_directions();
            /// `project` finds the tasks of one project.
            r118_tasks_by_project => filters::project();
            /// `sprint` finds the tasks of one sprint, or of none.
            r119_tasks_by_sprint => filters::sprint();
            /// `assignee` finds the tasks of one user, or of nobody.
            r120_tasks_by_assignee => filters::assignee();
            /// `parent` finds direct children, or tasks without a parent.
            r121_tasks_by_parent => filters::parent();
            /// `statuses` finds the tasks in some categories.
            r122_tasks_by_status => filters::status();
            /// `labels` finds the tasks that have all of them.
            r123_tasks_by_labels => filters::labels();
            /// `text` finds a part of the title or the description.
            r124_tasks_by_text => filters::text_in_title_or_description();
            /// `text` pays no regard to case, in any script.
            r125_tasks_by_text_in_any_case => filters::text_in_any_case();
            /// `text` takes every sign as it is.
            r126_tasks_by_text_without_wildcards => filters::text_without_wildcards();
            /// `updated_since` finds what changed at this time or later.
            r127_tasks_by_time_of_change => filters::updated_since();
            /// Filters combine with *and*.
            r128_task_filters_combine => combined::every_filter_must_hold();
            /// A query without filters shows closed tasks and sub-tasks.
            r129_nothing_is_hidden_without_filters => filters::nothing_is_hidden();
            /// A query without filters shows archived projects.
            r130_closed_projects_are_listed => filters::closed_projects_are_listed();
            /// `text`, `statuses` and `updated_since` find projects.
            r131_projects_by_each_filter =>
                filters::projects(Filter::Text), filters::projects(Filter::Status),
                filters::projects(Filter::UpdatedSince);
            /// `project`, `text`, `statuses` and `updated_since` find sprints.
            r132_sprints_by_each_filter =>
                filters::sprints(Filter::Project), filters::sprints(Filter::Text), filters::sprints(Filter::Status),
                filters::sprints(Filter::UpdatedSince);
            /// `key` finds a project in any case.
            r133_project_by_key => keys::project_by_key();
            /// `key` finds a task in any case.
            r134_task_by_key => keys::task_by_key();
            /// `key` finds a sprint in any case.
            r135_sprint_by_key => keys::sprint_by_key();
            /// A project key that is taken is `Conflict`.
            r136_project_keys_are_unique => keys::project_keys_are_unique();
            /// The backend makes a key of its own for a project without one.
            r137_project_keys_are_made_up => keys::keys_are_made_up();
            /// The key of a task is given once.
            r138_task_keys_are_unique => keys::task_keys_are_unique();
            /// A stale `if_version` of an update is `VersionConflict` and changes nothing.
            r139_stale_update_is_a_conflict =>
                locking::stale_update(Project), locking::stale_update(Task), locking::stale_update(Sprint),
                locking::stale_update(Comment);
            /// A stale `if_version` of a delete is `VersionConflict`.
            r140_stale_delete_is_a_conflict =>
                locking::stale_delete(Project), locking::stale_delete(Task), locking::stale_delete(Sprint),
                locking::stale_delete(Comment);
            /// The present version lets a write through.
            r141_fresh_version_is_accepted =>
                locking::fresh_version(Project), locking::fresh_version(Task), locking::fresh_version(Sprint),
                locking::fresh_version(Comment);
            /// The version changes whenever the item does.
            r142_each_write_gives_a_version =>
                locking::each_write_gives_a_version(Project), locking::each_write_gives_a_version(Task),
                locking::each_write_gives_a_version(Sprint), locking::each_write_gives_a_version(Comment);
            /// With the same idempotency key the second create returns the first item.
            r143_same_key_gives_the_same_item =>
                idempotency::same_key_same_item(Project), idempotency::same_key_same_item(Task),
                idempotency::same_key_same_item(Sprint), idempotency::same_key_same_item(Comment),
                idempotency::same_key_same_item(User);
            /// The same key gives the item as it is now.
            r144_same_key_gives_the_item_as_it_is_now =>
                idempotency::as_it_is_now(Project), idempotency::as_it_is_now(Task), idempotency::as_it_is_now(Sprint),
                idempotency::as_it_is_now(Comment);
            /// Other keys, and none, make other items.
            r145_other_keys_make_other_items =>
                idempotency::other_keys_other_items(Project), idempotency::other_keys_other_items(Task),
                idempotency::other_keys_other_items(Sprint), idempotency::other_keys_other_items(Comment);
            /// The key of a deleted item is `Conflict`, or makes a new one where it was a mark in the item.
            r146_key_of_a_deleted_item_is_a_conflict =>
                idempotency::key_of_a_deleted_item(Project), idempotency::key_of_a_deleted_item(Task),
                idempotency::key_of_a_deleted_item(Sprint), idempotency::key_of_a_deleted_item(Comment);
            /// Creates with one key at the same time make one item.
            r147_parallel_creates_with_one_key_make_one => idempotency::parallel_creates_make_one();
            /// A key of one kind of item is none of another.
            r148_each_kind_has_its_own_keys => idempotency::each_kind_has_its_own_keys();
            /// An idempotency key has 1 to 255 characters.
            r149_malformed_keys_are_refused => idempotency::malformed_keys_are_refused();
            /// A copy that is made twice is made once.
            r150_copies_are_made_once => idempotency::copies_are_made_once();
            /// What was deleted is `NotFound`.
            r151_gone_is_gone =>
                deleting::gone_is_gone(Project), deleting::gone_is_gone(Task), deleting::gone_is_gone(Sprint),
                deleting::gone_is_gone(Comment), deleting::gone_is_gone(User);
            /// Deleting one task leaves the others.
            r152_other_tasks_stay => deleting::others_stay();
            /// Deleting a task with children is `Conflict`.
            r153_task_with_children_is_refused => deleting::task_with_children_is_refused();
            /// A task takes its children along when it is told to.
            r154_task_takes_children_along => deleting::task_takes_children_along();
            /// Deleting a project with tasks is `Conflict`.
            r155_project_with_tasks_is_refused => deleting::project_with_contents_is_refused(Task);
            /// Deleting a project with sprints is `Conflict`.
            r156_project_with_sprints_is_refused => deleting::project_with_contents_is_refused(Sprint);
            /// A project takes its contents along when it is told to.
            r157_project_takes_contents_along => deleting::project_takes_contents_along();
            /// An empty project is deleted.
            r158_empty_project_is_deleted => deleting::empty_project_is_deleted();
            /// The tasks of a deleted sprint stay, without a sprint.
            r159_tasks_of_a_deleted_sprint_stay => deleting::tasks_of_a_deleted_sprint_stay();
            /// The comments of a deleted task are gone.
            r160_comments_go_with_their_task => deleting::comments_go_with_their_task();
            /// An unknown parent is `InvalidInput`.
            r161_task_parent_must_be_there => places::reference_must_lead_somewhere(Task, Field::ParentTaskId);
            /// An unknown sprint is `InvalidInput`.
            r162_task_sprint_must_be_there => places::reference_must_lead_somewhere(Task, Field::SprintId);
            /// An unknown assignee is `InvalidInput`.
            r163_task_assignees_must_be_there => places::reference_must_lead_somewhere(Task, Field::Assignees);
            /// An unknown author is `InvalidInput`.
            r164_task_author_must_be_there => places::reference_must_lead_somewhere(Task, Field::AuthorId);
            /// An unknown owner is `InvalidInput`.
            r165_project_owner_must_be_there => places::reference_must_lead_somewhere(Project, Field::OwnerId);
            /// A task as its own parent is `InvalidInput`.
            r166_no_task_is_its_own_parent => places::no_task_is_its_own_parent();
            /// A parent from below is `InvalidInput`.
            r167_no_circles_of_parents => places::no_circles_of_parents();
            /// A parent of another project is `InvalidInput`.
            r168_parents_are_of_the_same_project => places::parents_are_of_the_same_project();
            /// A sprint of another project is `InvalidInput`.
            r169_sprints_are_of_the_same_project => places::sprints_are_of_the_same_project();
            /// A change of a sprint leaves its tasks alone.
            r170_tasks_stay_in_a_changed_sprint => places::tasks_stay_in_a_changed_sprint();
            /// A listing shows a user as a get does.
            r171_users_are_listed_as_they_are_got => users::listed_as_they_are_got();
            /// `login` finds one user in any case.
            r172_users_by_login => users::found(Filter::Login);
            /// `email` finds one user in any case.
            r173_users_by_email => users::found(Filter::Email);
            /// `text` finds users by name or login.
            r174_users_by_text => users::found(Filter::Text);
            /// Inactive users are listed too.
            r175_inactive_users_are_listed => users::inactive_are_listed();
            /// A login that is taken is `Conflict`.
            r176_logins_are_unique => users::logins_are_unique();
            /// Deleting a user whom something refers to is `Conflict`.
            r177_referenced_users_stay => users::referenced_users_stay();
            /// Comments come oldest first.
            r178_comments_come_in_order => comments::in_order();
            /// Comments are listed by their task.
            r179_comments_are_of_one_task => comments::of_one_task();
            /// A comment of another task is `NotFound`.
            r180_comments_are_not_found_in_another_task => comments::not_found_in_another_task();
            /// The comments of an unknown task are `NotFound`.
            r181_comments_need_their_task => comments::task_must_be_there();
            /// A comment may have an author without an account.
            r182_comments_of_authors_without_account => comments::authors_without_account();
            /// Relations are listed in both directions, oldest first.
            r183_relations_are_listed_at_both_tasks => relations::listed_at_both_tasks();
            /// A relation that is there already is returned as it is, `relates` from both ends.
            r184_relations_are_made_once => relations::repeated_create();
            /// A task related to itself is `InvalidInput`, one that is not there `NotFound`.
            r185_relations_need_two_tasks => relations::both_tasks_must_be_there();
            /// A deleted relation is gone at both tasks.
            r186_relations_are_deleted => relations::deleted();
            /// The relations of a deleted task are gone.
            r187_relations_go_with_their_task => relations::gone_with_their_task();
            /// A batch returns one result for each operation, in the same order.
            r188_batch_results_come_in_order => batch::results_in_order();
            /// Items of a batch succeed and fail alone.
            r189_batch_items_fail_alone => batch::each_alone();
            /// A batch applies its operations in order.
            r190_batch_goes_in_sequence => batch::in_sequence();
            /// A batch writes projects and sprints too.
            r191_batch_writes_other_kinds => batch::other_kinds();
            /// An atomic batch that fails leaves nothing behind.
            r192_atomic_batch_is_all_or_nothing => batch::all_or_nothing();
            /// An atomic batch without a bad operation does all of it.
            r193_atomic_batch_succeeds => batch::atomic_success();
            /// An empty batch does nothing.
            r194_empty_batch_does_nothing => batch::empty();
            /// A batch larger than the capabilities say is `Unsupported`.
            r195_too_large_batch_is_unsupported => batch::too_large();
            /// An idempotency key makes one item, in a batch too.
            r196_idempotency_keys_hold_in_batches => batch::keys_hold_in_batches();
            /// The feed tells of each item at its latest change, oldest first.
            r197_feed_is_in_order => feed::in_order();
            /// The feed shows items as they are when it is read.
            r198_feed_shows_items_as_they_are => feed::shows_items_as_they_are();
            /// The feed tells of deletions where its facts say so.
            r199_feed_tells_deletions => feed::deletions();
            /// What goes along with a deleted item is told too.
            r200_feed_tells_deletions_of_contents => feed::deletions_of_contents();
            /// The tasks of a deleted sprint are told.
            r201_feed_tells_tasks_of_a_deleted_sprint => feed::tasks_of_a_deleted_sprint();
            /// What changes nothing is not told.
            r202_feed_tells_no_news_of_no_change => feed::no_change_no_news();
            /// The next cursor is there even at the end: keep it and come back.
            r203_feed_cursors_resume => feed::cursors_resume();
            /// Reading from the latest cursor shows only what changes from then on.
            r204_feed_latest_shows_only_what_is_new => feed::latest_shows_only_what_is_new();
            /// The feed of a project tells of no other.
            r205_feed_by_project => feed::by_project();
            /// The feed tells of the kinds that are asked for.
            r206_feed_by_kind => feed::by_kind();
            /// Pages of any size tell the same.
            r207_feed_page_sizes_tell_the_same => feed::page_sizes();
            /// A cursor of another feed is `InvalidInput`.
            r208_feed_cursors_belong_to_their_query => feed::cursors_belong_to_their_query();
            /// The feed tells of comments where its facts say so.
            r209_feed_tells_comments => feed::comments();
            /// The facts of a feed name kinds of items that there are.
            r210_feed_facts_are_kept => feed::facts();
            /// Who reads the feed while others write misses nothing.
            r211_feed_loses_nothing_under_writers => feed_races::nothing_is_lost();
            /// A bulk read leaves out what is not there.
            r212_get_many_leaves_out_what_is_missing => sync::get_many();
            /// What is there is present, what is not is not.
            r213_exists_tells_present_from_absent => sync::exists();
            /// The items that were created with a key are found by it.
            r214_marker_finds_what_was_created =>
                markers::found(Project), markers::found(Task), markers::found(Sprint),
                markers::found(Comment), markers::found(User);
            /// A preview of a task is what a read will show, and `preview(preview(p)) == preview(p)`.
            r215_preview_of_a_task_comes_true => sync::preview_of_a_task();
            /// A preview of a project or sprint is what a read will show.
            r216_preview_of_projects_and_sprints_comes_true => sync::preview_of_projects_and_sprints();
            /// A preview refuses what a write refuses.
            r217_preview_refuses_what_a_write_refuses => sync::preview_refuses_what_a_write_refuses();
            /// A create that is dropped leaves a whole item or none.
            r218_dropped_creates_are_whole_or_nothing => atomicity::dropped_creates();
            /// An update that is dropped is done as a whole or not at all.
            r219_dropped_updates_are_whole_or_nothing => atomicity::dropped_updates();
            /// Updates of different fields at the same time are both kept.
            r220_parallel_updates_of_fields_are_kept => parallel::different_fields_are_kept();
            /// Of updates with one version at the same time exactly one wins.
            r221_one_update_of_a_version_wins => parallel::one_of_a_version_wins();
            /// Labels that are added at the same time are all there.
            r222_parallel_labels_are_all_added => parallel::all_labels_are_added();
            /// Tasks that are created at the same time are all there.
            r223_parallel_creates_are_all_kept => parallel::creates_are_all_kept();
            /// Of projects that are created with one key at the same time one is.
            r224_one_parallel_project_gets_the_key => parallel::one_project_gets_the_key();
            /// Every write is `ReadOnly` through a read-only layer.
            r225_writes_are_refused_read_only =>
                read_only::writes_are_refused(Project), read_only::writes_are_refused(Task),
                read_only::writes_are_refused(Sprint), read_only::writes_are_refused(Comment),
                read_only::writes_are_refused(User);
            /// Every batch is `ReadOnly` through a read-only layer.
            r226_batches_are_refused_read_only => read_only::batches_are_refused();
            /// Every write of a relation is `ReadOnly` through a read-only layer.
            r227_relations_are_refused_read_only => read_only::relations_are_refused();
            /// The capabilities of a read-only provider name no write.
            r228_read_only_capabilities_lose_the_writes => read_only::capabilities_lose_the_writes();
            /// An item survives a trip through JSON.
            r229_items_survive_json =>
                json::items_survive(Project), json::items_survive(Task), json::items_survive(Sprint);
            /// Raw data survives a trip through JSON byte for byte.
            r230_raw_data_survives_json => json::raw_data_survives();
            /// JSON shows `assignee_id`, the first of `assignees`.
            r231_json_shows_the_main_assignee => json::tasks_show_the_main_assignee();
            /// Errors name the provider and the operation.
            r232_errors_name_provider_and_operation => errors::name_provider_and_operation();
            /// Errors of comments name the provider and the operation.
            r233_errors_of_comments_name_both_too => errors::of_comments();
            /// What can never succeed is not to be retried.
            r234_hopeless_calls_are_not_to_be_retried => errors::hopeless_calls_are_not_retried();
        }
    };
}

/// Writes [`RULES`].
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_rules {
    (() $($(#[doc = $summary:expr])+ $name:ident => $($module:ident :: $rule:ident ( $($argument:expr),* )),+;)*) => {
        /// Every rule, by number.
        pub static RULES: &[Rule] = &[$(
            Rule::new(stringify!($name), concat!($($summary),+).trim_ascii(), |subject| {
                together(vec![$(Box::pin($module::$rule(subject $(, $argument)*))),+])
            }),
        )*];
    };
}
__conformance_table! { __conformance_rules () }
