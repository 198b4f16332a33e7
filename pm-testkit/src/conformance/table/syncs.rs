//! The rules about what engines that keep two backends alike need beyond the others.

/// Hands on the rules of the table with those of this theme behind.
#[doc(hidden)]
#[macro_export]
macro_rules! __conformance_table_of_syncs {
    ($then:ident $context:tt $($before:tt)*) => {
        $crate::$then! { $context
            $($before)*
            /// An idempotency key that is said to be new creates, and is kept: a later create with it returns that item.
            r301_new_keys_create_and_are_kept =>
                idempotency::new_keys_are_kept(Project), idempotency::new_keys_are_kept(Task),
                idempotency::new_keys_are_kept(Sprint), idempotency::new_keys_are_kept(Comment);
        }
    };
}
