//! The child that delivers what a crash has left.

use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use crate::pipeline::Pipelines;

/// Set in the child's environment.
const VARIABLE: &str = "BACKSTOP_CRASH_CHILD";
/// How long the child tries.
const LONGEST: Duration = Duration::from_secs(30);
/// How often it looks whether there is something to do.
const LOOK: Duration = Duration::from_millis(50);

/// The program to start, once the application has said that it may be.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Has the reports of a crash sent at once, by a child of the process that a panic ends, instead of at the next start.
///
/// A panic that ends the process leaves its report, synced, with every reporter that [keeps
/// reports](crate::reporters::Keeper), such as `Spool`. What
/// could not be delivered from there within three quarters of [`crash_timeout`](crate::Builder::crash_timeout) is left
/// to a child: the same program with the same arguments, detached, without input and output, and with
/// `BACKSTOP_CRASH_CHILD` in its environment. It runs `main` up to this call, which in the child delivers what the
/// spools hold, for 30 seconds at the most, and gives the code to end with. In every other process this is `None`, and
/// notes that a child may be started; none ever is where this was not called.
///
/// The child does not outlive a container whose first process this one was, nor systemd's default `KillMode`: there the
/// next start delivers.
///
/// The child delivers by the application's own settings, so call this right after [`build`](crate::Builder::build), with
/// nothing before it that only a service does, such as taking a port. Where no Backstop with a reporter that keeps
/// reports was built before, no child is started.
///
/// Which panics end the process: in a program compiled with `panic = "abort"` every one that the [panic
/// hook](crate::Backstop::install_panic_hook) sees, in handlers too; else one that leaves the future of [`Backstop::run`](crate::Backstop::run),
/// and those after which Rust aborts, as a panic that leaves a destructor while another unwinds. Stack overflows,
/// `abort`, `exit` and signals end it without any hook, and nothing is reported of them.
///
/// The frames of such a report are looked up in half of `crash_timeout`; what takes longer, as a large program with all
/// its debug information may, leaves addresses.
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
#   let code =
    backstop.run(serve())
#   ;
# drop(backstop);
# std::fs::remove_dir_all(folder).unwrap();
# code
}

async fn serve() -> std::io::Result<()> {
    Ok(())
}
```"#
)]
#[must_use = "in the child, `main` is to return with this code"]
pub fn crash_child() -> Option<ExitCode> {
    let pipelines = Pipelines::of_process();
    if is_child() {
        let start = Instant::now();
        loop {
            let left = LONGEST.saturating_sub(start.elapsed());
            // It returns early where there is nothing to do before the next attempt.
            pipelines.wait_blocking(left);
            if pipelines.kept() == 0 || left.is_zero() {
                break;
            }
            std::thread::sleep(LOOK.min(left));
        }
        let is_done = pipelines.kept() == 0 && pipelines.can_keep();
        return Some(if is_done {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        });
    }
    if pipelines.can_keep()
        && let Ok(program) = std::env::current_exe()
    {
        // Called again, it is the same one.
        let _ = PROGRAM.set(program);
    }
    None
}

pub(super) fn may_start() -> bool {
    PROGRAM.get().is_some() && !is_child()
}

/// Starts the child; it does not end with this process, nor by a signal to its group.
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
