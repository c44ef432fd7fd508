//! Slots: places of pages and mails that are empty unless a realm fills them.

use serde::{Deserialize, Serialize};

/// A place that a realm may fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Slot {
    /// Above everything, on every page: a notice.
    HeadNote,
    /// Between the logo and the content of a sign-in page.
    AboveForm,
    /// Below the content of a sign-in page.
    BelowForm,
    /// Beside the card of a sign-in page, where there is room for it.
    SidePanel,
    /// Where an application asks for access.
    ConsentNote,
    /// Above the links at the foot of every page.
    Footer,
    /// Above the content of every mail.
    MailHeader,
    /// Below the content of every mail.
    MailFooter,
}

impl Slot {
    /// Every slot, in the order above.
    pub const ALL: [Self; 8] = [
        Self::HeadNote,
        Self::AboveForm,
        Self::BelowForm,
        Self::SidePanel,
        Self::ConsentNote,
        Self::Footer,
        Self::MailHeader,
        Self::MailFooter,
    ];

    /// The stored word, also the name in templates.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::HeadNote => "head_note",
            Self::AboveForm => "above_form",
            Self::BelowForm => "below_form",
            Self::SidePanel => "side_panel",
            Self::ConsentNote => "consent_note",
            Self::Footer => "footer",
            Self::MailHeader => "mail_header",
            Self::MailFooter => "mail_footer",
        }
    }

    /// The slot with this name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.as_str() == name)
    }

    /// Whether mails show it; the others are places of pages.
    pub const fn is_of_mails(self) -> bool {
        matches!(self, Self::MailHeader | Self::MailFooter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_slot_is_stored_under_its_name() {
        for slot in Slot::ALL {
            assert_eq!(serde_json::to_value(slot).unwrap(), slot.as_str());
            assert_eq!(Slot::parse(slot.as_str()), Some(slot));
        }
        assert_eq!(Slot::parse("nowhere"), None);
    }
}
