//! The account area of a realm: pages for people, and the same operations as JSON. Both know the person by the session
//! cookie (ADR 16).

mod apps;
mod door;
mod frame;
mod guard;
mod home;
mod json;
mod password;
mod sessions;
mod views;

use actix_web::{http::Method, web};

use crate::address::Address;
pub(crate) use views::examples;
pub(crate) use views::{Account, AccountSession, ConnectedAppView, Ended, NewPassword};

/// The account area of one realm.
pub(crate) fn addresses() -> Vec<Address> {
    vec![
        Address::new("/.well-known/change-password").on(Method::GET, web::to(door::change_password)),
        Address::new("/account").on(Method::GET, web::to(home::overview)),
        Address::new("/account/prove").on(Method::GET, web::to(door::prove)),
        Address::new("/account/security").on(Method::GET, web::to(home::security)),
        Address::new("/account/password")
            .on(Method::GET, web::to(password::show))
            .on(Method::POST, web::to(password::change)),
        Address::new("/account/sessions")
            .on(Method::GET, web::to(sessions::show))
            .on(Method::POST, web::to(sessions::act)),
        Address::new("/account/apps")
            .on(Method::GET, web::to(apps::show))
            .on(Method::POST, web::to(apps::act)),
        Address::new("/account/v1").on(Method::GET, web::to(json::account)),
        Address::new("/account/v1/password").on(Method::PUT, web::to(json::put_password)),
        Address::new("/account/v1/sessions").on(Method::GET, web::to(json::list_sessions)),
        Address::new("/account/v1/sessions:end-others").on(Method::POST, web::to(json::end_other_sessions)),
        Address::new("/account/v1/sessions/{session}").on(Method::DELETE, web::to(json::end_session)),
        Address::new("/account/v1/apps").on(Method::GET, web::to(json::list_apps)),
        Address::new("/account/v1/apps/{client}").on(Method::DELETE, web::to(json::withdraw_app)),
    ]
}
