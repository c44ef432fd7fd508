//! Domains of throw-away mail services: a first line, not a wall. A subdomain of a listed domain counts.

/// The listed domains, in order.
const DOMAINS: &[&str] = &[
    "10minutemail.com",
    "10minutemail.net",
    "20minutemail.com",
    "33mail.com",
    "anonbox.net",
    "burnermail.io",
    "byom.de",
    "cock.li",
    "discard.email",
    "discardmail.com",
    "disposablemail.com",
    "dispostable.com",
    "dropmail.me",
    "einrot.com",
    "emailondeck.com",
    "fakeinbox.com",
    "fakemail.net",
    "getairmail.com",
    "getnada.com",
    "grr.la",
    "guerrillamail.biz",
    "guerrillamail.com",
    "guerrillamail.de",
    "guerrillamail.info",
    "guerrillamail.net",
    "guerrillamail.org",
    "inboxbear.com",
    "inboxkitten.com",
    "jetable.org",
    "mail-temp.com",
    "mail.tm",
    "mailcatch.com",
    "maildrop.cc",
    "mailexpire.com",
    "mailinator.com",
    "mailinator.net",
    "mailnesia.com",
    "mailnull.com",
    "mailsac.com",
    "mintemail.com",
    "moakt.com",
    "mohmal.com",
    "mytemp.email",
    "mytrashmail.com",
    "nada.email",
    "nowmymail.com",
    "onetimemail.org",
    "sharklasers.com",
    "spam4.me",
    "spambog.com",
    "spambox.us",
    "spamgourmet.com",
    "temp-mail.io",
    "temp-mail.org",
    "tempail.com",
    "tempinbox.com",
    "tempmail.dev",
    "tempmail.net",
    "tempmailo.com",
    "tempr.email",
    "throwawaymail.com",
    "trash-mail.com",
    "trashmail.com",
    "trashmail.de",
    "trashmail.net",
    "trbvm.com",
    "wegwerfmail.de",
    "wegwerfmail.net",
    "wegwerfmail.org",
    "yopmail.com",
    "yopmail.fr",
    "yopmail.net",
];

/// Whether mail to this domain goes to a throw-away mailbox.
pub(crate) fn is_disposable(domain: &str) -> bool {
    let domain = domain.to_lowercase();
    DOMAINS.iter().any(|listed| {
        domain.strip_suffix(listed).is_some_and(|before| before.is_empty() || before.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use super::is_disposable;

    #[test]
    fn a_subdomain_counts_and_a_longer_name_does_not() {
        assert!(is_disposable("Mailinator.com"));
        assert!(is_disposable("a.b.mailinator.com"));
        assert!(!is_disposable("notmailinator.com"));
        assert!(!is_disposable("example.com"));
    }
}
