//! Prints the OpenAPI document, as checked in at `docs/reference/openapi.json`.

fn main() -> Result<(), serde_json::Error> {
    println!("{}", vestibule_http::openapi::document().to_pretty_json()?);
    Ok(())
}
