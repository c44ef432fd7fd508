//! Where a realm's pages lead to beside themselves. How they look is a theme ([`crate::theme`]) with pictures
//! ([`crate::picture`]).

use serde::{Deserialize, Serialize};

/// Why a link was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BrandingError {
    /// A link is not https (or a path of this host).
    #[error("{0} must be an https address or a path starting with /")]
    Link(&'static str),
}

/// Links at the foot of every page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Branding {
    /// Terms of service.
    pub terms_uri: Option<String>,
    /// Privacy notice.
    pub policy_uri: Option<String>,
    /// Where to get help.
    pub support_uri: Option<String>,
}

impl Branding {
    /// Checks the links.
    ///
    /// # Errors
    /// Names the first that leads nowhere safe.
    pub fn check(&self) -> Result<(), BrandingError> {
        link("branding.terms_uri", self.terms_uri.as_deref())?;
        link("branding.policy_uri", self.policy_uri.as_deref())?;
        link("branding.support_uri", self.support_uri.as_deref())
    }
}

fn link(name: &'static str, value: Option<&str>) -> Result<(), BrandingError> {
    let Some(value) = value else { return Ok(()) };
    let local = value.starts_with('/') && !value.starts_with("//");
    let remote = url::Url::parse(value).is_ok_and(|url| url.scheme() == "https" || url.scheme() == "mailto");
    let clean = value.len() <= 2_000
        && !value.chars().any(|c| c.is_control() || c.is_whitespace() || c == '"' || c == '\\');
    if clean && (local || remote) { Ok(()) } else { Err(BrandingError::Link(name)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_cannot_carry_scripts_or_break_out_of_attributes() {
        for bad in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//evil.test/x",
            "https://a.test/\"onload=",
            "http://a.test/l.png",
        ] {
            let branding = Branding { terms_uri: Some(bad.to_owned()), ..Branding::default() };
            assert!(branding.check().is_err(), "{bad}");
        }
    }
}
