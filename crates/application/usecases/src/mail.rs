//! Hands mail to the server of a realm, with its password opened for as long as that takes.

use vestibule_kernel::{
    Cx, StoreError,
    ports::{Mail, MailOutcome, MailServer},
};
use vestibule_realms::MailSender;

use crate::{App, RealmSnapshot, secrets};

/// Sends one message.
///
/// # Errors
/// The store failed.
pub(crate) async fn send(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    mail: &Mail,
) -> Result<MailOutcome, StoreError> {
    let own = match server(app, cx, &realm.realm.settings.mail).await? {
        Ok(own) => own,
        Err(why) => return Ok(MailOutcome::Never(why)),
    };
    Ok(app.mailer.send(cx.realm, own.as_ref(), mail).await)
}

/// The realm's own server, if it has one; or why it cannot be used.
async fn server(
    app: &App,
    cx: &Cx,
    settings: &MailSender,
) -> Result<Result<Option<MailServer>, String>, StoreError> {
    let (Some(account), Some(sender)) = (&settings.server, &settings.sender) else { return Ok(Ok(None)) };
    let login = match (&account.username, &account.secret) {
        (Some(username), Some(name)) => match secrets::open_text(app, cx, name).await? {
            Ok(password) => Some((username.clone(), password)),
            Err(why) => return Ok(Err(why)),
        },
        _ => None,
    };
    Ok(Ok(Some(MailServer {
        host: account.host.clone(),
        port: account.port,
        protection: account.tls,
        login,
        sender: sender.clone(),
    })))
}
