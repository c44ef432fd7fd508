//! Invitations to make an account, for realms that are open to whoever is invited, or to everybody.

use chrono::Duration;
use vestibule_authn::methods::email_code;
use vestibule_kernel::{
    EventRecord, JobId, Timestamp, UserId,
    contact::{Email, Identifier, Locale},
};
use vestibule_realms::settings::SignUpMode;
use vestibule_storage::{Job, jobs::MessageKind};
use vestibule_users::UserEvent;

use crate::{
    App, RealmSnapshot,
    access::{AdminCx, AdminScope},
    admin::AdminFailure,
    flow::seal_invitation,
    notice,
};

/// Most days for which an invitation holds.
pub const MAX_DAYS: u16 = 30;

/// Whom to invite.
#[derive(Debug, Clone)]
pub struct NewInvitation {
    /// The address.
    pub email: Email,
    /// Days for which it holds: 1 to [`MAX_DAYS`].
    pub days: u16,
    /// The language of the mail; none: the realm's.
    pub locale: Option<Locale>,
    /// Whether a mail brings it; else whoever invites hands the link over.
    pub send: bool,
}

/// An invitation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invitation {
    /// Where it leads.
    pub url: String,
    /// When it is over.
    pub expires_at: Timestamp,
}

/// Invites somebody.
///
/// # Errors
/// Needs `users:write`; [`AdminFailure::Conflict`] where nobody makes an account, or the address has one.
pub async fn invite(
    app: &App,
    admin: &AdminCx,
    realm: &RealmSnapshot,
    new: NewInvitation,
) -> Result<Invitation, AdminFailure> {
    admin.require(AdminScope::USERS_WRITE)?;
    if realm.realm.settings.sign_up.mode == SignUpMode::Closed {
        return Err(AdminFailure::Conflict("nobody makes an account in this realm: sign_up.mode is closed"));
    }
    if !(1..=MAX_DAYS).contains(&new.days) {
        return Err(AdminFailure::invalid("/days", format!("must be between 1 and {MAX_DAYS}")));
    }
    let cx = admin.cx();
    let expires_at = cx.now + Duration::days(i64::from(new.days));
    let token = seal_invitation(app, cx.realm, &new.email, expires_at)?;
    let url = realm.issuer.url(&format!("/sign-up?invitation={token}"));
    let mut tx = app.store.write(cx).await?;
    if let Ok(identifier) = Identifier::parse(new.email.as_str())
        && tx.users().find_user_by_identifier(&identifier).await?.is_some()
    {
        tx.rollback().await?;
        return Err(AdminFailure::Conflict("the address has an account"));
    }
    let event: EventRecord = UserEvent::Invited { to: email_code::masked(&new.email) }.into();
    tx.events().append_event(event).await?;
    if new.send {
        let data = notice::values([("link", url.clone()), ("days", new.days.to_string())]);
        // Nobody's yet: the message goes to the address.
        let user = UserId::from_uuid(app.entropy.uuid(cx.now));
        let (to, message) = (Some(new.email), MessageKind::InvitationToSignUp);
        let job = Job::SendMessage { user, to, message, data, locale: new.locale };
        tx.jobs().enqueue(JobId::from_uuid(app.entropy.uuid(cx.now)), &job, cx.now).await?;
    }
    tx.commit().await?;
    app.jobs_wake.notify_one();
    Ok(Invitation { url, expires_at })
}
