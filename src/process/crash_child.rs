//! The child process that delivers what a crash left on disk.

use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::pipeline::Pipelines;

/// Set in the child's environment.
const VARIABLE: &str = "BACKSTOP_CRASH_CHILD";
/// How long the child tries to deliver.
const LONGEST: Duration = Duration::from_secs(30);
/// How often the child looks for something to deliver.
const INTERVAL: Duration = Duration::from_millis(50);

/// The program to start, set when the application allows it.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Allows a crash to be reported at once, by a child process, instead of at the next start of the application.
///
/// If the reporter has a [`Spool`](crate::reporters), a panic that ends the process leaves its report synced to disk.
/// Reports that cannot be delivered within three quarters of
/// [`crash_timeout`](crate::settings::PanicSettings::crash_timeout) are handed over to a child: the same program with
/// the same arguments, detached, without standard input, output and error, and with `BACKSTOP_CRASH_CHILD` in its
/// environment. The child runs `main` up to this call, which delivers the reports in the spools for at most 30 seconds
/// and returns the exit code. In every other process, this call returns `None` and allows a child to be started.
/// Without this call, no child is ever started.
///
/// The child delivers with the settings of the application. Call this right after [`build`](crate::Builder::build), and
/// do nothing before it that only the service itself should do, such as binding a port. If no Backstop with a spool was
/// built before the call, no child is started.
///
/// The child ends with a container in which the application was the first process, and with a systemd unit that has the
/// default `KillMode`. The next start of the application then delivers the reports.
///
/// # Which panics end the process
///
/// In a program compiled with `panic = "abort"`, every panic that the [panic
/// hook](crate::Backstop::install_panic_hook) sees does, including those in handlers. Otherwise, a panic that unwinds
/// `main` past its [guard](crate::Backstop::guard) does, and so does one after which Rust aborts, such as a panic that
/// leaves a destructor while another one unwinds. Stack overflows, `abort`, `exit` and signals end the process without
/// running a panic hook, and are not reported.
///
/// The frames of such a report are symbolized within half of `crash_timeout`. If that takes longer, as in a large
/// program with full debug information, the frames contain only addresses.
///
#[cfg_attr(
    feature = "spool",
    doc = r#"```
use std::process::ExitCode;
use backstop::{Backstop, reporters::{Memory, Spool}};

fn main() -> ExitCode {
# let folder = std::env::temp_dir().join(format!("backstop-doc-child-{}", std::process::id()));
    let spool = Spool::new(&folder, Memory::new());
    let Ok(backstop) = Backstop::production().reporter(spool).build() else {
        return ExitCode::FAILURE;
    };
    if let Some(code) = backstop::panics::crash_child() {
        return code;
    }
    let guard = backstop.guard();
    let code = guard.exit_code(serve());
#   drop(backstop);
#   std::fs::remove_dir_all(folder).unwrap();
    code
}

fn serve() -> std::io::Result<()> {
    Ok(())
}
```"#
)]
#[must_use = "in the child, `main` must return this code"]
pub fn crash_child() -> Option<ExitCode> {
    let pipelines = Pipelines::of_process();
    if is_child() {
        let start = Instant::now();
        loop {
            let left = LONGEST.saturating_sub(start.elapsed());
            // Returns early if nothing can be done before the next attempt.
            pipelines.wait_blocking(left);
            if pipelines.spooled() == 0 || left.is_zero() {
                break;
            }
            std::thread::sleep(INTERVAL.min(left));
        }
        let is_done = pipelines.spooled() == 0 && pipelines.have_spools();
        return Some(if is_done {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    if pipelines.have_spools()
        && let Ok(program) = std::env::current_exe()
    {
        // A second call sets the same program.
        let _ = PROGRAM.set(program);
    }
    None
}

pub(super) fn may_start() -> bool {
    PROGRAM.get().is_some() && !is_child()
}

/// Starts the child, which outlives this process and is not in its process group.
pub(super) fn start() -> Option<Child> {
    let mut command = Command::new(PROGRAM.get()?);
    command
        .args(std::env::args_os().skip(1))
        .env(VARIABLE, "1")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, DETACHED_PROCESS);
    command.spawn().ok()
}

#[cfg(windows)]
const DETACHED_PROCESS: u32 = 0x0000_0008;

fn is_child() -> bool {
    std::env::var_os(VARIABLE).is_some()
}
