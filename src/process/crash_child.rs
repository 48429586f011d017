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
/// A panic that ends the process leaves its report on disk, synced, if the reporter has a [`Spool`](crate::reporters).
/// What cannot be delivered within three quarters of [`crash_timeout`](crate::settings::PanicSettings::crash_timeout) is
/// handed over to a child: the same program with the same arguments, detached, without standard input and output, and
/// with `BACKSTOP_CRASH_CHILD` in its environment. The child runs `main` up to this call, which delivers what the spools
/// hold, for 30 seconds at most, and returns the code to exit with. In every other process this returns `None`, and
/// notes that a child may be started. Without this call no child is ever started.
///
/// The child delivers with the settings of the application. Call this right after [`build`](crate::Builder::build), and
/// do nothing before it that only a service does, such as binding a port. If no Backstop with a spool was built before,
/// no child is started.
///
/// The child does not outlive a container whose first process the application was, nor systemd's default `KillMode`:
/// there the next start delivers.
///
/// # Which panics end the process
///
/// In a program compiled with `panic = "abort"`, every one that the [panic
/// hook](crate::Backstop::install_panic_hook) sees, in handlers too. Otherwise one that unwinds `main` past its
/// [guard](crate::Backstop::guard), and those after which Rust aborts, such as a panic that leaves a destructor while
/// another one unwinds. Stack overflows, `abort`, `exit` and signals end the process without any hook, and are not
/// reported.
///
/// The frames of such a report are looked up within half of `crash_timeout`. If that takes longer, as in a large program
/// with all its debug information, frames contain only addresses.
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
            // It returns early if there is nothing to do before the next attempt.
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

/// Starts the child. It outlives this process, and a signal to its process group.
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
