//! The account area of a realm: pages for people, and the same operations as JSON. Both know the person by the session
//! cookie (ADR 16).

mod activity;
mod apps;
mod details;
mod door;
mod emails;
mod factors;
mod frame;
mod guard;
mod home;
mod json;
mod json_details;
mod linked;
mod passkeys;
mod password;
mod phones;
mod privacy;
mod profile;
mod security_keys;
mod sessions;
mod views;

use actix_web::{http::Method, web};

use crate::address::Address;
pub(crate) use details::{
    AccountExport, AccountProfile, ActivityEntry, Authenticator, ConfirmFactor, ContactCode, Due,
    FactorLabel, LinkedAccount, NamedEmail, NewFactor, NewLink, Onward, ProfilePatch, WaitingChallenge,
    WaitingFactor,
};
pub(crate) use passkeys::PasskeyName;
pub(crate) use phones::{AccountPhone, NamedPhone};
pub(crate) use views::examples;
pub(crate) use views::{
    Account, AccountPasskey, AccountSession, AccountTrustedDevice, ConnectedAppView, Ended, NewPassword,
};

/// The account area of one realm.
pub(crate) fn addresses() -> Vec<Address> {
    pages().into_iter().chain(factor_pages()).chain(data_pages()).chain(api()).collect()
}

/// For people.
fn pages() -> Vec<Address> {
    vec![
        Address::new("/.well-known/change-password").on(Method::GET, web::to(door::change_password)),
        Address::new("/.well-known/passkey-endpoints").on(Method::GET, web::to(door::passkey_endpoints)),
        Address::new("/.well-known/webauthn").on(Method::GET, web::to(door::related_origins)),
        Address::new("/account").on(Method::GET, web::to(home::overview)),
        Address::new("/account/prove").on(Method::GET, web::to(door::prove)),
        Address::new("/account/security").on(Method::GET, web::to(home::security)),
        Address::new("/account/password")
            .on(Method::GET, web::to(password::show))
            .on(Method::POST, web::to(password::change)),
        Address::new("/account/passkeys")
            .on(Method::GET, web::to(passkeys::show))
            .on(Method::POST, web::to(passkeys::act)),
        Address::new("/account/passkeys/added").on(Method::GET, web::to(passkeys::added)),
        Address::new("/account/sessions")
            .on(Method::GET, web::to(sessions::show))
            .on(Method::POST, web::to(sessions::act)),
        Address::new("/account/apps")
            .on(Method::GET, web::to(apps::show))
            .on(Method::POST, web::to(apps::act)),
        Address::new("/account/profile")
            .on(Method::GET, web::to(profile::show))
            .on(Method::POST, web::to(profile::save)),
        Address::new("/account/emails")
            .on(Method::GET, web::to(emails::show))
            .on(Method::POST, web::to(emails::act)),
        Address::new("/account/emails/confirm/{challenge}")
            .on(Method::GET, web::to(emails::show_code))
            .on(Method::POST, web::to(emails::take_code)),
        Address::new("/account/phones")
            .on(Method::GET, web::to(phones::show))
            .on(Method::POST, web::to(phones::act)),
        Address::new("/account/phones/confirm/{challenge}")
            .on(Method::GET, web::to(phones::show_code))
            .on(Method::POST, web::to(phones::take_code)),
        Address::new("/account/linked")
            .on(Method::GET, web::to(linked::show))
            .on(Method::POST, web::to(linked::act)),
        Address::new("/account/activity")
            .on(Method::GET, web::to(activity::show))
            .on(Method::POST, web::to(activity::act)),
    ]
}

/// For people: second factors.
fn factor_pages() -> Vec<Address> {
    vec![
        Address::new("/account/authenticators")
            .on(Method::GET, web::to(factors::show))
            .on(Method::POST, web::to(factors::act)),
        Address::new("/account/authenticators/new/{challenge}")
            .on(Method::GET, web::to(factors::show_new))
            .on(Method::POST, web::to(factors::confirm)),
        Address::new("/account/security-keys")
            .on(Method::GET, web::to(security_keys::show))
            .on(Method::POST, web::to(security_keys::act)),
        Address::new("/account/security-keys/new/{challenge}")
            .on(Method::GET, web::to(security_keys::show_new))
            .on(Method::POST, web::to(security_keys::confirm)),
        Address::new("/account/recovery-codes")
            .on(Method::GET, web::to(factors::show_codes))
            .on(Method::POST, web::to(factors::new_codes)),
        Address::new("/account/recovery-codes/new/{challenge}")
            .on(Method::GET, web::to(factors::show_new_codes))
            .on(Method::POST, web::to(factors::save_codes)),
    ]
}

