//! Reads the text in which std writes a backtrace. Its form is not promised, so whatever is not understood is skipped:
//! at worst there are fewer frames.

/// One frame of the text, innermost first.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct TextFrame {
    pub(super) function: Option<String>,
    pub(super) file: Option<String>,
    pub(super) line: Option<u32>,
    pub(super) column: Option<u32>,
    /// The instruction pointer, if the text has it.
    pub(super) address: Option<u64>,
    /// Whether the function was inlined into the next one.
    pub(super) is_inlined: bool,
}

/// The most frames that are read.
const MAX_FRAMES: usize = 512;
/// The most bytes of a line that are read.
const MAX_LINE: usize = 4 * 1024;

/// Returns the frames of the text.
pub(super) fn parse(text: &str) -> Vec<TextFrame> {
    let mut frames: Vec<TextFrame> = Vec::new();
    for line in text.lines() {
        let line = crate::text::prefix(line, MAX_LINE).trim();
        if let Some(location) = line.strip_prefix("at ") {
            if let Some(frame) = frames.last_mut().filter(|frame| frame.file.is_none()) {
                set_location(frame, location);
            }
        } else if let Some(frame) = frame(line, frames.last()) {
            if frames.len() == MAX_FRAMES {
                break;
            }
            frames.push(frame);
        }
    }
    mark_inlined(&mut frames);
    frames
}

/// `12:     0x55f9d17410ba - shop::main::h4e5c376eee8f10eb`, or without the number for a function into which the one
/// above was inlined, or without the address.
fn frame(line: &str, before: Option<&TextFrame>) -> Option<TextFrame> {
    let (number, rest) = match line.split_once(':') {
        Some((number, rest)) if !number.is_empty() && is_number(number) => (true, rest.trim()),
        _ => (false, line),
    };
    let (address, name) = match rest.split_once(" - ") {
        Some((address, name)) if address.starts_with("0x") => (hexadecimal(address), name.trim()),
        _ => (None, rest),
    };
    // Prose above or below the frames has neither a number nor an address.
    if name.is_empty() || (!number && address.is_none() && before.is_none()) {
        return None;
    }
    Some(TextFrame {
        function: (name != "<unknown>").then(|| plain_name(name)),
        address: address.or_else(|| before.filter(|_| !number)?.address),
        ..TextFrame::default()
    })
}

fn is_number(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

fn hexadecimal(text: &str) -> Option<u64> {
    u64::from_str_radix(text.strip_prefix("0x")?, 16).ok()
}

/// `src/stock.rs:12:5`, with or without the column. A file name may contain colons.
fn set_location(frame: &mut TextFrame, location: &str) {
    let mut file = location.trim();
    let mut numbers = Vec::new();
    while let Some((rest, number)) = file.rsplit_once(':')
        && numbers.len() < 2
        && let Ok(number) = number.parse::<u32>()
    {
        numbers.push(number);
        file = rest;
    }
    frame.file = (!file.is_empty()).then(|| file.to_owned());
    let mut numbers = numbers.into_iter().rev();
    frame.line = numbers.next().filter(|line| *line > 0);
    frame.column = numbers.next().filter(|column| *column > 0);
}

/// The functions at one address are one call: all but the last were inlined.
fn mark_inlined(frames: &mut [TextFrame]) {
    for index in 1..frames.len() {
        let is_same =
            frames[index].address.is_some() && frames[index].address == frames[index - 1].address;
        frames[index - 1].is_inlined = is_same;
    }
}

/// The name without what only the linker needs: the hash at its end, and those of crates.
fn plain_name(name: &str) -> String {
    let mut plain = String::with_capacity(name.len());
    let name = without_hash(name);
    let mut rest = name;
    while let Some(start) = rest.find('[') {
        let (before, from) = rest.split_at(start);
        plain.push_str(before);
        let hash = from[1..].find(']').map(|end| &from[1..=end]);
        match hash {
            Some(hash) if is_crate_hash(hash) => rest = &from[hash.len() + 2..],
            _ => {
                plain.push('[');
                rest = &from[1..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

fn without_hash(name: &str) -> &str {
    match name.rsplit_once("::h") {
        Some((rest, hash)) if hash.len() == 16 && hash.bytes().all(|it| it.is_ascii_hexdigit()) => {
            rest
        }
        _ => name,
    }
}

fn is_crate_hash(text: &str) -> bool {
    (8..=16).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_text_of_std_becomes_frames_with_the_functions_that_were_inlined() {
        let text = "   0:     0x55f9d175ca4b - std[e28293b1aa0f68bd]::backtrace::Backtrace::create\n\
            \x20                              at /rustc/5980/library/std/src/backtrace.rs:331:13\n\
            \x20  1:     0x55f9d175c995 - shop::stock::load::h4e5c376eee8f10eb\n\
            \x20                              at /work/shop/src/stock.rs:12:5\n\
            \x20                          shop::handler::{{closure}}::h245d78af29c8c1ae\n\
            \x20                              at /work/shop/src/main.rs:40\n\
            \x20  2:     0x55f9d1740000 - <unknown>\n";
        let frames = parse(text);
        let names: Vec<_> = frames.iter().map(|it| it.function.as_deref()).collect();
        assert_eq!(
            names,
            [
                Some("std::backtrace::Backtrace::create"),
                Some("shop::stock::load"),
                Some("shop::handler::{{closure}}"),
                None
            ]
        );
        assert_eq!(frames[1].file.as_deref(), Some("/work/shop/src/stock.rs"));
        assert_eq!((frames[1].line, frames[1].column), (Some(12), Some(5)));
        assert_eq!((frames[2].line, frames[2].column), (Some(40), None));
        assert!(frames[1].is_inlined && !frames[2].is_inlined && !frames[0].is_inlined);
    }

    #[test]
    fn a_backtrace_of_this_process_is_read() {
        let text = format!("{:#}", std::backtrace::Backtrace::force_capture());
        let frames = parse(&text);
        let this = frames.iter().find(|frame| {
            let function = frame.function.as_deref().unwrap_or_default();
            function.contains("a_backtrace_of_this_process_is_read")
        });
        let file = this.and_then(|frame| frame.file.as_deref());
        assert!(
            file.is_some_and(|file| file.ends_with("backtrace_text.rs")),
            "{text}"
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_within_bounds(text in "(?s).{0,400}") {
            prop_assert!(parse(&text).len() <= MAX_FRAMES);
        }

        #[test]
        fn a_text_that_looks_like_a_backtrace_keeps_its_functions(
            frames in proptest::collection::vec(("[a-z_]{1,8}(::[a-z_]{1,8}){1,3}", "[a-zA-Z0-9_./: -]{1,20}", 1u32.., 1u32..), 0..40)
        ) {
            let mut text = String::new();
            for (index, (function, file, line, column)) in frames.iter().enumerate() {
                text.push_str(&format!("{index:4}: {function}\n             at {file}x:{line}:{column}\n"));
            }
            let parsed = parse(&text);
            prop_assert_eq!(parsed.len(), frames.len());
            for (parsed, (function, _, line, column)) in parsed.iter().zip(&frames) {
                prop_assert_eq!(parsed.function.as_deref(), Some(&**function));
                prop_assert_eq!((parsed.line, parsed.column), (Some(*line), Some(*column)));
            }
        }
    }
}
