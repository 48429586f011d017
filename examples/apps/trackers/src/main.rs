//! Reports one failure to every tracker that the environment names: see `README.md`.

mod failure;
mod trackers;

use std::process::ExitCode;
use std::time::Duration;

use backstop::reporters::Console;
use backstop::settings::Reporting;
use backstop::{Backstop, BoxError};

use crate::trackers::{Setup, TRACKERS};

/// How long the trackers are given.
const TIMEOUT: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

/// Returns whether every report has arrived.
fn run() -> Result<bool, BoxError> {
    let builder = Backstop::production()
        .app("shop", "1.4.0")
        .release_stage("staging")
        .reporter(Console::new())
        .reporting(Reporting::new().on_outcome(|event| {
            let reporter = event.reporter().unwrap_or("all");
            println!("{reporter}: {}", event.outcome());
        }));
    let mut setup = Setup::new(builder);
    let mut are_named = false;
    for tracker in &TRACKERS {
        if tracker.is_named()? {
            are_named = true;
            let added = (tracker.add)(setup);
            setup = added.map_err(|problem| format!("{}: {problem}", tracker.name))?;
        }
    }
    if !are_named {
        println!("The environment names no tracker. There are:");
        for tracker in &TRACKERS {
            println!("  {}: {}", tracker.name, tracker.usage());
        }
        println!();
    }
    let backstop = setup.builder.build()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let mut all_arrived = runtime.block_on(report(&backstop))?;
    for end in setup.ends {
        if let Err(problem) = end() {
            println!("{problem}");
            all_arrived = false;
        }
    }
    Ok(all_arrived)
}

/// Has a request fail, and returns whether every reporter has delivered its report.
async fn report(backstop: &Backstop) -> Result<bool, BoxError> {
    let response = failure::request(backstop).await?;
    println!(
        "The response is a {} with the id {}",
        response.status(),
        response.headers()["x-error-id"].to_str()?
    );
    backstop.close(TIMEOUT).await;
    println!();
    let stats = backstop.stats();
    for stats in &stats.reporters {
        println!(
            "{}: captured {}, delivered {}, dropped {}",
            stats.name(),
            stats.captured(),
            stats.delivered(),
            stats.dropped()
        );
    }
    Ok(stats.reporters.iter().all(|stats| stats.delivered() == 1))
}
