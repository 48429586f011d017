//! The files of a spool: segments written, read and removed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use uuid::Uuid;

use super::private_files::is_file;
use super::segment_format as segment;
use super::spool_dir::SpoolDir;
use super::stored::Stored;
use crate::report::report::Report;
use crate::reporters::SpoolSettings;

#[derive(Debug)]
pub(super) struct Disk {
    pub(super) dir: SpoolDir,
    segments: BTreeMap<u64, Segment>,
    last_segment: u64,
    /// The size of all segments, including reports that are done.
    bytes: u64,
    opened: SystemTime,
    pub(super) max_reports: usize,
    pub(super) max_bytes: u64,
    max_age: Duration,
}

/// A file with the reports of one write.
#[derive(Debug)]
struct Segment {
    path: PathBuf,
    bytes: u64,
    /// The offsets of the reports that are not done.
    live: BTreeSet<u64>,
}

pub(super) const ENDING: &str = ".json";
/// The ending of a segment with the report of a panic during startup: the next process waits until it is delivered.
pub(super) const START_ENDING: &str = ".start.json";
/// How long a process counts as starting.
const START: Duration = Duration::from_secs(2);

impl Disk {
    pub(super) fn open(settings: &SpoolSettings, destination: &str) -> io::Result<Self> {
        Ok(Self {
            dir: SpoolDir::open(&settings.dir, destination)?,
            segments: BTreeMap::new(),
            last_segment: 0,
            bytes: 0,
            opened: SystemTime::now(),
            max_reports: settings.max_reports,
            max_bytes: settings.max_bytes,
            max_age: settings.max_age,
        })
    }

    pub(super) const fn bytes(&self) -> u64 {
        self.bytes
    }

    pub(super) const fn is_left(&self) -> bool {
        self.dir.is_left()
    }

    /// Writes reports, given as JSON, either all or none. When this returns, they are on disk.
    pub(super) fn write(&mut self, reports: &[(Uuid, Vec<u8>)]) -> io::Result<Vec<Stored>> {
        self.write_as(reports, ENDING)
    }

    /// Like [`write`](Self::write), for the report of a panic that may end this process, which happened `at` this time.
    pub(super) fn write_last(
        &mut self,
        report: (Uuid, Vec<u8>),
        at: SystemTime,
    ) -> io::Result<Stored> {
        let is_start = at < self.opened + START;
        let ending = if is_start { START_ENDING } else { ENDING };
        let stored = self.write_as(&[report], ending)?;
        stored
            .first()
            .copied()
            .ok_or_else(|| io::ErrorKind::WriteZero.into())
    }

    fn write_as(&mut self, reports: &[(Uuid, Vec<u8>)], ending: &str) -> io::Result<Vec<Stored>> {
        let first = reports.first().map_or_else(Uuid::nil, |(id, _)| *id);
        let (number, name) = self.next_segment(first, ending);
        let mut contents = Vec::new();
        let mut stored = Vec::with_capacity(reports.len());
        for (id, json) in reports {
            stored.push(Stored {
                id: *id,
                segment: number,
                offset: contents.len() as u64,
                len: json.len() as u64,
            });
            contents.extend_from_slice(json);
            contents.push(b'\n');
        }
        let path = self.dir.write(&name, &contents)?;
        self.insert(number, path, contents.len() as u64, &stored);
        Ok(stored)
    }

    /// Reads reports; `None` for one that cannot be read.
    pub(super) fn read(&self, reports: &[Stored]) -> Vec<Option<Report>> {
        let mut open: Option<(u64, File)> = None;
        let mut read = |stored: &Stored| {
            if open
                .as_ref()
                .is_none_or(|(number, _)| *number != stored.segment)
            {
                open = Some((stored.segment, self.file(stored.segment)?));
            }
            let json = read_at(&mut open.as_mut()?.1, stored).ok()?;
            let report: Report = serde_json::from_slice(&json).ok()?;
            (report.id == stored.id).then_some(report)
        };
        let mut all = Vec::with_capacity(reports.len());
        for stored in reports {
            all.push(read(stored));
        }
        all
    }

    /// Removes reports that are done, unless they are removed already.
    pub(super) fn remove(&mut self, reports: &[Stored]) {
        if self.dir.is_left() {
            return;
        }
        let mut done: BTreeMap<u64, String> = BTreeMap::new();
        for stored in reports {
            let segment = self.segments.get_mut(&stored.segment);
            if segment.is_some_and(|segment| segment.live.remove(&stored.offset)) {
                let lines = done.entry(stored.segment).or_default();
                lines.push_str(&segment::done_line(stored.offset));
            }
        }
        for (number, lines) in done {
            self.mark_done(number, &lines);
        }
    }

    /// Moves an unreadable report to a file that ends in `.bad`.
    pub(super) fn set_aside(&mut self, stored: &Stored) {
        let json = self.file(stored.segment);
        let json = json.and_then(|mut file| read_at(&mut file, stored).ok());
        if let Some(json) = json {
            let name = format!("{}{ENDING}", stored.id.hyphenated());
            self.dir.write_aside(&name, &json);
        }
        self.remove(&[*stored]);
    }

    /// Removes what was set aside too long ago.
    pub(super) fn clean_up(&self) {
        self.dir.clean_up(self.max_age);
    }

    /// Leaves all segments to another process; this one stores nothing more.
    pub(super) fn leave(&mut self) {
        self.dir.leave(self.segments.is_empty());
    }

    /// The number and the file name of the next segment, whose first report has this id.
    pub(super) fn next_segment(&self, first: Uuid, ending: &str) -> (u64, String) {
        let number = self.last_segment + 1;
        (number, format!("{}-{number}{ending}", first.hyphenated()))
    }

    pub(super) fn insert(&mut self, number: u64, path: PathBuf, bytes: u64, reports: &[Stored]) {
        self.last_segment = number;
        self.bytes += bytes;
        let live = reports.iter().map(|stored| stored.offset).collect();
        self.segments.insert(number, Segment { path, bytes, live });
    }

    fn file(&self, segment: u64) -> Option<File> {
        let Segment { path, .. } = self.segments.get(&segment)?;
        is_file(path).then(|| File::open(path).ok()).flatten()
    }

    /// Removes a segment whose reports are all done; otherwise appends the `lines` that mark the done ones.
    fn mark_done(&mut self, number: u64, lines: &str) {
        let Some(segment) = self.segments.get_mut(&number) else {
            return;
        };
        if segment.live.is_empty() {
            let _ = fs::remove_file(&segment.path);
            self.bytes -= segment.bytes;
            self.segments.remove(&number);
            return;
        }
        let file = OpenOptions::new().append(true).open(&segment.path);
        // If that fails, the reports may be delivered twice.
        if file
            .and_then(|mut file| file.write_all(lines.as_bytes()))
            .is_ok()
        {
            segment.bytes += lines.len() as u64;
            self.bytes += lines.len() as u64;
        }
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        self.leave();
    }
}

fn read_at(file: &mut File, stored: &Stored) -> io::Result<Vec<u8>> {
    file.seek(SeekFrom::Start(stored.offset))?;
    let mut json = Vec::new();
    file.take(stored.len).read_to_end(&mut json)?;
    Ok(json)
}
