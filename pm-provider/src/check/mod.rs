//! What is checked before any request, once for all providers.
//!
//! A provider calls [`Capabilities::check_create`], [`Capabilities::check_update`],
//! [`Capabilities::check_query`] and [`Capabilities::check_delete`] first thing in each method: what its
//! capabilities do not hold is `Unsupported`, what no backend can take is `InvalidInput`.

mod access;
mod value;

pub use access::{FieldsOf, Listing, Touch, TouchesOf};
pub(crate) use access::{
    Optional, Touching, fields_of, is_default, listing, patch_problem, required_problem, sealed, touches_of,
};
pub(crate) use value::Checked;

use crate::ability::{BatchOptions, ChangeFacts, ChangeQuery};
use crate::capability::{Capabilities, CreateGuarantee, Field, Operation, Support};
use crate::error::{Error, ErrorKind, Result};
use crate::model::Entity;
use crate::write::{Contents, DeleteOptions};

/// The longest idempotency key, in characters.
pub const MAX_IDEMPOTENCY_KEY: usize = 255;

impl Capabilities {
    /// Checks that an operation is there at all.
    ///
    /// # Errors
    /// `Unsupported` when it is not.
    pub fn check_operation(&self, entity: Entity, operation: Operation) -> Result<()> {
        if self.can(entity, operation) {
            return Ok(());
        }
        Err(self.unsupported(
            entity,
            operation,
            format!("`{}` cannot {operation} {}", self.provider, entity.with_article()),
        ))
    }

    /// Checks a `New*` before it is sent.
    ///
    /// # Errors
    /// `Unsupported` for a field or key that the backend does not take on create; `InvalidInput` for a value
    /// that no backend takes: NUL, an empty title, a year beyond 9999.
    pub fn check_create<T: FieldsOf>(&self, new: &T) -> Result<()> {
        self.check_operation(T::ENTITY, Operation::Create)?;
        let place = |error| self.locate(error, T::ENTITY, Operation::Create);
        no_problems(new.problems()).map_err(place)?;
        self.check_lengths(T::ENTITY, &new.lengths()).map_err(place)?;
        self.check_counts(T::ENTITY, &new.counts()).map_err(place)?;
        self.check_key(T::ENTITY, new.idempotency_key()).map_err(place)?;
        let refused =
            new.present().into_iter().filter(|field| self.entity(T::ENTITY).field(*field).on_create == Support::No);
        self.refuse_fields(T::ENTITY, Operation::Create, refused.collect(), "be given on create")
    }

    /// Checks a `*Patch` before it is sent.
    ///
    /// # Errors
    /// `Unsupported` for a field that the backend cannot change or empty, or `if_version` without a lock;
    /// `InvalidInput` for a value that no backend takes, and for emptying a field that must have a value.
    pub fn check_update<P: TouchesOf>(&self, patch: &P) -> Result<()> {
        self.check_operation(P::ENTITY, Operation::Update)?;
        let place = |error| self.locate(error, P::ENTITY, Operation::Update);
        no_problems(patch.problems()).map_err(place)?;
        self.check_lengths(P::ENTITY, &patch.lengths()).map_err(place)?;
        self.check_counts(P::ENTITY, &patch.counts()).map_err(place)?;
        self.check_lock(P::ENTITY, Operation::Update, patch.wants_lock())?;
        let support = |field| self.entity(P::ENTITY).field(field);
        let touches = patch.touches();
        let refused = touches.iter().filter(|(field, _)| support(*field).on_update == Support::No);
        self.refuse_fields(P::ENTITY, Operation::Update, refused.map(|(field, _)| *field).collect(), "be changed")?;
        let emptied =
            touches.iter().filter(|(field, touch)| *touch == Touch::Clear && support(*field).clearable == Support::No);
        match emptied.map(|(field, _)| *field).next() {
            Some(field) => {
                let message = format!("`{field}` of a {} must have a value; it cannot be cleared", P::ENTITY);
                Err(place(Error::new(ErrorKind::InvalidInput, message)))
            }
            None => Ok(()),
        }
    }

    /// Checks a query before it is sent.
    ///
    /// # Errors
    /// `Unsupported` for a filter or an order that the backend does not honour; `InvalidInput` for a page size of 0
    /// and for NUL in a text.
    pub fn check_query<Q: Listing>(&self, query: &Q) -> Result<()> {
        self.check_operation(Q::ENTITY, Operation::List)?;
        let entity = self.entity(Q::ENTITY);
        let lacking: Vec<_> = query
            .filters()
            .into_iter()
            .filter(|filter| !entity.filters.contains(filter))
            .map(|filter| format!("`{filter}`"))
            .collect();
        if !lacking.is_empty() {
            let message = format!("`{}` cannot filter {}s by {}", self.provider, Q::ENTITY, lacking.join(", "));
            return Err(self.unsupported(Q::ENTITY, Operation::List, message));
        }
        if !query.has_default_sort() && !entity.sorts.contains(&query.sort_field()) {
            let message = format!("`{}` cannot sort {}s that way", self.provider, Q::ENTITY);
            return Err(self.unsupported(Q::ENTITY, Operation::List, message));
        }
        query.check_values().map_err(|error| self.locate(error, Q::ENTITY, Operation::List))
    }

    /// Checks a delete before it is sent.
    ///
    /// # Errors
    /// `Unsupported` for `if_version` without a lock, or contents that cannot be taken along.
    pub fn check_delete(&self, entity: Entity, options: &DeleteOptions) -> Result<()> {
        self.check_operation(entity, Operation::Delete)?;
        self.check_lock(entity, Operation::Delete, options.if_version.is_some())?;
        if options.contents == Contents::Delete && !self.entity(entity).delete_with_contents {
            let message = format!("`{}` cannot delete the contents of a {entity} along with it", self.provider);
            return Err(self.unsupported(entity, Operation::Delete, message));
        }
        Ok(())
    }

