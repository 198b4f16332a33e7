//! The rules about what imports and mirrors need beyond creating and changing: keys, markers, times of completion.

/// Hands on the rules of the table with those of this theme behind.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table_of_imports {
    ($then:ident $context:tt $($before:tt)*) => {
        $crate::__conformance_table_of_reads! { $then $context
            $($before)*
            /// A key that is given on create is kept, in the spelling of the backend.
            r235_given_keys_are_kept => given_keys::are_kept(Task), given_keys::are_kept(Sprint);
            /// The backend's own keys go on behind a key that was given.
            r236_own_keys_go_on_behind_given_ones =>
                given_keys::own_ones_go_on(Task), given_keys::own_ones_go_on(Sprint);
            /// A key that nothing has can be given, though later ones were.
            r237_gaps_between_keys_can_be_filled =>
                given_keys::gaps_can_be_filled(Task), given_keys::gaps_can_be_filled(Sprint);
            /// A given key that is taken is `Conflict`.
            r238_given_keys_are_unique => given_keys::are_unique(Task), given_keys::are_unique(Sprint);
            /// A given key of another project or form is `InvalidInput`.
            r239_given_keys_have_the_form_of_their_project =>
                given_keys::have_one_form(Task), given_keys::have_one_form(Sprint);
            /// With the same idempotency key the first item comes, whatever key is given.
            r240_idempotency_keys_win_over_given_keys =>
                given_keys::idempotency_wins(Task), given_keys::idempotency_wins(Sprint);
            /// Of creates with one given key at the same time one succeeds.
            r241_one_parallel_create_gets_the_key => given_keys::one_gets_the_key();
            /// Many markers are answered in the order in which they are asked for.
            r242_markers_are_answered_in_order => markers::in_order();
            /// The marker of a deleted item leads to no item.
            r243_markers_of_deleted_items_lead_to_none =>
                markers::of_deleted_items(Project), markers::of_deleted_items(Task), markers::of_deleted_items(Sprint),
                markers::of_deleted_items(Comment), markers::of_deleted_items(User);
            /// A patch that closes a task can say when that was.
            r244_completion_can_be_told => completions::can_be_told();
            /// `completed_at` of a task that is not over is `InvalidInput`, and changes nothing.
            r245_completion_needs_an_end => completions::needs_an_end();
            /// `completed_at` in a patch is truncated to microseconds.
            r246_completion_is_truncated_to_microseconds => completions::is_truncated();
            /// A preview tells `completed_at` as a read will show it, and refuses it for a task that is opened.
            r247_completion_is_foretold => completions::is_foretold();
            /// `completed_at` of a new task that is not over is `InvalidInput`.
            r248_new_completion_needs_an_end => completions::needs_an_end_on_create();
            /// Creates with one idempotency key and one given key at the same time make one item.
            r249_parallel_creates_with_both_keys_make_one =>
                given_keys::repeats_get_the_first(Project), given_keys::repeats_get_the_first(Task),
                given_keys::repeats_get_the_first(Sprint);
        }
    };
}
