//! Frames of programs whose debug information is in a file of its own, or nowhere.
#![cfg(target_os = "linux")]
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a child prints its report, and a test that cannot go on panics"
)]

use std::path::Path;
use std::process::Command;

use backstop::report::Frame;
use backstop::settings::Reporting;
use backstop::{Backstop, Error, Report};

use crate::support::process::{CHILD, child, output};
use crate::support::reports::Reports;

#[inline(never)]
fn made_here() -> Error {
    Error::msg("broken")
}

/// In a child, prints the report of an error; in the parent, returns whether the test is still to run.
fn is_parent() -> bool {
    if std::env::var_os(CHILD).is_none() {
        return true;
    }
    let reporting = Reporting::new().capture_backtraces(true);
    let (backstop, reports) = Reports::with(Backstop::production().reporting(reporting));
    backstop.notify(&made_here());
    println!("report: {}", serde_json::to_string(&reports.one()).unwrap());
    false
}

/// The report that this program prints in a child.
fn report_of(program: &Path) -> Report {
    let mut command = Command::new(program);
    command.args(child("1").get_args()).env(CHILD, "1");
    let stdout = String::from_utf8(output(&mut command).stdout).unwrap();
    let (_, report) = stdout.split_once("report: ").unwrap();
    serde_json::from_str(report.lines().next().unwrap()).unwrap()
}

fn run(folder: &Path, program: &str, arguments: &[&str]) -> String {
    let mut command = Command::new(program);
    let output = command.args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|_| unreachable!("`{program}` of binutils is installed"));
    assert!(output.status.success(), "{program} {arguments:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn names_the_function(frame: &Frame) -> bool {
    frame
        .function
        .as_ref()
        .is_some_and(|it| it.ends_with("stripped::made_here"))
}

#[test]
fn debug_information_is_found_by_its_link_and_without_it_a_tracker_can_find_the_function() {
    if !is_parent() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path().canonicalize().unwrap();
    let program = folder.join("shop");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    run(
        &folder,
        "objcopy",
        &["--only-keep-debug", "shop", "shop.debug"],
    );
    run(&folder, "strip", &["shop"]);
    run(
        &folder,
        "objcopy",
        &["--add-gnu-debuglink=shop.debug", "shop"],
    );

    let report = report_of(&program);
    let own = report.frames.iter().find(|it| names_the_function(it));
    let own = own.expect("the function by its debug file");
    assert!(own.file.as_ref().unwrap().ends_with(file!()) && own.line.is_some() && own.in_app);
    let is_program = |file: &str| Path::new(file) == program;
    assert!(
        !report
            .debug_images
            .iter()
            .any(|image| is_program(&image.file))
    );

    let debug = std::fs::read(folder.join("shop.debug")).unwrap();
    std::fs::write(folder.join("shop.debug"), [&*debug, b"x"].concat()).unwrap();
    let report = report_of(&program);
    assert!(
        !report.frames.iter().any(|it| names_the_function(it)),
        "of another build"
    );
    let mut images = report.debug_images.iter();
    let image = images.find(|image| is_program(&image.file)).unwrap();
    std::fs::write(folder.join("shop.debug"), debug).unwrap();
    let in_program = report
        .frames
        .iter()
        .filter(|frame| image.contains(frame.address));
    let offsets: Vec<String> = in_program
        .map(|frame| format!("{:#x}", frame.address - image.address - 1))
        .collect();
    let mut arguments = vec!["-C", "-f", "-e", "shop.debug"];
    arguments.extend(offsets.iter().map(String::as_str));
    let names = run(&folder, "addr2line", &arguments);
    assert!(names.contains("made_here"), "{names}");
    if let Some(build_id) = &image.build_id {
        let notes = run(&folder, "readelf", &["-n", "shop"]);
        assert!(notes.contains(build_id), "{notes}");
    }
}
