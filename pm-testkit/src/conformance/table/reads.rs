//! The rules about what exports need beyond listing: totals, and what belongs to the tasks of a whole project.

/// Hands on the rules of the table with those of this theme behind.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table_of_reads {
    ($then:ident $context:tt $($before:tt)*) => {
        $crate::$then! { $context
            $($before)*
            /// Asking for a total changes no item, and a total that is told is that of all pages.
            r260_asking_for_a_total_changes_nothing_else =>
                totals::asking_changes_nothing_else(Project), totals::asking_changes_nothing_else(Task),
                totals::asking_changes_nothing_else(Sprint), totals::asking_changes_nothing_else(User);
            /// A cursor goes on whether a total is asked for or not.
            r261_cursors_survive_asking_for_a_total =>
                totals::cursors_survive_asking(Project), totals::cursors_survive_asking(Task),
                totals::cursors_survive_asking(Sprint), totals::cursors_survive_asking(User);
            /// The comments of a project are those of all of its tasks, each once, oldest first.
            r262_comments_of_a_project => within::comments_of_a_project();
            /// The comments of an unknown project are `NotFound`.
            r263_comments_of_an_unknown_project_are_not_found => within::comments_of_an_unknown_project();
            /// The comments of neither task nor project are `InvalidInput`.
            r264_comments_are_of_a_task_or_project => within::comments_of_nothing_are_refused();
            /// The relations of a project are listed once, in the project of their `from`, oldest first.
            r265_relations_of_a_project => within::relations_of_a_project();
            /// The relations of an unknown project are `NotFound`.
            r266_relations_of_an_unknown_project_are_not_found => within::relations_of_an_unknown_project();
            /// The relations of neither task nor project are `InvalidInput`.
            r267_relations_are_of_a_task_or_project => within::relations_of_nothing_are_refused();
            /// Relations come by pages of any size, each once.
            r268_relations_come_by_pages => within::relations_come_by_pages();
            /// A cursor of other relations is `InvalidInput`.
            r269_cursors_of_other_relations_are_refused => within::relations_have_cursors_of_their_own();
        }
    };
}
