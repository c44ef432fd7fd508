//! The content of each page as a typed struct, and the parts several pages share.

pub mod account;
pub mod export;
pub mod flow;
pub mod installation;
pub mod methods;
mod preview;
pub mod protocol;
pub mod recovery;
pub mod reference;
pub mod sign_up;

use serde::Serialize;
use url::Url;
use vestibule_kernel::contact::Locale;
use vestibule_oauth::{Client, client::Verification};
use vestibule_realms::{PictureInfo, PictureSlot};
use vestibule_usecases::RealmSnapshot;

use crate::{
    copy::Texts,
    pages::{Chooser, PageContext},
};

pub use account::*;
pub use export::{ExportContact, ExportDevice, ExportFactor, ExportIdentity, ExportPage, ExportValue};
pub use flow::{
    AccountItem, ChooseAccountPage, ChooseMethodPage, ConfirmLinkPage, ConfirmLogoutPage, ConsentPage,
    FailedPage, IdentifyPage, LinkAccountPage, PasskeyPage, PasswordPage, RealmHomePage, ScopeItem,
    SecurityKeyPage, ShowCodePage, SignedOutPage, SlowedPage,
};
pub use installation::{ErrorPage, SetupDonePage, SetupPage};
pub use methods::{
    CodePage, CodeText, FieldType, OtherMethod, PasswordField, PasswordHints, ProfileField, Provider, Resend,
    TermsDocument, Ways, Words,
};
pub use preview::{PreviewCell, PreviewChoice, PreviewPage};
pub use protocol::{ContinuePage, FormPostPage};
pub use recovery::{
    ChooseEnrolmentPage, EnrolPasskeyPage, EnrolSecurityKeyPage, EnrolTotpPage, NewPasswordPage, RecoverPage,
    RecoveryCodes, RecoveryCodesPage,
};
pub use reference::{
    ProblemItem, ProblemListPage, ProblemPage, ReferenceBody, ReferenceGroup, ReferenceMember,
    ReferenceOperation, ReferencePage, ReferenceParameter, ReferenceSchema,
};
pub use sign_up::{CompleteProfilePage, SignUpPage};

/// The realm (or the installation) as the frame of a page shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Site {
    name: String,
    initial: String,
    logo: Option<SitePicture>,
    logo_dark: Option<SitePicture>,
    icon: Option<SitePicture>,
    stylesheet: Option<String>,
    home: Option<String>,
    account: Option<String>,
    terms: Option<String>,
    policy: Option<String>,
    support: Option<String>,
    language: String,
    direction: &'static str,
    languages: Vec<LanguageItem>,
    chooser: Option<Chooser>,
}

/// A picture of the realm's brand, at the realm's own address.
#[derive(Debug, Clone, Serialize)]
struct SitePicture {
    url: String,
    media_type: &'static str,
    width: u32,
    height: u32,
}

impl SitePicture {
    fn of(info: &PictureInfo, realm: &RealmSnapshot) -> Self {
        Self {
            url: realm.issuer.path(&info.path()),
            media_type: info.kind.media_type(),
            width: info.width,
            height: info.height,
        }
    }
}

/// A language to choose.
#[derive(Debug, Clone, Serialize)]
struct LanguageItem {
    tag: String,
    /// In the language itself.
    name: String,
    direction: &'static str,
    current: bool,
}

