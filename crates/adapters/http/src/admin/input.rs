//! What a call carries, read strictly and within bounds before any use case runs: path, query, preconditions, body.

use std::{collections::BTreeMap, str::FromStr};

use actix_web::{HttpRequest, http::header, web};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use vestibule_kernel::{PageRequest, Version};
use vestibule_usecases::admin::Precondition;

use super::cursor;
use crate::{
    extract::{body, params::Params},
    openapi::{Body, IfMatch, Operation},
    problem::{Problem, code},
};

/// Most characters of an `Idempotency-Key`.
const MAX_KEY_CHARS: usize = 255;

/// A call's input.
pub(super) struct Input {
    pub(super) operation: &'static Operation,
    path: BTreeMap<&'static str, String>,
    query: Params,
    pub(super) raw_query: String,
    pub(super) request_path: String,
    pub(super) if_match: Precondition,
    pub(super) idempotency_key: Option<String>,
    pub(super) body: Vec<u8>,
    media_type: String,
    list: String,
}

impl Input {
    /// Reads everything; `list` names what cursors are bound to.
    pub(super) async fn read(
        operation: &'static Operation,
        http: &HttpRequest,
        payload: web::Payload,
        list: &str,
    ) -> Result<Self, Problem> {
        let raw_query = http.query_string().to_owned();
        let query = Params::parse(raw_query.as_bytes(), &[])
            .map_err(|error| Problem::new(&code::INVALID_QUERY).detail(error))?;
        let known = |name: &str| operation.query.iter().any(|parameter| parameter.name == name);
        if query.names().any(|name| !known(name)) {
            return Err(Problem::new(&code::INVALID_QUERY).detail("unknown query parameter"));
        }
        let path = operation
            .path_parameters()
            .filter_map(|name| http.match_info().get(name).map(|value| (name, value.to_owned())))
            .collect();
        let if_match = if_match(http, operation.if_match)?;
        let idempotency_key = idempotency_key(http)?;
        let limit = match operation.body {
            Body::Document(_) => body::MAX_DOCUMENT_BYTES,
            Body::Picture(_) => vestibule_realms::picture::MAX_UPLOAD_BYTES,
            Body::None | Body::OptionalJson(_) | Body::Json(_) | Body::MergePatch(_) | Body::Form(_) => {
                body::MAX_JSON_BYTES
            }
        };
        let bytes = body::read(http, payload, limit).await?;
        let input = Self {
            operation,
            path,
            query,
            raw_query,
            request_path: http.path().to_owned(),
            if_match,
            idempotency_key,
            body: bytes,
            media_type: body::media_type(http),
            list: format!("{list}/{}", operation.id),
        };
        input.check_media_type()?;
        Ok(input)
    }

    fn check_media_type(&self) -> Result<(), Problem> {
        let allowed = self.operation.body.media_types();
        let unsupported = || {
            Problem::new(&code::UNSUPPORTED_MEDIA_TYPE).detail(format!("expected {}", allowed.join(" or ")))
        };
        match self.operation.body {
            Body::None | Body::OptionalJson(_) if self.body.is_empty() => Ok(()),
            Body::None => Err(Problem::new(&code::MALFORMED_BODY).detail("this call has no body")),
            _ if allowed.contains(&self.media_type.as_str()) => Ok(()),
            _ => Err(unsupported()),
        }
    }

    /// An id in the path. One that is malformed names nothing: 404.
    pub(super) fn id<T: FromStr>(&self, name: &str) -> Result<T, Problem> {
        let missing = || Problem::new(&code::NOT_FOUND).detail(format!("there is no such {name}"));
        self.path.get(name).and_then(|text| text.parse().ok()).ok_or_else(missing)
    }

    /// A text in the path.
    pub(super) fn segment(&self, name: &str) -> &str {
        self.path.get(name).map_or("", String::as_str)
    }

    /// The media type of the body, one of the operation's.
    pub(super) fn media_type(&self) -> &str {
        &self.media_type
    }