    /// Checks a batch before any of it is sent; its operations are checked one by one when their turn comes.
    ///
    /// # Errors
    /// `Unsupported` for a batch that is larger than the backend takes, and for `atomic` where that is not supported.
    pub fn check_batch(&self, operations: usize, options: &BatchOptions) -> Result<()> {
        let place = |error: Error| error.in_provider(&self.provider).during("apply_batch");
        if options.atomic && !self.atomic_batch {
            let message = format!("`{}` cannot apply a batch as a whole; leave `atomic` out", self.provider);
            return Err(place(Error::unsupported(message)));
        }
        match self.max_batch_size {
            Some(most) if operations > most as usize => {
                let message =
                    format!("a batch of {operations} is too large for `{}`; allowed are {most}", self.provider);
                Err(place(Error::unsupported(message).hint("send it in parts")))
            }
            _ => Ok(()),
        }
    }

    /// Checks a query of the change feed before it is sent.
    ///
    /// # Errors
    /// `Unsupported` for a kind of item that the feed does not tell of; `InvalidInput` for a page size of 0 and for NUL.
    pub fn check_changes(&self, facts: &ChangeFacts, query: &ChangeQuery) -> Result<()> {
        let place = |error: Error| error.in_provider(&self.provider).during("changes_page");
        if let Some(entity) = query.entities.iter().find(|entity| !facts.entities.contains(entity)) {
            let message = format!("the change feed of `{}` does not tell of {entity}s", self.provider);
            return Err(place(Error::unsupported(message)));
        }
        check_listing(query, query.page_size).map_err(place)
    }

    fn check_lock(&self, entity: Entity, operation: Operation, wanted: bool) -> Result<()> {
        if wanted && !self.entity(entity).optimistic_lock {
            let message = format!("`{}` has no versions of a {entity}; leave `if_version` out", self.provider);
            return Err(self.unsupported(entity, operation, message));
        }
        Ok(())
    }

    fn check_key(&self, entity: Entity, key: Option<&str>) -> Result<()> {
        let Some(key) = key else { return Ok(()) };
        if self.entity(entity).create_guarantee == CreateGuarantee::None {
            let message = format!("`{}` keeps no idempotency key of a {entity}; leave it out", self.provider);
            return Err(Error::unsupported(message));
        }
        if key.is_empty() || key.contains('\0') || key.chars().count() > MAX_IDEMPOTENCY_KEY {
            let message = format!("an idempotency key has 1 to {MAX_IDEMPOTENCY_KEY} characters and no NUL");
            return Err(Error::invalid_input(message));
        }
        Ok(())
    }

    fn check_lengths(&self, entity: Entity, lengths: &[(Field, usize)]) -> Result<()> {
        for (field, length) in lengths {
            let Some(most) = self.entity(entity).field(*field).max_length else { continue };
            if *length > most {
                let message = format!("has {length} characters; allowed are {most}");
                return Err(Error::invalid_input(format!("a {entity} does not fit")).on_field(*field, message));
            }
        }
        Ok(())
    }

    fn check_counts(&self, entity: Entity, counts: &[(Field, usize)]) -> Result<()> {
        for (field, count) in counts {
            let Some(most) = self.entity(entity).field(*field).max_items else { continue };
            if *count > most {
                let message = format!("has {count} values; allowed are {most}");
                return Err(Error::invalid_input(format!("a {entity} does not fit")).on_field(*field, message));
            }
        }
        Ok(())
    }

    fn refuse_fields(&self, entity: Entity, operation: Operation, fields: Vec<Field>, what: &str) -> Result<()> {
        if fields.is_empty() {
            return Ok(());
        }
        let names: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
        let message = format!("{} of a {entity} cannot {what} in `{}`", names.join(", "), self.provider);
        let error = self.unsupported(entity, operation, message);
        Err(fields.into_iter().fold(error, |error, field| error.on_field(field, "not supported")))
    }

    fn unsupported(&self, entity: Entity, operation: Operation, message: String) -> Error {
        self.locate(Error::unsupported(message), entity, operation)
    }

    fn locate(&self, error: Error, entity: Entity, operation: Operation) -> Error {
        error.in_provider(&self.provider).during(&operation.on(entity))
    }
}

fn no_problems(problems: Vec<(Field, String)>) -> Result<()> {
    if problems.is_empty() {
        return Ok(());
    }
    let error = Error::invalid_input("the input is not valid");
    Err(problems.into_iter().fold(error, |error, (field, problem)| error.on_field(field, problem)))
}

/// What belongs to tasks is listed by task or by project: nobody lists all of it at once.
pub(crate) fn check_scope(entity: Entity, is_named: bool) -> Result<()> {
    if is_named {
        return Ok(());
    }
    Err(Error::invalid_input(format!("{entity}s are listed within a `task` or a `project`, and neither is named")))
}

/// A page holds at least one item, and no filter holds a NUL.
pub(crate) fn check_listing<Q: serde::Serialize>(query: &Q, page_size: Option<u32>) -> Result<()> {
    if page_size == Some(0) {
        return Err(Error::invalid_input("a page size of `0` lists nothing; allowed is 1 or more"));
    }
    let json = serde_json::to_value(query).unwrap_or_default();
    if holds_nul(&json) {
        return Err(Error::invalid_input("a filter holds a NUL character, which no backend stores"));
    }
    Ok(())
}

fn holds_nul(json: &serde_json::Value) -> bool {
    match json {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(values) => values.iter().any(holds_nul),
        serde_json::Value::Object(members) => members.values().any(holds_nul),
        _ => false,
    }
}
