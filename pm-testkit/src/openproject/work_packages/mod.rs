//! Work packages: <https://www.openproject.org/docs/api/endpoints/work-packages/>.

mod check;
mod custom;
pub(super) mod delete;
mod facets;
pub(super) mod form;
pub(super) mod list;
mod properties;
mod render;
mod schedule;
mod schema;
pub(super) mod write;

pub(super) use render::render_alone as render;
