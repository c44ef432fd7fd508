//! Vectors: read by an XML parser without document types, and written anew. Elements and attributes stand on a list;
//! what could act, load or refer outside the file is refused with its name, what is merely of no use here is left out.

use std::fmt::Write;

use roxmltree::{Document, Node, ParsingOptions};
use vestibule_realms::{CleanPicture, PictureError, PictureKind};

use crate::within;

const SVG: &str = "http://www.w3.org/2000/svg";
/// Most bytes of a file.
const MAX_BYTES: usize = 128 * 1_024;
/// Most nodes and attributes of a document.
const MAX_NODES: u32 = 4_000;
/// Most elements inside each other.
const MAX_DEPTH: usize = 32;
/// Most elements that are drawn through a clip path or a mask: each of them is drawn anew.
const MAX_CLIPPED: usize = 100;

/// Elements that draw.
const SHAPES: [&str; 8] = ["path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text"];
/// Elements that hold or describe others.
const HOLDERS: [&str; 10] =
    ["svg", "g", "defs", "tspan", "title", "desc", "linearGradient", "radialGradient", "stop", "clipPath"];
const MASK: &str = "mask";

/// Attributes whose value is checked as a whole by [`value`].
const ATTRIBUTES: [&str; 71] = [
    "clip-path",
    "clip-rule",
    "clipPathUnits",
    "color",
    "cx",
    "cy",
    "d",
    "display",
    "dominant-baseline",
    "dx",
    "dy",
    "fill",
    "fill-opacity",
    "fill-rule",
    "font-family",
    "font-size",
    "font-style",
    "font-weight",
    "fr",
    "fx",
    "fy",
    "gradientTransform",
    "gradientUnits",
    "height",
    "isolation",
    "lengthAdjust",
    "letter-spacing",
    "mask",
    "mask-type",
    "maskContentUnits",
    "maskUnits",
    "mix-blend-mode",
    "offset",
    "opacity",
    "paint-order",
    "pathLength",
    "points",
    "preserveAspectRatio",
    "r",
    "rotate",
    "rx",
    "ry",
    "shape-rendering",
    "spreadMethod",
    "stop-color",
    "stop-opacity",
    "stroke",
    "stroke-dasharray",
    "stroke-dashoffset",
    "stroke-linecap",
    "stroke-linejoin",
    "stroke-miterlimit",
    "stroke-opacity",
    "stroke-width",
    "text-anchor",
    "text-rendering",
    "textLength",
    "transform",
    "transform-origin",
    "vector-effect",
    "viewBox",
    "visibility",
    "width",
    "word-spacing",
    "writing-mode",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// Functions that a value may call; none of them loads anything.
const FUNCTIONS: [&str; 11] =
    ["rgb", "rgba", "hsl", "hsla", "matrix", "translate", "scale", "rotate", "skewX", "skewY", "url"];

pub(crate) fn clean(file: &[u8]) -> Result<CleanPicture, PictureError> {
    within("the number of bytes of an SVG file", file.len(), MAX_BYTES)?;
    let text = std::str::from_utf8(file)
        .map_err(|_ignored: std::str::Utf8Error| PictureError::Broken("it is not UTF-8".to_owned()))?;
    // Without document types there are no entities: nothing expands, nothing is fetched.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: MAX_NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::DtdDetected => forbidden("a document type"),
        roxmltree::Error::NodesLimitReached => {
            PictureError::TooLarge { what: "the number of elements", most: u64::from(MAX_NODES) }
        }
        other => PictureError::Broken(other.to_string()),
    })?;
    let root = document.root_element();
    if name_of(root) != Some("svg") {
        return Err(PictureError::Broken("its root is no svg element".to_owned()));
    }
    let measure = Measure::of(root)?;
    let mut writer = Writer { out: String::new(), shapes: 0, clipped: 0 };
    let _ = write!(
        writer.out,
        "<svg xmlns=\"{SVG}\" viewBox=\"{}\" width=\"{}\" height=\"{}\"",
        measure.view_box, measure.width, measure.height
    );
    writer.attributes(root, &["viewBox", "width", "height", "x", "y"], false)?;
    writer.out.push('>');
    for child in root.children() {
        writer.node(child, 1, false)?;
    }
    writer.out.push_str("</svg>\n");
    if writer.shapes == 0 {
        return Err(PictureError::Broken("nothing is drawn".to_owned()));
    }
    let (width, height) = (pixels(measure.width), pixels(measure.height));
    Ok(CleanPicture { kind: PictureKind::Svg, content: writer.out.into_bytes(), width, height })
}

