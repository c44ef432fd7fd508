//! Every kind of event there is. Append-only: a kind is never renamed or reused.

/// Kind and meaning.
pub const CATALOGUE: &[(&str, &str)] = &[
    ("client.created", "A client was created or registered"),
    ("client.deleted", "A client was deleted and its tokens revoked"),
    ("client.updated", "A client's settings changed"),
    ("client.secret_rotated", "A client got a new secret"),
    ("code.reused", "An authorization code was presented a second time; its tokens were revoked"),
    ("connection.created", "A connection to an upstream provider was created"),
    ("connection.deleted", "A connection was deleted with the identities linked through it"),
    ("connection.sign_in_refused", "Somebody came back from an upstream provider and was not let in"),
    ("connection.updated", "A connection's settings changed"),
    ("consent.denied", "A user refused a client's request"),
    ("consent.given", "A user allowed a client some scopes"),
    ("consent.withdrawn", "A user's permission for a client was withdrawn and its tokens revoked"),
    ("credential.bound", "An authenticator was bound to an account"),
    (
        "credential.clone_suspected",
        "An authenticator answered with a counter that went back: a copy may exist",
    ),
    ("credential.removed", "An authenticator was removed from an account"),
    ("credential.renamed", "An authenticator got another name"),
    ("credential.replaced", "An authenticator was replaced, such as a changed password"),
    ("device.forgotten", "A second factor is asked for again in a browser that was trusted"),
    ("device.trusted", "A user asked not to be asked for a second factor in a browser for some time"),
    ("identity.linked", "An identity at an upstream provider was linked to an account"),
    ("identity.unlinked", "An identity at an upstream provider was unlinked from an account"),
    ("initial_access_token.created", "An initial access token for dynamic registration was created"),
    ("job.retried", "A job that had been given up was put back into the queue"),
    ("key.created", "A signing key was created"),
    ("key.activated", "A signing key began to sign"),
    ("key.retired", "A signing key stopped signing and is published until its tokens have expired"),
    ("message.rejected", "A message was refused for good by the receiving side"),
    ("realm.created", "A realm was created"),
    ("realm.deleted", "A realm was deleted"),
    ("realm.imported", "A realm document was applied"),
    ("realm.picture_removed", "A picture of a realm's brand, such as its logo, was removed"),
    ("realm.picture_set", "A picture of a realm's brand, such as its logo, was set or replaced"),
    ("realm.reconfigured", "A realm's settings or hosts changed"),
    ("realm.secret_removed", "A secret of a realm, such as the password of its mail server, was removed"),
    ("realm.secret_set", "A secret of a realm, such as the password of its mail server, was set or replaced"),
    ("realm.status_changed", "A realm was suspended or resumed"),
    ("refresh_token.reused", "A spent refresh token was presented; its family was revoked"),
    ("session.opened", "A user signed in and a session was opened"),
    ("session.renewed", "A user signed in again in the same browser and the session got a new cookie"),
    ("session.revoked", "A session was ended"),
    ("realm.resealed", "Values of the realm were sealed anew after a change of the master key"),
    ("setup.completed", "The first operator was created through the set-up link"),
    (
        "sms.stopped",
        "Too few codes by text message to a block of numbers were answered; it gets no more for a day",
    ),
    ("theme.draft_discarded", "The draft of a realm's look was given up"),
    ("theme.drafted", "The draft of a realm's look was changed"),
    ("theme.published", "A realm's look was published as a revision"),
    ("theme.template_failed", "A template of a realm's own failed; people saw the built-in one"),
    ("token.issued", "Tokens were issued"),
    ("token.refused", "A token request was refused"),
    ("token.revoked", "A token or its family was revoked"),
    ("user.created", "A user was created"),
    ("user.deleted", "A user was deleted"),
    ("user.export_ready", "The copy that a user asked for is ready"),
    ("user.export_requested", "A user asked for a copy of what is kept about them"),
    ("user.exported", "A user took a copy of what is kept about them"),
    ("user.invited", "Somebody was invited to make an account"),
    ("user.sign_in_failed", "A sign-in attempt failed"),
    ("user.signed_in", "A user proved who they are"),
    ("user.status_changed", "A user was suspended, resumed or scheduled for deletion"),
    ("user.updated", "A user's data changed"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_unique_and_well_formed() {
        let mut seen = std::collections::BTreeSet::new();
        for (kind, meaning) in CATALOGUE {
            assert!(seen.insert(kind), "{kind} twice");
            assert!(kind.split_once('.').is_some() && !meaning.is_empty(), "{kind}");
        }
    }
}
