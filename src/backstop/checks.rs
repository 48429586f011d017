//! What [`Builder::build`] refuses of the answers' settings.

use std::net::IpAddr;

use super::{Builder, ConfigError, ConfigErrorKind};
use crate::problem::{RESERVED, is_reserved};

impl Builder {
    /// That names can stand where answers have them, and hosts be asked for.
    pub(super) fn check_names(&self) -> Result<(), ConfigError> {
        for name in &self.policy.safe_fields {
            if name.is_empty() {
                return Err(ConfigError::invalid(
                    "safe_fields",
                    "a field needs a name, not an empty text",
                ));
            }
            if is_reserved(name) {
                let message = format!(
                    "`{name}` is a member that answers have anyway, so no field can have that name; rename the field (reserved: {})",
                    RESERVED.join(", ")
                );
                return Err(ConfigError::new(
                    ConfigErrorKind::ReservedName,
                    "safe_fields",
                    message,
                ));
            }
        }
        let root = self.shape.xml_root();
        if !crate::formats::is_xml_name(root) {
            let message = format!(
                "`{root}` can't be the root of an XML document; use letters, digits and `_`, a letter first"
            );
            return Err(ConfigError::invalid("shape", message));
        }
        for host in &self.policy.hosts {
            let is_address = host.parse::<IpAddr>().is_ok();
            if !is_address && (host.is_empty() || host.contains(['/', ':', ' '])) {
                let message = format!(
                    "`{host}` is no host name; give the name alone, without scheme and port"
                );
                return Err(ConfigError::invalid("debug_hosts", message));
            }
        }
        Ok(())
    }

    /// That there is a format to answer in, and that types are URIs.
    pub(super) fn check_format(&self) -> Result<(), ConfigError> {
        if let Some(format) = self.default_format {
            let refuse = |why: &str| {
                let message = format!("`{}` {why}", format.media_type());
                Err(ConfigError::new(
                    ConfigErrorKind::UnavailableFormat,
                    "default_format",
                    message,
                ))
            };
            if !self.shape.has(format) {
                return refuse(
                    "can't hold this shape; choose application/json, text/html, text/xml, application/xml or text/plain",
                );
            }
        }
        if self.format_query.as_deref() == Some("") {
            return Err(ConfigError::invalid(
                "format_query",
                "the parameter needs a name, like `_format`",
            ));
        }
        let is_uri = |text: &str| {
            !text.contains(|character: char| {
                character.is_whitespace()
                    || character.is_control()
                    || "<>\"{}|\\^`".contains(character)
            })
        };
        match &self.policy.type_base {
            Some(base) if base.is_empty() || !is_uri(base) => {
                let message = format!(
                    "no URI can start with {base:?}; give one like `https://example.com/problems/`"
                );
                Err(ConfigError::invalid("type_base", message))
            }
            _ => Ok(()),
        }
    }
}
