//! An example as a process.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

/// A started example; it is killed when it is dropped.
pub(crate) struct Example {
    pub(crate) process: Child,
    pub(crate) address: String,
}

impl Example {
    /// Starts it on a free port, which it prints.
    pub(crate) fn start(name: &str, configure: impl FnOnce(&mut Command)) -> Self {
        // The examples are in a directory beside the tests; `cargo test` builds both.
        let tests = std::env::current_exe().expect("this binary");
        let directory = tests.parent().expect("a directory");
        let mut command = Command::new(directory.with_file_name("examples").join(name));
        command.args(["--port", "0"]).stdout(Stdio::piped());
        configure(&mut command);
        let mut process = command.spawn().expect("the example was built");
        let mut line = String::new();
        BufReader::new(process.stdout.as_mut().expect("it is piped"))
            .read_line(&mut line)
            .expect("the example prints its address");
        let address = line.trim().trim_end_matches('/').rsplit('/').next();
        Self {
            address: address.expect("an address").to_owned(),
            process,
        }
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