impl Site {
    /// The frame of a realm's page, or of a page outside realms.
    pub(crate) fn of<'a>(context: &PageContext<'_>, texts: impl Fn(&Locale) -> &'a Texts) -> Self {
        let mut site = Self {
            name: "Vestibule".to_owned(),
            initial: "V".to_owned(),
            logo: None,
            logo_dark: None,
            icon: None,
            stylesheet: None,
            home: None,
            account: None,
            terms: None,
            policy: None,
            support: None,
            language: context.locale.as_str().to_owned(),
            direction: texts(context.locale).direction(),
            languages: Vec::new(),
            chooser: context.chooser.cloned(),
        };
        if let Some(realm) = context.realm {
            let branding = &realm.realm.settings.branding;
            realm.display_name().clone_into(&mut site.name);
            site.initial = initial(&site.name);
            let picture = |slot| realm.picture(slot).map(|info| SitePicture::of(info, realm));
            site.logo = picture(PictureSlot::Logo);
            site.logo_dark = picture(PictureSlot::LogoDark);
            site.icon = picture(PictureSlot::Favicon);
            let (file, _) = crate::pages::realm_stylesheet(realm);
            let published = || realm.issuer.path(&format!("/flow/{file}"));
            site.stylesheet = Some(context.stylesheet.map_or_else(published, str::to_owned));
            site.home = Some(realm.issuer.path("/"));
            site.account = Some(realm.issuer.path("/account"));
            site.terms.clone_from(&branding.terms_uri);
            site.policy.clone_from(&branding.policy_uri);
            site.support.clone_from(&branding.support_uri);
            if context.chooser.is_some() {
                site.languages = languages(&realm.languages(), context.locale, texts);
            }
        }
        site
    }
}

/// The languages to choose from, each called as it calls itself; with its tag where two regions have one name.
fn languages<'a>(
    offered: &[Locale],
    current: &Locale,
    texts: impl Fn(&Locale) -> &'a Texts,
) -> Vec<LanguageItem> {
    let of = |locale: &Locale| {
        let own = texts(locale);
        let name = own.text("language-name", []).unwrap_or_else(|| locale.as_str().to_owned());
        let regions = offered.iter().filter(|other| other.language() == locale.language()).count();
        LanguageItem {
            tag: locale.as_str().to_owned(),
            name: if regions > 1 { format!("{name} ({locale})", locale = locale.as_str()) } else { name },
            direction: own.direction(),
            current: locale == current,
        }
    };
    if offered.len() > 1 { offered.iter().map(of).collect() } else { Vec::new() }
}

/// The first letter of a name, for a monogram.
pub fn initial(name: &str) -> String {
    name.chars()
        .find(|c| c.is_alphanumeric())
        .map_or_else(|| "•".to_owned(), |c| c.to_uppercase().to_string())
}

/// What every form carries beside its fields.
#[derive(Debug, Clone, Serialize)]
pub struct Form {
    /// Where it goes, on the same origin.
    pub action: String,
    /// The CSRF token of the flow and browser.
    pub csrf: String,
    /// The version of the flow the page was made from: a double submit is recognised by it.
    pub step: i64,
}

/// The application somebody is on the way to. Its name is text only; its logo lies elsewhere, where a page would tell
/// who looks at it, so the first letter stands for it.
#[derive(Debug, Clone, Serialize)]
pub struct AppView {
    /// Its name, else its `client_id`.
    pub name: String,
    /// The first letter of the name.
    pub initial: String,
    /// Its home page.
    pub home: Option<String>,
    /// Its privacy notice.
    pub policy: Option<String>,
    /// Its terms of service.
    pub terms: Option<String>,
    /// Whether an administrator vouches for it.
    pub verified: bool,
}

impl AppView {
    /// What pages show of a client.
    pub fn of(client: &Client) -> Self {
        let metadata = &client.metadata;
        let verified = client.verification == Verification::Verified;
        let name = if metadata.client_name.is_empty() {
            client.id.to_string()
        } else {
            metadata.client_name.clone()
        };
        let link = |uri: &Option<String>| uri.clone().filter(|uri| is_web_link(uri));
        Self {
            initial: initial(&name),
            name,
            home: link(&metadata.client_uri),
            policy: link(&metadata.policy_uri),
            terms: link(&metadata.tos_uri),
            verified,
        }
    }
}

impl AppView {
    /// Stands in for a client that was deleted while its page was open.
    pub fn unnamed() -> Self {
        Self {
            name: "?".to_owned(),
            initial: "?".to_owned(),
            home: None,
            policy: None,
            terms: None,
            verified: false,
        }
    }
}

/// Only `http` and `https` addresses become links: never `javascript:` or `data:`.
fn is_web_link(uri: &str) -> bool {
    Url::parse(uri).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}
