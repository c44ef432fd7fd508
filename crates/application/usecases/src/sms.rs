//! Hands text messages to the provider of a realm, with its secret opened for as long as that takes.

use vestibule_kernel::{
    Cx, StoreError,
    ports::{MailOutcome, Sms, SmsProvider},
};
use vestibule_realms::SmsAccount;

use crate::{App, RealmSnapshot, secrets};

/// Sends one message.
///
/// # Errors
/// The store failed.
pub(crate) async fn send(
    app: &App,
    cx: &Cx,
    realm: &RealmSnapshot,
    sms: &Sms,
) -> Result<MailOutcome, StoreError> {
    let account = &realm.realm.settings.sms;
    let own = match provider(app, cx, account).await? {
        Ok(own) => own,
        Err(why) => return Ok(MailOutcome::Never(why)),
    };
    Ok(app.sms.send_sms(cx.realm, own.as_ref(), sms).await)
}

/// The realm's own provider, if it has one; or why it cannot be used.
async fn provider(
    app: &App,
    cx: &Cx,
    account: &SmsAccount,
) -> Result<Result<Option<SmsProvider>, String>, StoreError> {
    let (Some(protocol), Some(name)) = (account.provider, &account.secret) else { return Ok(Ok(None)) };
    let secret = match secrets::open_text(app, cx, name).await? {
        Ok(secret) => secret,
        Err(why) => return Ok(Err(why)),
    };
    Ok(Ok(Some(SmsProvider {
        protocol,
        url: account.url.clone(),
        account: account.account.clone(),
        sender: account.sender.clone(),
        secret,
    })))
}
