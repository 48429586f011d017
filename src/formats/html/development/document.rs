//! The page as a whole: the order of its sections, and the room that each may take.

use super::super::super::view::View;
use super::super::page::Page;
use super::writer::Writer;
use super::{backtrace, head, sections};
use crate::development::DeveloperView;
use crate::printable::OneLine;
use crate::text::prefix;

/// From the title to the content.
const STYLE: &str = concat!(
    "</title><style>",
    include_str!("page.css"),
    "</style></head><body>"
);
const END: &str = concat!(
    "<script>",
    include_str!("page.js"),
    "</script></body></html>"
);

/// The most bytes of a page. A list ends before it, and says that there is more.
const MAX_PAGE: usize = 60 * 1024;
/// Where the lists of each section end, so that a long backtrace leaves room for the request, and that for the scope.
const MAX_CAUSES: usize = 22 * 1024;
const MAX_BACKTRACE: usize = 34 * 1024;
const MAX_REQUEST: usize = 40 * 1024;
const MAX_SCOPE: usize = 44 * 1024;
const MAX_RESPONSE: usize = 48 * 1024;
/// What is left for the end of the page.
const FOOTER: usize = 2 * 1024;
/// The most bytes of the title.
const MAX_TITLE: usize = 120;

/// Renders the page. `start` is what every page starts with, up to its title.
pub(in super::super) fn render(
    view: View<'_>,
    shown: &DeveloperView,
    start: &'static str,
) -> String {
    let mut writer = Writer {
        page: Page::with_capacity(40 * 1024),
        limit: MAX_CAUSES,
        shown,
    };
    let title = prefix(shown.message(), MAX_TITLE).replace('\n', " ");
    let title = OneLine(&title).to_string();
    let page = &mut writer.page;
    page.markup(start).text(shown.status.as_str());
    page.markup(" ").text(&title).markup(STYLE);
    head::bar(&mut writer);
    writer.page.markup("<main>");
    head::hero(&mut writer);
    head::contents(&mut writer);
    sections::causes(&mut writer, view);
    writer.limit = MAX_BACKTRACE;
    backtrace::backtrace(&mut writer);
    writer.limit = MAX_REQUEST;
    sections::request(&mut writer);
    writer.limit = MAX_SCOPE;
    sections::scope(&mut writer);
    writer.limit = MAX_RESPONSE;
    sections::response(&mut writer, view);
    writer.limit = MAX_PAGE - END.len() - FOOTER;
    sections::copies(&mut writer, view);
    writer.page.markup("</main>");
    sections::footer(&mut writer);
    writer.page.markup(END);
    writer.page.finish()
}
