//! Claims about a person: which are released by scopes and by the `claims` parameter (OpenID Connect Core §5.4, §5.5).
//! Values are typed by whoever gathers them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::scope::STANDARD_SCOPES;

/// Claims a realm defines beside the standard ones, with the scope that releases each.
#[derive(Debug, Clone, Default)]
pub struct OwnClaims(pub Vec<(String, String)>);

/// The standard scope that releases a standard claim.
pub fn releasing_scope(claim: &str) -> Option<&'static str> {
    STANDARD_SCOPES.iter().find(|(_, claims)| claims.contains(&claim)).map(|(scope, _)| *scope)
}

/// The claims about a person that these scopes release, and those asked for by name. Names were reduced to what was
/// agreed when the code was issued. Unknown and empty ones are left out silently; `sub` is the caller's.
pub fn release(
    person: &Map<String, Value>,
    scopes: &BTreeSet<String>,
    named: &[String],
    own: &OwnClaims,
) -> Map<String, Value> {
    let by_scope = |claim: &str| {
        let standard = releasing_scope(claim).is_some_and(|scope| scopes.contains(scope));
        standard || own.0.iter().any(|(name, scope)| name == claim && scopes.contains(scope))
    };
    let by_name = |claim: &str| releasing_scope(claim).is_some() && named.iter().any(|name| name == claim);
    person
        .iter()
        .filter(|(claim, value)| *claim != "sub" && !value.is_null() && (by_scope(claim) || by_name(claim)))
        .map(|(claim, value)| (claim.clone(), value.clone()))
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn scopes_and_names_release_claims_and_nothing_else_does() {
        let person =
            json!({"name": "Ada", "email": "a@b.test", "email_verified": true, "plan": "pro", "secret": 1});
        let person = person.as_object().unwrap();
        let own = OwnClaims(vec![("plan".into(), "billing".into())]);
        let released = |scopes: &[&str], named: &[&str]| {
            let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
            let named: Vec<_> = named.iter().map(|name| (*name).to_owned()).collect();
            release(person, &scopes, &named, &own).keys().cloned().collect::<Vec<_>>()
        };
        assert_eq!(released(&["openid"], &[]), Vec::<String>::new());
        assert_eq!(released(&["openid", "email"], &[]), ["email", "email_verified"]);
        assert_eq!(released(&["billing"], &["name"]), ["name", "plan"]);
        assert_eq!(released(&["openid"], &["plan", "secret", "phone_number"]), Vec::<String>::new());
    }
}
