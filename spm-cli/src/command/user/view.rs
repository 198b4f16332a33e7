//! `spm user view`.

use std::sync::Arc;

use clap::Args;
use pm_core::PMUser;

use crate::failure::Result;
use crate::lookup::Finder;
use crate::output::{Details, FormatArgs, show_item};
use crate::session::Session;

/// Which user.
#[derive(Args, Debug)]
pub(crate) struct ViewArgs {
    /// The user: login, name, e-mail address, id, or `@me`
    #[arg(default_value = "@me")]
    user: String,
    #[command(flatten)]
    format: FormatArgs,
}

pub(super) async fn run(session: &Session, args: ViewArgs) -> Result<()> {
    args.format.read::<PMUser>()?;
    let provider = session.reader().await?;
    let user = Finder::new(Arc::clone(&provider)).user(&args.user).await?;
    show_item(session, &provider, &user, &args.format, async |_| Ok(details(&user))).await
}

fn details(user: &PMUser) -> Details {
    Details::new(&user.name)
        .fact("login", user.login.as_deref().unwrap_or_default())
        .fact("e-mail", user.email.as_deref().unwrap_or_default())
        .fact("active", if user.active { "yes" } else { "no" })
        .fact("picture", user.avatar_url.as_deref().unwrap_or_default())
        .fact("id", user.id.as_str())
}
