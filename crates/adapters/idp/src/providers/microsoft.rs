//! Microsoft. The issuer of an app for several tenants is a template, filled by the token's own `tid`. Microsoft does
//! not verify addresses (nOAuth): only `xms_edov`, which says that the tenant owns the address's domain, counts.

use std::sync::Arc;

use serde_json::{Map, Value};
use vestibule_federation::{ConnectionError, ConnectionSettings, Connector, Preset, Protocol};

use crate::{
    oidc::{OidcConnector, Quirks},
    upstream::Upstream,
};

const TEMPLATE: &str = "{tenantid}";

struct Microsoft;

/// The directory id of a tenant.
fn is_tenant_id(text: &str) -> bool {
    text.len() == 36
        && text.char_indices().all(|(at, c)| match at {
            8 | 13 | 18 | 23 => c == '-',
            _ => c.is_ascii_hexdigit(),
        })
}

/// The parts before and after the tenant.
fn around<'a>(issuer: &'a str, tenant: &str) -> Option<(&'a str, &'a str)> {
    issuer.split_once(&format!("/{tenant}/"))
}

impl Quirks for Microsoft {
    fn issuer(&self, settings: &ConnectionSettings) -> Option<String> {
        let tenant = settings.parameters.get("tenant")?;
        Some(format!("https://login.microsoftonline.com/{tenant}/v2.0"))
    }

    fn check(&self, settings: &ConnectionSettings) -> Result<(), ConnectionError> {
        let plain = |text: &String| {
            !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.'))
        };
        if settings.parameters.get("tenant").is_some_and(plain) {
            Ok(())
        } else {
            let reason = "tenant is common, organizations, consumers, a directory id or a domain";
            Err(ConnectionError { field: "parameters", reason })
        }
    }

    fn accepts_metadata(&self, asked: &str, found: &str) -> bool {
        if asked == found {
            return true;
        }
        let Some((head, tenant)) = asked.strip_suffix("/v2.0").and_then(|rest| rest.rsplit_once('/')) else {
            return false;
        };
        // A directory id stands for itself alone.
        let middle = found.strip_prefix(&format!("{head}/")).and_then(|rest| rest.strip_suffix("/v2.0"));
        match middle {
            Some(TEMPLATE) => matches!(tenant, "common" | "organizations"),
            Some(id) => {
                is_tenant_id(id) && !is_tenant_id(tenant) && !matches!(tenant, "common" | "organizations")
            }
            None => false,
        }
    }

    fn accepts_issuer(&self, metadata: &str, iss: &str, claims: Option<&Map<String, Value>>) -> bool {
        let Some((head, tail)) = around(metadata, TEMPLATE) else { return metadata == iss };
        let middle = iss
            .strip_prefix(&format!("{head}/"))
            .and_then(|rest| rest.strip_suffix(&format!("/{tail}")))
            .filter(|id| is_tenant_id(id));
        let Some(id) = middle else { return false };
        // Before there is a token, any tenant will do; its token must then name the same.
        claims.is_none_or(|claims| claims.get("tid").and_then(Value::as_str) == Some(id))
    }
}

pub(crate) fn connector(upstream: Arc<Upstream>) -> Box<dyn Connector> {
    let preset = Preset {
        key: "microsoft",
        name: "Microsoft",
        protocol: Protocol::OpenIdConnect,
        scopes: &["openid", "profile", "email"],
        claims: &[
            ("email", "email"),
            ("email_verified", "xms_edov"),
            ("name", "name"),
            ("given_name", "given_name"),
            ("family_name", "family_name"),
            ("preferred_username", "preferred_username"),
        ],
        parameters: &["tenant"],
        form_post: false,
        pkce: true,
    };
    Box::new(OidcConnector::new(preset, Microsoft, upstream))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    const OTHER: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

    fn issuer(tenant: &str) -> String {
        format!("https://login.microsoftonline.com/{tenant}/v2.0")
    }

    #[test]
    fn a_template_is_filled_by_the_tokens_own_tenant() {
        let claims = json!({"tid": TENANT});
        let claims = claims.as_object();
        let accepts = |iss: &str| Microsoft.accepts_issuer(&issuer(TEMPLATE), iss, claims);
        assert!(accepts(&issuer(TENANT)));
        assert!(!accepts(&issuer(OTHER)), "another tenant than the token's");
        assert!(!accepts(&issuer(TEMPLATE)) && !accepts("") && !accepts("https://evil.test/v2.0"));
        assert!(!accepts(&format!("https://evil.test/{TENANT}/v2.0")));
    }

    #[test]
    fn one_tenant_is_held_to_its_own_issuer() {
        let claims = json!({"tid": OTHER});
        assert!(Microsoft.accepts_issuer(&issuer(TENANT), &issuer(TENANT), claims.as_object()));
        assert!(!Microsoft.accepts_issuer(&issuer(TENANT), &issuer(OTHER), claims.as_object()));
        assert!(!Microsoft.accepts_metadata(&issuer(TENANT), &issuer(OTHER)));
        assert!(!Microsoft.accepts_metadata(&issuer(TENANT), &issuer(TEMPLATE)));
        assert!(Microsoft.accepts_metadata(&issuer("common"), &issuer(TEMPLATE)));
        assert!(Microsoft.accepts_metadata(&issuer("acme.test"), &issuer(TENANT)));
        assert!(!Microsoft.accepts_metadata(&issuer("common"), "https://evil.test/{tenantid}/v2.0"));
    }
}
