//! Collections page by page: order, pages, links and the choice of properties.

use std::cmp::Ordering;

use serde_json::{Map, Value, json};

use super::builder::Options;
use super::errors::{Answer, Problem};
use super::filters::{self, Facet, Filter, Kind};
use super::hal::Reply;
use super::request::Parameters;
use super::store::App;

/// One criterion of an order.
#[derive(Debug)]
pub(super) struct Criterion {
    pub(super) column: String,
    pub(super) descending: bool,
}

/// Reads `sortBy=[["updatedAt","asc"],["id","asc"]]`; without it the order is by id.
pub(super) fn order(parameters: &Parameters, columns: &[&str]) -> Answer<Vec<Criterion>> {
    let Some(text) = parameters.get("sortBy") else { return Ok(Vec::new()) };
    let criteria: Vec<Vec<String>> =
        serde_json::from_str(text).map_err(|_| Problem::invalid_query("Sort criteria is not valid JSON."))?;
    criteria.into_iter().map(|criterion| self::criterion(&criterion, columns)).collect()
}

fn criterion(given: &[String], columns: &[&str]) -> Answer<Criterion> {
    let column = given.first().map(String::as_str).unwrap_or_default();
    if !columns.contains(&column) {
        return Err(Problem::invalid_query(format!("Can't sort by column: {column}")));
    }
    match given.get(1).map(String::as_str) {
        None | Some("asc") => Ok(Criterion { column: column.to_owned(), descending: false }),
        Some("desc") => Ok(Criterion { column: column.to_owned(), descending: true }),
        Some(other) => Err(Problem::invalid_query(format!("Sort criteria has an invalid direction: {other}"))),
    }
}

/// Sorts by the criteria, then by id, the last word of every order here.
pub(super) fn sort<T>(items: &mut [T], criteria: &[Criterion], compare: impl Fn(&T, &T, &str) -> Ordering) {
    items.sort_by(|one, other| {
        let decided = criteria.iter().map(|criterion| {
            let order = compare(one, other, &criterion.column);
            if criterion.descending { order.reverse() } else { order }
        });
        decided.into_iter().find(|order| order.is_ne()).unwrap_or_else(|| compare(one, other, "id"))
    });
}

/// One page of a listing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Page {
    /// The number of the page, from 1: the vendor calls it `offset`.
    number: usize,
    size: usize,
}

impl Page {
    /// Reads `offset`, a page number from 1, and `pageSize`, cut to the installation's maximum.
    ///
    /// <https://www.openproject.org/docs/api/collections/>; 20 by default (AndyEverything/openproject-mcp-server#6);
    /// the maximum is the setting `apiv3_max_page_size`. Zero for a size asks for the total alone.
    pub(super) fn read(parameters: &Parameters, options: &Options) -> Self {
        let size = parameters.number("pageSize").unwrap_or(options.page_size);
        let number = parameters.number("offset").unwrap_or(1).max(1);
        Self { number, size: size.min(options.maximum_page_size) }
    }

    /// The elements of this page.
    pub(super) fn cut<T>(self, items: Vec<T>) -> Vec<T> {
        items.into_iter().skip((self.number - 1).saturating_mul(self.size)).take(self.size).collect()
    }

    /// The page as a collection with its links to neighbours.
    pub(super) fn collection(self, path: &str, parameters: &Parameters, total: usize, elements: Vec<Value>) -> Value {
        let href = |number: &str, size: &str| self.href(path, parameters, number, size);
        let [number, size] = [self.number.to_string(), self.size.to_string()];
        let mut links = json!({
            "self": { "href": href(&number, &size) },
            "jumpTo": { "href": href("{offset}", &size), "templated": true },
            "changeSize": { "href": href(&number, "{size}"), "templated": true },
        });
        if self.number.saturating_mul(self.size) < total && self.size > 0 {
            links["nextByOffset"] = json!({ "href": href(&(self.number + 1).to_string(), &size) });
        }
        if self.number > 1 {
            links["previousByOffset"] = json!({ "href": href(&(self.number - 1).to_string(), &size) });
        }
        let mut collection = json!({
            "_type": "Collection",
            "total": total,
            "count": elements.len(),
            "pageSize": self.size,
            "offset": self.number,
            "_embedded": {},
            "_links": links,
        });
        collection["_embedded"]["elements"] = Value::Array(elements);
        collection
    }

