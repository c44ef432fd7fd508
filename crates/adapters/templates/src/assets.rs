//! The theme's static files under names that carry their content's hash, each also compressed once at start.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
};

use flate2::{Compression, write::GzEncoder};
use rust_embed::RustEmbed;
use sha2::{Digest, Sha256};

#[derive(RustEmbed)]
#[folder = "../../../themes/default/assets"]
struct Files;

/// One static file.
#[derive(Debug, Clone)]
pub struct Asset {
    /// Media type.
    pub content_type: &'static str,
    /// The file.
    pub body: Vec<u8>,
    /// The file compressed with gzip; `None` where that gains nothing.
    pub gzip: Option<Vec<u8>>,
}

/// Every static file of the theme.
pub struct Assets {
    base: String,
    by_hashed_name: HashMap<String, Asset>,
    hashed_names: BTreeMap<String, String>,
}

impl Assets {
    /// Reads, hashes and compresses the embedded files. `base` is the path under which they are served, without a
    /// trailing slash.
    pub fn new(base: String) -> Self {
        let mut assets = Self { base, by_hashed_name: HashMap::new(), hashed_names: BTreeMap::new() };
        for name in Files::iter() {
            let Some(file) = Files::get(&name) else { continue };
            let body = file.data.into_owned();
            let hashed = hashed_name(&name, &body);
            let asset = Asset { content_type: content_type(&name), gzip: gzip(&body), body };
            assets.by_hashed_name.insert(hashed.clone(), asset);
            assets.hashed_names.insert(name.into_owned(), hashed);
        }
        assets
    }

    /// The file with this hashed name.
    pub fn get(&self, hashed_name: &str) -> Option<&Asset> {
        self.by_hashed_name.get(hashed_name)
    }

    /// The address of a file of the theme; `None` if there is no such file.
    pub fn url(&self, name: &str) -> Option<String> {
        self.hashed_names.get(name).map(|hashed| format!("{}/{hashed}", self.base))
    }
}

/// The first 16 hexadecimal digits of SHA-256.
pub fn content_hash(body: &[u8]) -> String {
    let mut text = hex::encode(Sha256::digest(body));
    text.truncate(16);
    text
}

fn hashed_name(name: &str, body: &[u8]) -> String {
    let hash = content_hash(body);
    match name.rsplit_once('.') {
        Some((stem, extension)) => format!("{stem}-{hash}.{extension}"),
        None => format!("{name}-{hash}"),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map(|(_, extension)| extension) {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        Some("png") => "image/png",
        Some("ico") => "image/x-icon",
        Some("woff2") => "font/woff2",
        _ => "application/octet-stream",
    }
}

/// Compresses at the best level; `None` where the result is not smaller.
pub fn gzip(body: &[u8]) -> Option<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(body).ok()?;
    encoder.finish().ok().filter(|packed| packed.len() < body.len())
}