#[expect(
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the measure is 1 to 100,000"
)]
fn pixels(length: f64) -> u32 {
    length.ceil() as u32
}

fn forbidden(what: impl ToString) -> PictureError {
    PictureError::Forbidden(what.to_string())
}

/// The name of an element of SVG; none for other vocabularies, such as what editors leave behind.
fn name_of<'a>(node: Node<'a, '_>) -> Option<&'a str> {
    (node.tag_name().namespace() == Some(SVG)).then(|| node.tag_name().name())
}

/// The area that is drawn and the size it asks for.
struct Measure {
    view_box: String,
    width: f64,
    height: f64,
}

impl Measure {
    fn of(root: Node<'_, '_>) -> Result<Self, PictureError> {
        let length = |name| {
            let text = root.attribute(name)?.trim();
            text.strip_suffix("px").unwrap_or(text).trim_end().parse::<f64>().ok().filter(|n| sane(*n))
        };
        let (width, height) = (length("width"), length("height"));
        let numbers: Option<Vec<f64>> = root.attribute("viewBox").and_then(|text| {
            text.split([' ', ',', '\t', '\n', '\r'])
                .filter(|part| !part.is_empty())
                .map(|part| part.parse().ok().filter(|n: &f64| n.abs() <= 100_000.0))
                .collect()
        });
        let view_box = match (numbers.as_deref(), width, height) {
            (Some(&[x, y, w, h]), ..) if sane(w) && sane(h) => [x, y, w, h],
            (None, Some(w), Some(h)) => [0.0, 0.0, w, h],
            _ => return Err(PictureError::Broken("it has no usable viewBox, width and height".to_owned())),
        };
        let [x, y, w, h] = view_box;
        Ok(Self {
            view_box: format!("{x} {y} {w} {h}"),
            width: width.unwrap_or(w),
            height: height.unwrap_or(h),
        })
    }
}

fn sane(length: f64) -> bool {
    (1.0..=100_000.0).contains(&length)
}

struct Writer {
    out: String,
    shapes: usize,
    clipped: usize,
}

impl Writer {
    /// `referred`: inside something that is drawn through a reference, where further references would multiply.
    fn node(&mut self, node: Node<'_, '_>, depth: usize, referred: bool) -> Result<(), PictureError> {
        if node.is_text() {
            if node
                .parent()
                .and_then(name_of)
                .is_some_and(|name| matches!(name, "text" | "tspan" | "title" | "desc"))
            {
                self.text(node.text().unwrap_or_default());
            }
            return Ok(());
        }
        if !node.is_element() {
            return Ok(());
        }
        let Some(name) = name_of(node) else {
            // Notes of editors are of no use. Anything of XHTML would be: it is refused by its name.
            let space = node.tag_name().namespace().unwrap_or_default();
            let acts = space.is_empty() || space.contains("xhtml");
            return if acts { Err(element(node)) } else { Ok(()) };
        };
        if name == "metadata" {
            return Ok(());
        }
        let shape = SHAPES.contains(&name);
        if !shape && name != MASK && !HOLDERS.contains(&name) {
            return Err(element(node));
        }
        within("the depth of elements", depth, MAX_DEPTH)?;
        let refers = name == "clipPath" || name == MASK;
        if refers && referred {
            return Err(forbidden("a clip path or mask inside another"));
        }
        self.shapes += usize::from(shape);
        self.out.push('<');
        self.out.push_str(name);
        self.attributes(node, &[], referred || refers)?;
        if !node.has_children() {
            self.out.push_str("/>");
            return Ok(());
        }
        self.out.push('>');
        for child in node.children() {
            self.node(child, depth + 1, referred || refers)?;
        }
        let _ = write!(self.out, "</{name}>");
        Ok(())
    }