    fn href(self, path: &str, parameters: &Parameters, number: &str, size: &str) -> String {
        let kept = parameters.pairs().iter().filter(|(name, _)| name != "offset" && name != "pageSize");
        let kept = kept.map(|(name, value)| (name.as_str(), value.as_str()));
        let pairs: Vec<String> = kept
            .chain([("offset", number), ("pageSize", size)])
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        format!("{path}?{}", pairs.join("&"))
    }
}

fn encode(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

/// Keeps only the properties that `select` names: <https://www.openproject.org/docs/api/signaling/>.
///
/// `total,elements/id` or `["total","elements/id"]`; `*` stands for all of a level. Links count as properties.
pub(super) fn select(parameters: &Parameters, known: &[&str], collection: Value) -> Answer<Value> {
    let Some(text) = parameters.get("select") else { return Ok(collection) };
    let names: Vec<String> =
        serde_json::from_str(text).unwrap_or_else(|_| text.split(',').map(|name| name.trim().to_owned()).collect());
    let mut outer = Vec::new();
    let mut inner = Vec::new();
    for name in &names {
        match name.split_once('/') {
            Some(("elements", name)) if name == "*" || known.contains(&name) => inner.push(name),
            None if ["*", "total", "count", "pageSize", "offset", "self"].contains(&name.as_str()) => {
                outer.push(name.as_str());
            }
            _ => return Err(Problem::invalid_signal(name)),
        }
    }
    let mut kept = keep(&collection, &outer);
    if !inner.is_empty() {
        let elements = collection["_embedded"]["elements"].as_array().into_iter().flatten();
        kept["_embedded"] = json!({ "elements": elements.map(|element| keep(element, &inner)).collect::<Vec<_>>() });
    }
    Ok(kept)
}

fn keep(object: &Value, names: &[&str]) -> Value {
    let wanted = |name: &str| names.contains(&"*") || names.contains(&name);
    let pick = |object: &Value, links: bool| -> Map<String, Value> {
        let members = object.as_object().into_iter().flatten();
        let members = members.filter(|(name, _)| wanted(name) && (links || !name.starts_with("_") || *name == "_type"));
        members.map(|(name, value)| (name.clone(), value.clone())).collect()
    };
    let mut kept = pick(object, false);
    let links = pick(&object["_links"], true);
    if !links.is_empty() {
        kept.insert("_links".to_owned(), links.into());
    }
    kept.into()
}

/// A paginated listing of one kind of item.
pub(super) struct Listing<'a, T> {
    /// Its path, for links.
    pub(super) path: &'a str,
    /// The filters that it takes.
    pub(super) filters: &'a [(&'a str, Kind)],
    /// The columns that it sorts by.
    pub(super) columns: &'a [&'a str],
    /// The properties of an element that can be selected.
    pub(super) selectable: &'a [&'a str],
    /// What a filter looks at.
    pub(super) facet: &'a dyn Fn(&T, &str) -> Facet,
    /// The order of two items by a column; always by `id`.
    pub(super) compare: &'a dyn Fn(&T, &T, &str) -> Ordering,
    /// How an item is shown.
    pub(super) render: &'a dyn Fn(&T) -> Value,
}

impl<T> Listing<'_, T> {
    /// Answers a request: filters, sorts, cuts a page, and shows it.
    pub(super) fn answer(&self, app: &App, parameters: &Parameters, items: Vec<&T>) -> Answer<Reply> {
        let filters = filters::read(parameters, self.filters)?.unwrap_or_default();
        self.filtered(app, parameters, items, &filters)
    }

    /// The same with filters that are read already.
    pub(super) fn filtered(
        &self,
        app: &App,
        parameters: &Parameters,
        items: Vec<&T>,
        filters: &[Filter],
    ) -> Answer<Reply> {
        let criteria = order(parameters, self.columns)?;
        let now = app.now();
        let passes = |item: &&T| filters.iter().all(|filter| filter.passes(&(self.facet)(item, &filter.name), now));
        let mut passed: Vec<&T> = items.into_iter().filter(passes).collect();
        sort(&mut passed, &criteria, |one, other, column| (self.compare)(one, other, column));
        let (page, total) = (Page::read(parameters, &app.options), passed.len());
        let elements = page.cut(passed).into_iter().map(self.render).collect();
        select(parameters, self.selectable, page.collection(self.path, parameters, total, elements)).map(Reply::ok)
    }
}
