//! What the demo application remembers about each browser: sign-ins on their way, tokens received, steps taken. Kept
//! in memory by this process only, as any small web application would.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::Mutex,
};

use serde::Serialize;
use serde_json::{Map, Value};
use vestibule_kernel::{Digest, Timestamp};

use super::oidc::{Pending, Tokens};

/// The cookie that names a visit.
pub(crate) const COOKIE: &str = "__Host-acme_demo";

const MOST_VISITS: usize = 500;
const MOST_STEPS: usize = 12;
const MOST_NOTICES: usize = 20;

/// The applications of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DemoApp {
    /// The realm's own shop: a public client with PKCE, no consent asked.
    Shop,
    /// Somebody else's application: confidential, asks for consent.
    Insights,
}

/// One thing that happened, told to the person.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Step {
    /// In a few words.
    pub(crate) what: String,
    /// Request, answer or check, without secrets.
    pub(crate) detail: String,
    /// Where it is specified.
    pub(crate) spec: &'static str,
}

/// A completed sign-in at one of the applications.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn {
    pub(crate) tokens: Tokens,
    /// Verified claims of the ID token.
    pub(crate) claims: Map<String, Value>,
    pub(crate) userinfo: Option<Map<String, Value>>,
    pub(crate) received_at: Timestamp,
}

/// One browser.
#[derive(Debug, Clone, Default)]
pub(crate) struct Visit {
    pub(crate) pending: Option<(DemoApp, Pending)>,
    pub(crate) signed_in: BTreeMap<DemoApp, SignedIn>,
    pub(crate) steps: VecDeque<Step>,
    seen: Option<Timestamp>,
}

impl Visit {
    /// Adds a step; the oldest go.
    pub(crate) fn note(&mut self, what: impl Into<String>, detail: impl Into<String>, spec: &'static str) {
        self.steps.push_back(Step { what: what.into(), detail: detail.into(), spec });
        while self.steps.len() > MOST_STEPS {
            self.steps.pop_front();
        }
    }
}

/// A back-channel logout that arrived.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct LogoutNotice {
    pub(crate) app: DemoApp,
    pub(crate) at: Timestamp,
    pub(crate) claims: Map<String, Value>,
    /// How many visits it ended here.
    pub(crate) ended: usize,
}

/// All visits.
#[derive(Default)]
pub(crate) struct Visits {
    browsers: Mutex<HashMap<[u8; 32], Visit>>,
    notices: Mutex<VecDeque<LogoutNotice>>,
}

/// A poisoned lock only means that a request panicked while it held plain values.
fn held<T>(lock: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    lock.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl Visits {
    /// The visit of this cookie value, empty if there is none.
    pub(crate) fn get(&self, cookie: &str) -> Visit {
        held(&self.browsers).get(Digest::of(cookie.as_bytes()).as_bytes()).cloned().unwrap_or_default()
    }

    /// Stores a visit; the one not seen for longest makes room.
    pub(crate) fn put(&self, cookie: &str, mut visit: Visit, now: Timestamp) {
        visit.seen = Some(now);
        let mut browsers = held(&self.browsers);
        browsers.insert(*Digest::of(cookie.as_bytes()).as_bytes(), visit);
        if browsers.len() > MOST_VISITS {
            let oldest = browsers.iter().min_by_key(|(_, visit)| visit.seen).map(|(key, _)| *key);
            oldest.and_then(|key| browsers.remove(&key));
        }
    }

    /// Forgets a visit: its cookie was replaced.
    pub(crate) fn forget(&self, cookie: &str) {
        held(&self.browsers).remove(Digest::of(cookie.as_bytes()).as_bytes());
    }

    /// Ends what belongs to a session of the issuer, in every browser; returns how many sign-ins ended.
    pub(crate) fn end(&self, app: DemoApp, claims: &Map<String, Value>) -> usize {
        let concerns = |signed_in: &SignedIn| match (claims.get("sid"), claims.get("sub")) {
            (Some(sid), _) => signed_in.claims.get("sid") == Some(sid),
            (None, Some(sub)) => signed_in.claims.get("sub") == Some(sub),
            (None, None) => false,
        };
        let mut ended = 0;
        for visit in held(&self.browsers).values_mut() {
            if visit.signed_in.get(&app).is_some_and(concerns) {
                visit.signed_in.remove(&app);
                visit.note(
                    "Back-channel logout",
                    "the issuer said that the session ended; this application forgot its tokens",
                    "https://openid.net/specs/openid-connect-backchannel-1_0.html#Backchannel",
                );
                ended += 1;
            }
        }
        ended
    }

    /// Keeps a notice for the page.
    pub(crate) fn keep_notice(&self, notice: LogoutNotice) {
        let mut notices = held(&self.notices);
        notices.push_front(notice);
        notices.truncate(MOST_NOTICES);
    }

    /// Notices, newest first.
    pub(crate) fn notices(&self) -> Vec<LogoutNotice> {
        held(&self.notices).iter().cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn signed_in(sid: &str) -> SignedIn {
        let claims = json!({"sub": "usr_a", "sid": sid}).as_object().unwrap().clone();
        let tokens = Tokens {
            access_token: String::new(),
            id_token: None,
            refresh_token: None,
            expires_in: None,
            scope: None,
        };
        SignedIn { tokens, claims, userinfo: None, received_at: chrono::DateTime::UNIX_EPOCH }
    }

    #[test]
    fn a_logout_notice_ends_the_named_session_only() {
        let visits = Visits::default();
        for sid in ["one", "two"] {
            let mut visit = Visit::default();
            visit.signed_in.insert(DemoApp::Shop, signed_in(sid));
            visits.put(sid, visit, chrono::DateTime::UNIX_EPOCH);
        }
        let claims = json!({"sub": "usr_a", "sid": "one"}).as_object().unwrap().clone();
        assert_eq!(visits.end(DemoApp::Insights, &claims), 0);
        assert_eq!(visits.end(DemoApp::Shop, &claims), 1);
        assert!(visits.get("one").signed_in.is_empty());
        assert_eq!(visits.get("two").signed_in.len(), 1);
    }

    #[test]
    fn the_oldest_visit_makes_room() {
        let visits = Visits::default();
        for number in 0..=MOST_VISITS {
            let at = chrono::DateTime::from_timestamp(i64::try_from(number).unwrap(), 0).unwrap();
            let mut visit = Visit::default();
            visit.note("x", "y", "");
            visits.put(&number.to_string(), visit, at);
        }
        assert!(visits.get("0").steps.is_empty());
        assert_eq!(visits.get("1").steps.len(), 1);
    }
}