    fn attributes(&mut self, node: Node<'_, '_>, but: &[&str], referred: bool) -> Result<(), PictureError> {
        let mut found: Vec<(&str, String)> = Vec::new();
        for attribute in node.attributes() {
            let (name, text) = (attribute.name(), attribute.value());
            let own = attribute.namespace().is_none();
            if name.get(..2).is_some_and(|start| start.eq_ignore_ascii_case("on")) {
                return Err(forbidden(format!("the attribute {}", shown(name))));
            }
            if name == "href" || name == "src" {
                let gradient = matches!(name_of(node), Some("linearGradient" | "radialGradient"));
                let local = text.strip_prefix('#').filter(|id| is_id(id));
                let Some(id) = local.filter(|_| gradient && name == "href") else {
                    return Err(forbidden(format!(
                        "the attribute {name} of {}",
                        shown(node.tag_name().name())
                    )));
                };
                put(&mut found, "href", format!("#{id}"));
            } else if own && name == "style" {
                declarations(&mut found, text, but)?;
            } else if own && name == "id" && is_id(text) {
                put(&mut found, "id", text.to_owned());
            } else if own && !but.contains(&name) {
                keep(&mut found, name, text)?;
            }
        }
        found.sort_by_key(|(name, _)| *name);
        for (name, text) in found {
            if matches!(name, "clip-path" | "mask") {
                if referred {
                    return Err(forbidden("a clip path or mask inside another"));
                }
                self.clipped += 1;
                within("the number of clipped elements", self.clipped, MAX_CLIPPED)?;
            }
            let _ = write!(self.out, " {name}=\"{text}\"");
        }
        Ok(())
    }

    fn text(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '&' => self.out.push_str("&amp;"),
                c if c.is_control() => self.out.push(' '),
                c => self.out.push(c),
            }
        }
    }
}

fn element(node: Node<'_, '_>) -> PictureError {
    forbidden(format!("the element {}", shown(node.tag_name().name())))
}

/// A name of the file as a message may show it.
fn shown(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).take(40).collect()
}

fn is_id(text: &str) -> bool {
    (1..=200).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.' | b':'))
}

fn put<'a>(found: &mut Vec<(&'a str, String)>, name: &'a str, text: String) {
    found.retain(|(known, _)| *known != name);
    found.push((name, text));
}

/// Keeps an attribute that stands on the list; others are of no use.
fn keep(found: &mut Vec<(&str, String)>, name: &str, text: &str) -> Result<(), PictureError> {
    let Some(known) = ATTRIBUTES.iter().find(|known| **known == name) else { return Ok(()) };
    let text = value(known, text)?;
    put(found, known, text);
    Ok(())
}

/// The declarations of a `style` attribute, as the attributes of the same name.
fn declarations(found: &mut Vec<(&str, String)>, style: &str, but: &[&str]) -> Result<(), PictureError> {
    for declaration in style.split(';') {
        let Some((name, text)) = declaration.split_once(':') else { continue };
        let name = name.trim();
        if !but.contains(&name) {
            keep(found, name, text)?;
        }
    }
    Ok(())
}

/// A value of harmless letters, whose functions stand on a list and whose references lead into the file itself.
fn value(name: &str, text: &str) -> Result<String, PictureError> {
    let bad = || forbidden(format!("the value of {name}"));
    let text: String = text
        .chars()
        .filter(|c| !matches!(c, '"' | '\''))
        .map(|c| if c.is_ascii_whitespace() { ' ' } else { c })
        .collect();
    let text = text.trim().to_owned();
    let plain = |b: u8| b.is_ascii_alphanumeric() || b" .,-+%#()_".contains(&b);
    let parents = text.bytes().filter(|b| *b == b'(').count() == text.bytes().filter(|b| *b == b')').count();
    if !text.bytes().all(plain) || !parents {
        return Err(bad());
    }
    for (at, _) in text.match_indices('(') {
        let before = text.get(..at).unwrap_or_default().trim_end();
        let start = before.rfind(|c: char| !c.is_ascii_alphanumeric() && c != '-').map_or(0, |at| at + 1);
        let function = before.get(start..).unwrap_or_default();
        if !FUNCTIONS.contains(&function) {
            return Err(bad());
        }
    }
    if text.to_ascii_lowercase().contains("url") {
        let id = text.strip_prefix("url(#").and_then(|rest| rest.strip_suffix(')'));
        if !id.is_some_and(is_id) {
            return Err(bad());
        }
    }
    Ok(text)
}