    /// A query parameter.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.get(name)
    }

    /// A query parameter that is parsed.
    pub(super) fn parsed<T: FromStr>(&self, name: &str) -> Result<Option<T>, Problem> {
        let bad = || Problem::new(&code::INVALID_QUERY).detail(format!("{name} is not acceptable"));
        self.query(name).map(|text| text.parse().map_err(|_ignored: T::Err| bad())).transpose()
    }

    /// The page asked for by `limit` and `after`.
    pub(super) fn page(&self) -> Result<PageRequest, Problem> {
        let limit = self.parsed::<u16>("limit")?.unwrap_or(PageRequest::DEFAULT);
        if !(1..=PageRequest::MAX).contains(&limit) {
            return Err(Problem::new(&code::INVALID_QUERY).detail("limit is 1 to 200"));
        }
        let after = match self.query("after") {
            None => None,
            Some(text) => Some(cursor::decode(&self.list_with_filter(), text).ok_or_else(|| {
                Problem::new(&code::INVALID_QUERY).detail("after is no cursor of this list")
            })?),
        };
        Ok(PageRequest::new(limit, after))
    }

    /// The cursor for a page's next key.
    pub(super) fn cursor(&self, key: &str) -> String {
        cursor::encode(&self.list_with_filter(), key)
    }

    /// The list with everything but paging: a cursor goes on in the same list under the same filter.
    fn list_with_filter(&self) -> String {
        let filters = self.query.names().filter(|name| !matches!(*name, "limit" | "after"));
        let mut list = self.list.clone();
        for value in self.path.values() {
            list.push('/');
            list.push_str(value);
        }
        for name in filters {
            list.extend(["&", name, "=", self.query.get(name).unwrap_or_default()]);
        }
        list
    }

    /// The body as a JSON object; an absent optional one is empty. Text with NUL is refused: a database cannot hold it.
    pub(super) fn object(&self) -> Result<Map<String, Value>, Problem> {
        if self.body.is_empty() && matches!(self.operation.body, Body::OptionalJson(_)) {
            return Ok(Map::new());
        }
        let value: Value = serde_json::from_slice(&self.body)
            .map_err(|error| Problem::new(&code::MALFORMED_BODY).detail(error))?;
        refuse_nul(&value)?;
        match value {
            Value::Object(object) => Ok(object),
            _ => Err(Problem::new(&code::INVALID).field("", "an object is expected")),
        }
    }

    /// The body as a typed object.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        let object = self.object()?;
        serde_json::from_value(Value::Object(object))
            .map_err(|error| Problem::new(&code::INVALID).field("", error))
    }

    /// The body as text, with whether it is TOML.
    pub(super) fn text(&self) -> Result<(&str, bool), Problem> {
        let text = std::str::from_utf8(&self.body).map_err(|_ignored: std::str::Utf8Error| {
            Problem::new(&code::MALFORMED_BODY).detail("not UTF-8")
        })?;
        Ok((text, self.media_type == "application/toml"))
    }
}

/// Refuses NUL anywhere in keys and texts.
pub(super) fn refuse_nul(value: &Value) -> Result<(), Problem> {
    let bad = || Problem::new(&code::INVALID).field("", "texts must not contain the NUL character");
    match value {
        Value::String(text) if text.contains('\0') => Err(bad()),
        Value::Array(items) => items.iter().try_for_each(refuse_nul),
        Value::Object(object) => object
            .iter()
            .try_for_each(|(key, inner)| if key.contains('\0') { Err(bad()) } else { refuse_nul(inner) }),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

/// `If-Match` by strong comparison (RFC 9110 §13.1.1): a weak tag matches nothing.
fn if_match(http: &HttpRequest, rule: IfMatch) -> Result<Precondition, Problem> {
    let values: Vec<&str> =
        http.headers().get_all(header::IF_MATCH).filter_map(|value| value.to_str().ok()).collect();
    if rule == IfMatch::Unused {
        return Ok(Precondition::Any);
    }
    if values.is_empty() {
        return match rule {
            IfMatch::Required => Err(Problem::new(&code::PRECONDITION_REQUIRED)),
            IfMatch::Unused | IfMatch::Optional => Ok(Precondition::Any),
        };
    }
    let tags: Vec<&str> = values.iter().flat_map(|value| value.split(',')).map(str::trim).collect();
    if tags == ["*"] {
        return Ok(Precondition::Any);
    }
    let version = |tag: &&str| tag.strip_prefix('"')?.strip_suffix('"')?.parse::<i64>().ok();
    Ok(Precondition::OneOf(tags.iter().filter_map(version).map(Version::from_stored).collect()))
}

fn idempotency_key(http: &HttpRequest) -> Result<Option<String>, Problem> {
    let bad = || {
        Problem::new(&code::INVALID_HEADER)
            .detail("Idempotency-Key is one value of 1 to 255 visible ASCII characters")
    };
    let mut values = http.headers().get_all("idempotency-key");
    let Some(value) = values.next() else { return Ok(None) };
    let text = value.to_str().map_err(|_ignored: header::ToStrError| bad())?;
    let shaped = (1..=MAX_KEY_CHARS).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic());
    if shaped && values.next().is_none() { Ok(Some(text.to_owned())) } else { Err(bad()) }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use serde_json::json;

    use super::*;

    fn tag(value: &str) -> Precondition {
        let http = TestRequest::default().insert_header((header::IF_MATCH, value)).to_http_request();
        if_match(&http, IfMatch::Required).unwrap()
    }

    #[test]
    fn if_match_compares_strongly() {
        assert_eq!(tag("\"3\""), Precondition::OneOf(vec![Version::from_stored(3)]));
        assert_eq!(tag("*"), Precondition::Any);
        assert_eq!(tag("W/\"3\""), Precondition::OneOf(vec![]));
        assert_eq!(tag("garbage"), Precondition::OneOf(vec![]));
        let none = TestRequest::default().to_http_request();
        let refused = if_match(&none, IfMatch::Required).err().map(|problem| problem.code().status);
        assert_eq!(refused, Some(428));
        assert_eq!(if_match(&none, IfMatch::Optional).ok(), Some(Precondition::Any));
    }

    #[test]
    fn nul_is_refused_wherever_it_hides() {
        assert!(refuse_nul(&json!({"a": [{"b": "x"}]})).is_ok());
        for bad in [json!("\0"), json!({"a": ["x\0"]}), json!({"k\0": 1}), json!([{"a": {"b\0": null}}])] {
            assert!(refuse_nul(&bad).is_err(), "{bad}");
        }
    }
}
