//! Who asks: a person whose browser opens an address, or a program.

use actix_web::{HttpRequest, http::header};

/// Longest `Accept` that is looked at.
const MAX_BYTES: usize = 1_000;

/// Whether a page is wanted more than anything a program reads (RFC 9110 §12.5.1). A browser that opens an address names
/// `text/html`; scripts and programs send `*/*`, nothing, or the JSON they want.
pub(crate) fn prefers_page(http: &HttpRequest) -> bool {
    let values = http.headers().get_all(header::ACCEPT).filter_map(|value| value.to_str().ok());
    let ranges: Vec<(&str, f32)> = values
        .filter(|text| text.len() <= MAX_BYTES)
        .flat_map(|text| text.split(','))
        .map(weighted)
        .collect();
    let weight = |wanted: &[&str]| {
        let named =
            ranges.iter().filter(|(range, _)| wanted.iter().any(|one| range.eq_ignore_ascii_case(one)));
        named.map(|(_, weight)| *weight).fold(0.0, f32::max)
    };
    weight(&["text/html", "application/xhtml+xml"])
        > weight(&["application/json", "application/problem+json"])
}

/// A media range and its weight; one that cannot be read weighs nothing.
fn weighted(part: &str) -> (&str, f32) {
    let mut pieces = part.split(';').map(str::trim);
    let range = pieces.next().unwrap_or_default();
    let weight = pieces.find_map(|piece| piece.strip_prefix("q=").or(piece.strip_prefix("Q=")));
    (range, weight.map_or(1.0, |text| text.trim().parse().unwrap_or(0.0)))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn prefers(accept: &str) -> bool {
        prefers_page(&TestRequest::default().insert_header((header::ACCEPT, accept)).to_http_request())
    }

    #[test]
    fn browsers_that_open_an_address_want_a_page_and_programs_do_not() {
        for browser in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html, */*; q=0.01",
            "TEXT/HTML",
            "text/html, application/json;q=0.9",
        ] {
            assert!(prefers(browser), "{browser}");
        }
        for program in [
            "*/*",
            "",
            "application/json",
            "application/problem+json, text/html;q=0.5",
            "application/json, text/html",
            "application/json, text/plain, */*",
            "text/html;q=0",
            "text/html;q=nonsense",
            "image/avif,image/webp,*/*",
            &format!("text/html{}", ",a/b".repeat(1_000)),
        ] {
            assert!(!prefers(program), "{program}");
        }
        assert!(!prefers_page(&TestRequest::default().to_http_request()), "nothing said");
    }
}
