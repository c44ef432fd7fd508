//! The admin API: JSON over bearer tokens, above realms and in each of them.

mod answer;
mod call;
mod cursor;
mod failures;
mod handlers;
mod idempotency;
mod input;
mod mount;
pub mod operations;
mod schemas;
mod setup;
mod views;

use actix_web::web;

use crate::address::Address;
use handlers::{
    activity, clients, connections, invitations, messages, pictures, realms, secrets, themes, users,
};
use mount::Served;
use operations::{
    activity as act, clients as cli, connections as con, invitations as inv, messages as msg,
    pictures as pic, realms as rlm, secrets as sec, themes as thm, users as usr,
};

/// The admin API above realms and the set-up pages.
pub(crate) fn installation_addresses() -> Vec<Address> {
    let mut addresses = mount::addresses(above_realms());
    addresses.push(setup::address());
    addresses
}

/// The admin area of one realm.
pub(crate) fn addresses() -> Vec<Address> {
    mount::addresses(in_realm().into_iter().chain(of_brand()).collect())
}

fn above_realms() -> Vec<Served> {
    vec![
        (&rlm::LIST_REALMS, web::to(realms::list)),
        (&rlm::CREATE_REALM, web::to(realms::create)),
        (&rlm::GET_REALM, web::to(realms::get)),
        (&rlm::UPDATE_REALM, web::to(realms::update)),
        (&rlm::DELETE_REALM, web::to(realms::delete)),
        (&rlm::SUSPEND_REALM, web::to(realms::suspend)),
        (&rlm::RESUME_REALM, web::to(realms::resume)),
        (&rlm::IMPORT_REALM, web::to(realms::import)),
    ]
}

fn of_brand() -> Vec<Served> {
    vec![
        (&pic::GET_PICTURE, web::to(pictures::get)),
        (&pic::PUT_PICTURE, web::to(pictures::put)),
        (&pic::DELETE_PICTURE, web::to(pictures::delete)),
        (&thm::GET_DRAFT, web::to(themes::get_draft)),
        (&thm::UPDATE_DRAFT, web::to(themes::update_draft)),
        (&thm::DISCARD_DRAFT, web::to(themes::discard_draft)),
        (&thm::PUBLISH_DRAFT, web::to(themes::publish)),
        (&thm::PREVIEW_DRAFT, web::to(themes::preview_draft)),
        (&thm::PREVIEW_REVISION, web::to(themes::preview_revision)),
        (&thm::LIST_REVISIONS, web::to(themes::list_revisions)),
        (&thm::GET_REVISION, web::to(themes::get_revision)),
        (&thm::RESTORE_REVISION, web::to(themes::restore_revision)),
    ]
}

fn in_realm() -> Vec<Served> {
    vec![
        (&rlm::GET_OWN_REALM, web::to(realms::get_own)),
        (&rlm::UPDATE_OWN_REALM, web::to(realms::update_own)),
        (&rlm::EXPORT_DOCUMENT, web::to(realms::export)),
        (&inv::INVITE, web::to(invitations::invite)),
        (&sec::LIST_SECRETS, web::to(secrets::list)),
        (&sec::PUT_SECRET, web::to(secrets::put)),
        (&sec::DELETE_SECRET, web::to(secrets::delete)),
        (&usr::LIST_USERS, web::to(users::list)),
        (&usr::CREATE_USER, web::to(users::create)),
        (&usr::GET_USER, web::to(users::get)),
        (&usr::UPDATE_USER, web::to(users::update)),
        (&usr::DELETE_USER, web::to(users::delete)),
        (&usr::SUSPEND_USER, web::to(users::suspend)),
        (&usr::RESUME_USER, web::to(users::resume)),
        (&usr::SET_PASSWORD, web::to(users::set_password)),
        (&usr::LIST_CREDENTIALS, web::to(users::list_credentials)),
        (&usr::DELETE_CREDENTIAL, web::to(users::delete_credential)),
        (&usr::LIST_USER_SESSIONS, web::to(users::list_sessions)),
        (&usr::REVOKE_USER_SESSIONS, web::to(users::revoke_sessions)),
        (&cli::LIST_CLIENTS, web::to(clients::list)),
        (&cli::CREATE_CLIENT, web::to(clients::create)),
        (&cli::GET_CLIENT, web::to(clients::get)),
        (&cli::UPDATE_CLIENT, web::to(clients::update)),
        (&cli::DELETE_CLIENT, web::to(clients::delete)),
        (&cli::ROTATE_SECRET, web::to(clients::rotate_secret)),
        (&cli::ENABLE_CLIENT, web::to(clients::enable)),
        (&cli::DISABLE_CLIENT, web::to(clients::disable)),
        (&cli::VERIFY_CLIENT, web::to(clients::verify)),
        (&cli::CREATE_INITIAL_ACCESS_TOKEN, web::to(clients::create_initial_access_token)),
        (&con::LIST_CONNECTIONS, web::to(connections::list)),
        (&con::CREATE_CONNECTION, web::to(connections::create)),
        (&con::GET_CONNECTION, web::to(connections::get)),
        (&con::UPDATE_CONNECTION, web::to(connections::update)),
        (&con::DELETE_CONNECTION, web::to(connections::delete)),
        (&con::LIST_IDENTITIES, web::to(connections::list_identities)),
        (&con::UNLINK_IDENTITY, web::to(connections::unlink_identity)),
        (&act::LIST_SESSIONS, web::to(activity::list_sessions)),
        (&act::REVOKE_SESSION, web::to(activity::revoke_session)),
        (&act::REVOKE_ALL_SESSIONS, web::to(activity::revoke_all_sessions)),
        (&act::LIST_GRANTS, web::to(activity::list_grants)),
        (&act::WITHDRAW_GRANT, web::to(activity::withdraw_grant)),
        (&act::LIST_KEYS, web::to(activity::list_keys)),
        (&act::ROTATE_KEYS, web::to(activity::rotate_keys)),
        (&act::LIST_EVENTS, web::to(activity::list_events)),
        (&act::LIST_EVENT_TYPES, web::to(activity::list_event_types)),
        (&act::LIST_JOBS, web::to(activity::list_jobs)),
        (&act::RETRY_JOB, web::to(activity::retry_job)),
        (&msg::LIST_DELIVERIES, web::to(messages::list)),
        (&msg::TEST_MAIL, web::to(messages::test_mail)),
        (&msg::TEST_SMS, web::to(messages::test_sms)),
    ]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_operation_of_the_table_is_served_and_nothing_else() {
        let served: Vec<&str> = above_realms()
            .iter()
            .chain(in_realm().iter())
            .chain(of_brand().iter())
            .map(|(operation, _)| operation.id)
            .collect();
        let unique: BTreeSet<&str> = served.iter().copied().collect();
        assert_eq!(unique.len(), served.len());
        let table: BTreeSet<&str> = operations::all().iter().map(|operation| operation.id).collect();
        assert_eq!(unique, table);
        assert!(operations::all().iter().all(|operation| operation.access.admin_scope().is_some()));
    }
}
