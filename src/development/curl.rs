//! The request as a `curl` command, redacted like everything else.

use super::request::ShownRequest;

/// Headers that `curl` sets itself, or that belong to one connection.
const SKIPPED: [&str; 7] = [
    "accept-encoding",
    "connection",
    "content-length",
    "host",
    "te",
    "transfer-encoding",
    "upgrade",
];

impl ShownRequest {
    /// A command for a POSIX shell that sends the request again. The body is not kept, so it is read from a file.
    pub(crate) fn curl(&self) -> String {
        let header = |name: &str| {
            let found = self.headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| &**value)
        };
        let mut command = String::from("curl");
        match &*self.method {
            "GET" => {}
            "HEAD" => command.push_str(" --head"),
            method => command.push_str(&format!(" --request {}", quoted(method))),
        }
        if self.url.contains(['[', ']', '{', '}']) {
            command.push_str(" --globoff");
        }
        let host = header("host").unwrap_or("localhost");
        command.push(' ');
        command.push_str(&quoted(&format!("http://{host}{}", self.url)));
        for (name, value) in &self.headers {
            if !SKIPPED.contains(&&**name) {
                let header = quoted(&format!("{name}: {value}"));
                command.push_str(&format!(" \\\n  --header {header}"));
            }
        }
        if self.body_size.as_deref().is_some_and(|size| size != "0") {
            command.push_str(" \\\n  --data-binary @body");
        }
        command
    }
}

/// A word for a POSIX shell, without characters that would act on the terminal that it is pasted to.
fn quoted(text: &str) -> String {
    let text: String = text.chars().filter(|it| !it.is_control()).collect();
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_client_sends_is_one_word_of_the_command() {
        assert_eq!(quoted("a'; rm -rf ~; '"), r"'a'\''; rm -rf ~; '\'''");
        assert_eq!(quoted("$(id)`id`\n\u{1b}[2J"), "'$(id)`id`[2J'");
    }
}
