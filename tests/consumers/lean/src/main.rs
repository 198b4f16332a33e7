//! An application with one backend: the environment says where it is.

use pm_core::build_pm_provider;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), pm_core::Error> {
    println!("{}", build_pm_provider().await?.health_check().await?.backend);
    Ok(())
}
