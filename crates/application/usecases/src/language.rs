//! Which language somebody is served in: those that texts exist in and the realm offers, against an ordered list of
//! wishes. Who wishes what, and where a wish is kept, is the caller's.

use vestibule_kernel::{Cx, FlowId, StoreError, contact::Locale};
use vestibule_realms::RealmSettings;
use vestibule_users::user::UserPatch;

use crate::{App, RealmSnapshot, flow::Browser};

/// The languages that pages and mails have texts in. A realm may name more; only these are offered.
pub const SPOKEN: [&str; 5] = ["en", "de", "fr", "es", "ar"];

/// Whether there are texts in the language of a tag.
fn is_spoken(locale: &Locale) -> bool {
    SPOKEN.iter().any(|spoken| locale.language().eq_ignore_ascii_case(spoken))
}

/// The languages of a realm that texts exist in, the default first; English where there is none.
pub fn offered(settings: &RealmSettings) -> Vec<Locale> {
    let locales = &settings.locales;
    let mut offered: Vec<Locale> = Vec::new();
    for locale in std::iter::once(&locales.default).chain(&locales.supported) {
        if is_spoken(locale) && !offered.contains(locale) {
            offered.push(locale.clone());
        }
    }
    if offered.is_empty() {
        offered.push(Locale::english());
    }
    offered
}

/// The first wish that is offered: the same tag, else another one of the same language.
pub fn best<'a>(offered: &[Locale], wishes: impl IntoIterator<Item = &'a str>) -> Option<Locale> {
    wishes.into_iter().find_map(|wish| {
        let language = wish.split('-').next().unwrap_or(wish);
        let same = offered.iter().find(|locale| locale.as_str().eq_ignore_ascii_case(wish));
        same.or_else(|| offered.iter().find(|locale| locale.language().eq_ignore_ascii_case(language)))
            .cloned()
    })
}

impl RealmSnapshot {
    /// The languages that the realm's pages and mails can have, the default first.
    pub fn languages(&self) -> Vec<Locale> {
        offered(&self.realm.settings)
    }

    /// The language to serve in: the first wish that the realm can fulfil, else its default.
    pub fn language<'a>(&self, wishes: impl IntoIterator<Item = &'a Locale>) -> Locale {
        let offered = self.languages();
        let found = best(&offered, wishes.into_iter().map(Locale::as_str));
        found.or_else(|| offered.into_iter().next()).unwrap_or_else(Locale::english)
    }
}

/// Keeps a language that somebody chose on a page: in the flow the page was of, where it takes the place of what the
/// application asked for, and with the account of whoever is signed in here, which also their mails follow. Neither
/// has to be there.
///
/// # Errors
/// The store failed.
pub async fn choose(
    app: &App,
    cx: &Cx,
    browser: &Browser,
    flow: Option<FlowId>,
    locale: &Locale,
) -> Result<(), StoreError> {
    if browser.session.is_none() && (flow.is_none() || browser.flow.is_none()) {
        return Ok(());
    }
    for _ in 0..TRIES {
        match keep(app, cx, browser, flow, locale).await {
            Err(StoreError::Stale) => {}
            other => return other,
        }
    }
    // The rows keep changing in other tabs; the browser's cookie holds the choice.
    Ok(())
}

/// How often a choice is tried while other requests change the same rows.
const TRIES: usize = 3;

async fn keep(
    app: &App,
    cx: &Cx,
    browser: &Browser,
    flow: Option<FlowId>,
    locale: &Locale,
) -> Result<(), StoreError> {
    let mut tx = app.store.read(cx).await?;
    let flow = match (flow, &browser.flow) {
        (Some(id), Some(cookie)) => {
            let found = tx.flows().find_flow(id).await?;
            found.filter(|flow| flow.is_bound_to(&cookie.digest()) && !flow.is_expired(cx.now))
        }
        _ => None,
    };
    let session = match &browser.session {
        Some(cookie) => tx.sessions().find_session_by_secret(&cookie.digest()).await?,
        None => None,
    };
    let user = match session.and_then(|session| session.active(cx.now)) {
        Some(session) => tx.users().find_user(session.get().user).await?,
        None => None,
    };
    tx.commit().await?;
    let flow = flow.filter(|flow| flow.locale.as_ref() != Some(locale));
    let user = user.filter(|user| user.is_active() && user.locale.as_ref() != Some(locale));
    if flow.is_none() && user.is_none() {
        return Ok(());
    }
    let mut tx = app.store.write(cx).await?;
    if let Some(flow) = flow {
        tx.flows().save_flow(flow.speak(locale.clone())).await?;
    }
    if let Some(user) = user {
        let patch = UserPatch { locale: Some(Some(locale.clone())), ..UserPatch::default() };
        let change = user.update(patch, cx.now).map_err(|error| StoreError::Corrupt(error.to_string()))?;
        tx.users().save_user(change).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn realm(default: &str, supported: &[&str]) -> RealmSettings {
        let mut settings = RealmSettings::default();
        settings.locales.default = Locale::parse(default).unwrap();
        settings.locales.supported = supported.iter().map(|tag| Locale::parse(tag).unwrap()).collect();
        settings
    }

    fn tags(offered: &[Locale]) -> Vec<&str> {
        offered.iter().map(Locale::as_str).collect()
    }

    #[test]
    fn only_languages_with_texts_are_offered_and_the_default_comes_first() {
        assert_eq!(tags(&offered(&realm("de-CH", &["pt", "en", "de-CH", "ar"]))), ["de-CH", "en", "ar"]);
        assert_eq!(tags(&offered(&realm("pt", &["pt"]))), ["en"]);
    }

    #[test]
    fn the_first_wish_that_can_be_fulfilled_decides() {
        let offered = offered(&realm("en", &["en", "de-CH", "fr"]));
        let best =
            |wishes: &[&str]| best(&offered, wishes.iter().copied()).map(|found| found.as_str().to_owned());
        assert_eq!(best(&["pt-BR", "FR-ca", "en"]).as_deref(), Some("fr"));
        assert_eq!(best(&["de"]).as_deref(), Some("de-CH"));
        assert_eq!(best(&["it", ""]), None);
    }
}
