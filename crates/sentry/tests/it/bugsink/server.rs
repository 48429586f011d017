//! Bugsink, set up afresh in a folder of its own.

use std::fs::{self, File};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

pub(crate) const USER: &str = "admin";
pub(crate) const PASSWORD: &str = "a-long-password";

/// A server on 127.0.0.1, with one project. It ends when it is dropped.
pub(crate) struct Bugsink {
    pub(crate) url: String,
    pub(crate) dsn: String,
    folder: PathBuf,
    programs: PathBuf,
    _server: Running,
}

impl Bugsink {
    /// In `home`, where `.ci/install_python_package.sh` has put it.
    pub(crate) fn start(home: &Path) -> Self {
        let programs = home.join("venv/bin");
        let installed = programs.join("bugsink-manage").exists();
        assert!(
            installed,
            "run `.ci/install_python_package.sh bugsink 2.6.1` first"
        );
        let folder = empty(home.join("run"));
        let port = free_port();
        let run = |program: &str, arguments: &[&str]| {
            let program = programs.join(program);
            output(bounded(&program, &folder).args(arguments))
        };
        let port_text = port.to_string();
        let template = ["--template=local", "--host=127.0.0.1", "--port", &port_text];
        run("bugsink-create-conf", &template);
        let settings = folder.join("bugsink_conf.py");
        let text = fs::read_to_string(&settings).unwrap();
        let quiet = text.replacen("BUGSINK = {", "BUGSINK = {\n    \"PHONEHOME\": False,", 1);
        assert_ne!(text, quiet, "it would report to its makers");
        fs::write(&settings, quiet).unwrap();
        run("bugsink-manage", &["migrate"]);
        run(
            "bugsink-manage",
            &["migrate", "snappea", "--database=snappea"],
        );
        let address = format!("127.0.0.1:{port}");
        let arguments = [
            "--bind",
            &address,
            "--workers",
            "1",
            "--no-control-socket",
            "bugsink.wsgi",
        ];
        let log = File::create(folder.join("gunicorn.log")).unwrap();
        let also = log.try_clone().unwrap();
        let mut gunicorn = bounded(&programs.join("gunicorn"), &folder);
        let _server = Running::start(gunicorn.args(arguments).stdout(log).stderr(also));
        let mut bugsink = Self {
            url: format!("http://{address}"),
            dsn: String::new(),
            folder,
            programs,
            _server,
        };
        bugsink.dsn = bugsink.make_project();
        wait_for(&address);
        bugsink
    }

    fn make_project(&self) -> String {
        let script = format!(
            "
from django.contrib.auth import get_user_model
from projects.models import Project, ProjectMembership, ProjectRole
from teams.models import Team, TeamMembership, TeamRole
user = get_user_model().objects.create_superuser('{USER}', 'admin@example.com', '{PASSWORD}')
team = Team.objects.create(name='shop')
TeamMembership.objects.create(team=team, user=user, role=TeamRole.ADMIN, accepted=True)
project = Project.objects.create(team=team, name='shop', slug='shop')
ProjectMembership.objects.create(project=project, user=user, role=ProjectRole.ADMIN, accepted=True)
print(json.dumps(project.dsn))"
        );
        let dsn = self.run(&script);
        dsn.as_str().unwrap().to_owned()
    }

    /// All events of its database, with the page of each.
    pub(crate) fn events(&self) -> Vec<Value> {
        let events = self.run(
            "
from events.models import Event
print(json.dumps([{'page': event.get_absolute_url(), 'data': event.get_parsed_data()} for event in Event.objects.all()]))",
        );
        events.as_array().unwrap().clone()
    }

    /// Runs a script in its shell; returns the JSON that it prints last.
    fn run(&self, script: &str) -> Value {
        let manage = self.programs.join("bugsink-manage");
        let script = format!("import json\n{script}");
        let mut manage = bounded(&manage, &self.folder);
        let printed = output(manage.args(["shell", "--command", &script]));
        let last = printed.lines().last().unwrap_or_default();
        serde_json::from_str(last).unwrap_or_else(|_| panic!("{printed}"))
    }
}

/// A folder with nothing in it.
pub(crate) fn empty(folder: PathBuf) -> PathBuf {
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A process that ends when this is dropped, and by itself after five minutes.
pub(crate) struct Running(pub(crate) Child);

impl Running {
    pub(crate) fn start(command: &mut Command) -> Self {
        Self(command.stdin(Stdio::null()).spawn().unwrap())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Not killed outright: `timeout` passes it on to those below.
        let _ = Command::new("kill").arg(self.0.id().to_string()).status();
        let _ = self.0.wait();
    }
}

/// A command that ends by itself, with all that it started.
pub(crate) fn bounded(program: &Path, folder: &Path) -> Command {
    let mut bounded = command(Path::new("timeout"), folder);
    bounded.args(["--kill-after=10", "300"]).arg(program);
    bounded
}

fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new(program);
    command.current_dir(folder).env("HOME", folder);
    command
}

/// What a command that succeeds prints.
fn output(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(
        output.status.success(),
        "{command:?}: {}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn wait_for(address: &str) {
    let start = Instant::now();
    while TcpStream::connect(address).is_err() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "nothing listens at {address}"
        );
        std::thread::sleep(Duration::from_millis(50));
    }
}
