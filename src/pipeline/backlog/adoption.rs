//! Takes over the reports that ended processes left in a spool.

use std::fs;
use std::path::Path;
use std::time::SystemTime;

use uuid::Uuid;

use super::dead_part::DeadPart;
use super::file_clock::FileClock;
use super::private_files::{file_name, is_file};
use super::segment_format as segment;
use super::segment_format::Line;
use super::spool_files::{Disk, ENDING, START_ENDING};
use super::stored::{Recovered, Stored};

#[derive(Debug)]
pub(super) struct Adopted {
    /// When they are taken over.
    time: SystemTime,
    /// Oldest first.
    pub(super) reports: Vec<Recovered>,
    /// The ids of unreadable reports; nil where the id is unknown.
    pub(super) torn: Vec<Uuid>,
    /// Whether one of the processes died during startup.
    pub(super) died_at_start: bool,
}

/// Larger files are not read; no segment comes close to this size.
const MAX_FILE: u64 = 1024 * 1024 * 1024;

impl Disk {
    pub(super) fn adopt(&mut self) -> Adopted {
        let mut adopted = Adopted {
            time: SystemTime::now(),
            reports: Vec::new(),
            torn: Vec::new(),
            died_at_start: false,
        };
        if self.dir.is_left() {
            return adopted;
        }
        for part in self.dir.dead_parts() {
            self.adopt_part(part, &mut adopted);
        }
        if !adopted.reports.is_empty() {
            self.dir.sync();
        }
        self.clean_up();
        let by_age = |it: &Recovered| (std::cmp::Reverse(it.age), it.stored.id);
        adopted.reports.sort_by_key(by_age);
        adopted
    }

    fn adopt_part(&mut self, part: DeadPart, adopted: &mut Adopted) {
        for path in part.files() {
            match segment_in(&path) {
                Some(contents) => self.adopt_segment(&path, &contents, adopted),
                None => self.dir.set_aside(&path),
            }
        }
        part.remove();
    }

    fn adopt_segment(&mut self, path: &Path, contents: &[u8], adopted: &mut Adopted) {
        let index = segment::index(contents);
        let name = file_name(path).unwrap_or_default();
        match index.lines.first() {
            Some(first) => {
                let id = first.id;
                if !self.move_here(path, id, contents.len() as u64, &index.lines, adopted) {
                    return;
                }
                if index.torn > 0 {
                    self.dir.write_aside(name, contents);
                }
            }
            None if index.torn > 0 => self.dir.set_aside(path),
            None => drop(fs::remove_file(path)),
        }
        adopted.died_at_start |= name.ends_with(START_ENDING);
        let id = id_in(name).unwrap_or_else(Uuid::nil);
        adopted.torn.extend(std::iter::repeat_n(id, index.torn));
    }

    /// Returns `false` if the segment has to stay where it is.
    fn move_here(
        &mut self,
        path: &Path,
        first: Uuid,
        bytes: u64,
        lines: &[Line],
        adopted: &mut Adopted,
    ) -> bool {
        let (number, name) = self.next_segment(first, ENDING);
        let own = self.dir.file(&name);
        if fs::rename(path, &own).is_err() {
            return false;
        }
        let clock = FileClock::of(&own, adopted.time);
        let mut recovered = Vec::with_capacity(lines.len());
        for line in lines {
            let stored = Stored {
                id: line.id,
                segment: number,
                offset: line.offset,
                len: line.len,
            };
            let age = clock.age(line.timestamp);
            recovered.push(Recovered { stored, age });
        }
        let stored: Vec<Stored> = recovered.iter().map(|it| it.stored).collect();
        self.insert(number, own, bytes, &stored);
        adopted.reports.extend(recovered);
        true
    }
}

/// Reads the contents of a segment; `None` if the file is not one.
fn segment_in(path: &Path) -> Option<Vec<u8>> {
    let is_one = file_name(path)?.ends_with(ENDING) && is_file(path);
    let is_short = is_one && fs::metadata(path).ok()?.len() <= MAX_FILE;
    is_short.then(|| fs::read(path).ok()).flatten()
}

/// The id that the name of a segment starts with.
fn id_in(name: &str) -> Option<Uuid> {
    let len = Uuid::nil().hyphenated().to_string().len();
    name.get(..len)?.parse().ok()
}