/// For people: what is kept about them, and leaving.
fn data_pages() -> Vec<Address> {
    vec![
        Address::new("/account/privacy")
            .on(Method::GET, web::to(privacy::show))
            .on(Method::POST, web::to(privacy::act)),
        Address::new("/account/exports/{export}").on(Method::GET, web::to(privacy::download)),
        Address::new("/account/leaving")
            .on(Method::GET, web::to(privacy::show_leaving))
            .on(Method::POST, web::to(privacy::keep)),
    ]
}

/// For programs.
fn api() -> Vec<Address> {
    vec![
        Address::new("/account/v1").on(Method::GET, web::to(json::account)),
        Address::new("/account/v1/password").on(Method::PUT, web::to(json::put_password)),
        Address::new("/account/v1/passkeys").on(Method::GET, web::to(passkeys::list)),
        Address::new("/account/v1/passkeys/{passkey}")
            .on(Method::PUT, web::to(passkeys::rename))
            .on(Method::DELETE, web::to(passkeys::remove)),
        Address::new("/account/v1/sessions").on(Method::GET, web::to(json::list_sessions)),
        Address::new("/account/v1/sessions:end-others").on(Method::POST, web::to(json::end_other_sessions)),
        Address::new("/account/v1/sessions/{session}").on(Method::DELETE, web::to(json::end_session)),
        Address::new("/account/v1/trusted-devices").on(Method::GET, web::to(json::list_trusted_devices)),
        Address::new("/account/v1/trusted-devices/{device}")
            .on(Method::DELETE, web::to(json::forget_trusted_device)),
        Address::new("/account/v1/apps").on(Method::GET, web::to(json::list_apps)),
        Address::new("/account/v1/apps/{client}").on(Method::DELETE, web::to(json::withdraw_app)),
        Address::new("/account/v1/exports")
            .on(Method::GET, web::to(privacy::list))
            .on(Method::POST, web::to(privacy::ask)),
        Address::new("/account/v1/exports/{export}").on(Method::GET, web::to(privacy::get)),
        Address::new("/account/v1/exports/{export}/archive").on(Method::GET, web::to(privacy::take)),
        Address::new("/account/v1/deletion")
            .on(Method::POST, web::to(json_details::schedule_deletion))
            .on(Method::DELETE, web::to(json_details::keep_account)),
        Address::new("/account/v1/profile")
            .on(Method::GET, web::to(json_details::profile))
            .on(Method::PATCH, web::to(json_details::patch_profile)),
        Address::new("/account/v1/emails").on(Method::POST, web::to(json_details::add_email)),
        Address::new("/account/v1/emails:confirm").on(Method::POST, web::to(json_details::confirm_email)),
        Address::new("/account/v1/emails:make-primary").on(Method::POST, web::to(json_details::make_primary)),
        Address::new("/account/v1/emails:remove").on(Method::POST, web::to(json_details::remove_email)),
        Address::new("/account/v1/phones")
            .on(Method::GET, web::to(phones::list))
            .on(Method::POST, web::to(phones::add_json)),
        Address::new("/account/v1/phones:confirm").on(Method::POST, web::to(phones::confirm_json)),
        Address::new("/account/v1/phones:make-primary").on(Method::POST, web::to(phones::make_primary_json)),
        Address::new("/account/v1/phones:remove").on(Method::POST, web::to(phones::remove_json)),
        Address::new("/account/v1/authenticators")
            .on(Method::GET, web::to(json_details::list_factors))
            .on(Method::POST, web::to(json_details::add_factor)),
        Address::new("/account/v1/authenticators:confirm")
            .on(Method::POST, web::to(json_details::confirm_factor)),
        Address::new("/account/v1/authenticators/{credential}")
            .on(Method::PATCH, web::to(json_details::rename_factor))
            .on(Method::DELETE, web::to(json_details::remove_factor)),
        Address::new("/account/v1/linked")
            .on(Method::GET, web::to(json_details::list_linked))
            .on(Method::POST, web::to(json_details::link)),
        Address::new("/account/v1/linked/{identity}").on(Method::DELETE, web::to(json_details::unlink)),
        Address::new("/account/v1/activity").on(Method::GET, web::to(json_details::activity)),
        Address::new("/account/v1/activity:not-me").on(Method::POST, web::to(json_details::not_me)),
    ]
}
