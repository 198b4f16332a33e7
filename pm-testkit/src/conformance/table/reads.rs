//! The rules about what exports need beyond listing: totals, and what belongs to the tasks of a whole project.

/// Hands on the rules of the table with those of this theme behind.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table_of_reads {
    ($then:ident $context:tt $($before:tt)*) => {
        $crate::__conformance_table_of_syncs! { $then $context
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
            /// A pull request that is opened is what was asked for, and what a get shows.
            r270_pull_request_is_opened_as_get_shows_it => pull_requests::opened_is_what_get_shows();
            /// A listing shows a pull request as a get does.
            r271_pull_request_is_listed_as_it_is_got => pull_requests::listed_as_it_is_got();
            /// The number of a pull request is given once.
            r272_numbers_of_pull_requests_are_given_once => pull_requests::numbers_are_given_once();
            /// Pull requests come oldest first, or newest first if that is asked for.
            r273_pull_requests_come_in_order => pull_requests::come_oldest_first();
            /// Filters of pull requests find what they name.
            r274_pull_requests_are_filtered => pull_requests::are_filtered();
            /// Pages of any size show each pull request once.
            r275_pull_requests_come_by_pages => pull_requests::come_by_pages();
            /// A cursor of other pull requests is `InvalidInput`; how recent they must be is no part of it.
            r276_cursors_of_other_pull_requests_are_refused => pull_requests::cursors_belong_to_their_query();
            /// An unknown number of a pull request is `NotFound`.
            r277_unknown_pull_request_is_not_found => pull_requests::unknown_number_is_not_found();
            /// The pull requests of an unknown project are `NotFound`, and none can be opened.
            r278_pull_requests_of_an_unknown_project_are_not_found => pull_requests::unknown_project_is_not_found();
            /// The pull requests of an unknown task are `NotFound`.
            r279_pull_requests_of_an_unknown_task_are_not_found => pull_requests::unknown_task_is_not_found();
            /// A pull request without its branches or a title is `InvalidInput`, and leaves nothing behind.
            r280_pull_request_needs_its_branches => pull_requests::branches_must_be_there();
            /// A second open pull request of two branches is `Conflict`, which names the first.
            r281_second_pull_request_of_two_branches_is_conflict => pull_requests::second_of_two_branches_is_conflict();
            /// The pull requests of a task are found by branch, title and description, and say so.
            r282_pull_requests_of_a_task_say_why => pull_requests::of_a_task_say_why();
            /// A pull request of a task comes once, with every reason.
            r283_pull_request_of_a_task_comes_once => pull_requests::of_a_task_come_once();
            /// A pull request of another task is left out, though the keys begin alike.
            r284_pull_requests_of_other_tasks_are_left_out => pull_requests::of_others_are_left_out();
            /// Opening a pull request is `ReadOnly` through a read-only layer.
            r285_opening_is_refused_read_only => pull_requests::opening_is_refused_read_only();
            /// A pull request that was opened is seen at once, whatever is remembered.
            r286_opened_pull_requests_are_seen_at_once => pull_requests::opened_are_seen_at_once();
            /// Errors of pull requests name the provider and the operation.
            r287_errors_of_pull_requests_name_both_too => pull_requests::errors_name_both();
            /// What was attached is listed, with what the capabilities say that listings show.
            r288_attachments_are_listed_as_they_were_put => attachments::listed_as_put();
            /// Pages of any size show each attachment once, oldest first.
            r289_attachments_come_by_pages => attachments::come_by_pages();
            /// A task without attachments has an empty list.
            r290_no_attachments_are_an_empty_list => attachments::none_are_an_empty_list();
            /// Two files of one name are two attachments, each with its own content.
            r291_attachments_of_one_name_are_two => attachments::of_one_name_are_two();
            /// No task shows the attachments of another.
            r292_attachments_of_other_tasks_are_left_out => attachments::of_others_are_left_out();
            /// What is downloaded is what was attached, byte for byte, chunk by chunk.
            r293_attachments_are_downloaded_byte_for_byte => attachments::downloaded_byte_for_byte();
            /// A file without a byte is downloaded as one.
            r294_empty_attachments_are_downloaded => attachments::empty_files_are_files();
            /// The attachments of an unknown task are `NotFound`.
            r295_attachments_of_an_unknown_task_are_not_found => attachments::of_an_unknown_task();
            /// An attachment that a task has not is `NotFound`.
            r296_unknown_attachment_is_not_found => attachments::unknown_ones();
            /// The attachment of another task is `NotFound`.
            r297_attachment_of_another_task_is_not_found => attachments::of_another_task();
            /// A cursor of another task's attachments is `InvalidInput`; the page size is no part of it.
            r298_cursors_of_other_attachments_are_refused => attachments::cursors_belong_to_their_task();
            /// Attachments are listed and read through a read-only layer.
            r299_attachments_are_read_behind_a_read_only_layer => attachments::read_behind_a_read_only_layer();
            /// Errors of attachments name the provider and the operation.
            r300_errors_of_attachments_name_both_too => attachments::errors_name_both();
        }
    };
}
