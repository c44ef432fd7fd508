//! The overview and the security page.

use actix_web::{HttpRequest, HttpResponse};
use vestibule_authn::{CredentialKind, MethodId};
use vestibule_realms::settings::MfaPolicy;
use vestibule_templates::{
    Message,
    views::{AccountHomePage, AppView, CheckItem, SecurityCard, SecurityPage, When},
};
use vestibule_usecases::account::{self, Overview};

use super::{
    factors,
    frame::frame,
    guard::{self, Entered, Proof},
};
use crate::{cx::RealmRequest, page::page, problem::Problem};

/// `GET {issuer}/account`.
pub(super) async fn overview(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, "", Proof::Session).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Entered { request, me, .. } = &entered;
    let overview = match account::overview(request.app(), &request.realm, me).await {
        Ok(overview) => overview,
        Err(error) => return guard::failure(request, &error),
    };
    let launchable = request.realm.clients.values().filter(|client| client.is_enabled());
    let mut apps: Vec<AppView> =
        launchable.map(AppView::of).filter(|app| app.verified && app.home.is_some()).collect();
    apps.sort_by(|one, other| one.name.cmp(&other.name));
    let view =
        AccountHomePage { frame: frame(&http, &entered, ""), checks: checks(request, &overview), apps };
    page(&request.state, &guard::spec(request), &view)
}

fn checks(request: &RealmRequest, overview: &Overview) -> Vec<CheckItem> {
    let to = |path: &str, key: Message| Some((request.realm.issuer.path(path), key));
    let mut checks = Vec::new();
    if request.realm.realm.settings.login.password {
        let has = overview.of_kind(CredentialKind::Password).next().is_some();
        let text = if has { "account-check-password" } else { "account-check-no-password" };
        let action = to("/account/password", Message::new("account-check-change")).filter(|_| has);
        checks.push(CheckItem { good: true, text: Message::new(text), action });
    }
    let asked = request.realm.realm.settings.mfa.policy != MfaPolicy::Off;
    if overview.second_factor_possible && asked {
        let good = overview.second_factor;
        let text = if good { "account-check-second" } else { "account-check-no-second" };
        let action = to("/account/security", Message::new("account-check-see"));
        checks.push(CheckItem { good, text: Message::new(text), action });
    }
    let text = match overview.sessions {
        0 | 1 => Message::new("account-check-devices-one"),
        count => Message::new("account-check-devices").count("count", number(count)),
    };
    let action = to("/account/sessions", Message::new("account-check-see"));
    checks.push(CheckItem { good: true, text, action });
    checks
}

/// `GET {issuer}/account/security`.
pub(super) async fn security(http: HttpRequest, request: Result<RealmRequest, Problem>) -> HttpResponse {
    let entered = match guard::enter(&http, request, "/security", Proof::Session).await {
        Ok(entered) => entered,
        Err(answer) => return answer,
    };
    let Entered { request, me, .. } = &entered;
    let overview = match account::overview(request.app(), &request.realm, me).await {
        Ok(overview) => overview,
        Err(error) => return guard::failure(request, &error),
    };
    let view = SecurityPage { frame: frame(&http, &entered, "/security"), cards: cards(request, &overview) };
    page(&request.state, &guard::spec(request), &view)
}

/// One card per thing that protects the account, the strongest first.
fn cards(request: &RealmRequest, overview: &Overview) -> Vec<SecurityCard> {
    let href = |path: &str| request.realm.issuer.path(path);
    let mut cards = Vec::new();
    if request.realm.realm.settings.login.password {
        let password = overview.of_kind(CredentialKind::Password).next();
        let (text, action) = match password {
            Some(_) => ("account-card-password-since", "account-card-change"),
            None => ("account-card-password-none", "account-card-set"),
        };
        cards.push(SecurityCard {
            id: "password",
            icon: "password",
            title: Message::new("account-card-password"),
            text: Message::new(text),
            since: password.map(|credential| When::from(credential.updated_at)),
            href: href("/account/password"),
            action: Message::new(action),
        });
    }
    if request.realm.realm.settings.login.passkey {
        let count = overview.of_kind(CredentialKind::Passkey).count();
        let text = match count {
            0 => Message::new("account-card-passkeys-none"),
            1 => Message::new("account-card-passkeys-one"),
            count => Message::new("account-card-passkeys-count").count("count", number(count)),
        };
        cards.push(SecurityCard {
            id: "passkeys",
            icon: "passkey",
            title: Message::new("account-card-passkeys"),
            text,
            since: None,
            href: href("/account/passkeys"),
            action: Message::new("account-card-see"),
        });
    }
    cards.extend(factor_cards(request, overview));
    if !crate::federation::offered(request).is_empty() {
        cards.push(SecurityCard {
            id: "linked",
            icon: "connection",
            title: Message::new("account-card-linked"),
            text: Message::new("account-card-linked-text"),
            since: None,
            href: href("/account/linked"),
            action: Message::new("account-card-see"),
        });
    }
    cards.push(SecurityCard {
        id: "sessions",
        icon: "devices",
        title: Message::new("account-card-sessions"),
        text: Message::new("account-card-sessions-text"),
        since: None,
        href: href("/account/sessions"),
        action: Message::new("account-card-see"),
    });
    cards
}

fn number(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// Authenticator apps, security keys and recovery codes, where the realm has them.
fn factor_cards(request: &RealmRequest, overview: &Overview) -> Vec<SecurityCard> {
    let href = |path: &str| request.realm.issuer.path(path);
    let can_add = |method: &MethodId| account::can_add(request.app(), &request.realm, method);
    let mut cards = Vec::new();
    if can_add(&MethodId::TOTP) {
        let count = overview.of_kind(CredentialKind::Totp).count();
        let text = match count {
            0 => Message::new("account-card-authenticators-none"),
            count => Message::new("account-card-authenticators-text").count("count", number(count)),
        };
        let action = if count == 0 { "account-card-add" } else { "account-card-see" };
        cards.push(SecurityCard {
            id: "authenticators",
            icon: "app",
            title: Message::new("account-card-authenticators"),
            text,
            since: None,
            href: href("/account/authenticators"),
            action: Message::new(action),
        });
    }
    // One that was added stays in sight where none can be added any more.
    let keys = overview.of_kind(CredentialKind::SecurityKey).count();
    if can_add(&MethodId::SECURITY_KEY) || keys > 0 {
        let (text, action) = match keys {
            0 => (Message::new("account-card-security-keys-none"), "account-card-add"),
            count => (
                Message::new("account-card-security-keys-count").count("count", number(count)),
                "account-card-see",
            ),
        };
        cards.push(SecurityCard {
            id: "security-keys",
            icon: "key",
            title: Message::new("account-card-security-keys"),
            text,
            since: None,
            href: href("/account/security-keys"),
            action: Message::new(action),
        });
    }
    if can_add(&MethodId::RECOVERY_CODE) {
        let set = overview.of_kind(CredentialKind::RecoveryCode).next();
        let text = match set {
            None => Message::new("account-codes-none"),
            Some(set) => Message::new("account-codes-left").count("count", factors::left(set)),
        };
        cards.push(SecurityCard {
            id: "recovery-codes",
            icon: "recovery",
            title: Message::new("account-card-codes"),
            text,
            since: None,
            href: href("/account/recovery-codes"),
            action: Message::new("account-card-see"),
        });
    }
    cards
}
