//! Prints reference pages from the tables that the server itself uses: `reference events | flow | errors`. Run by
//! `cargo xtask codegen`, which keeps the pages in `docs/reference`.

use std::process::ExitCode;

use vestibule_authn::{Action, StateName};
use vestibule_events::CATALOGUE;
use vestibule_http::problem::code;

const HEADER: &str = "<!-- Made by `cargo xtask codegen`; edit the table in the code. -->";

fn main() -> ExitCode {
    let page = match std::env::args().nth(1).as_deref() {
        Some("events") => events(),
        Some("flow") => flow(),
        Some("errors") => errors(),
        _ => {
            eprintln!("usage: reference events | flow | errors");
            return ExitCode::FAILURE;
        }
    };
    println!("{}", page.join("\n"));
    ExitCode::SUCCESS
}

fn page(title: &str, lead: &str, heads: &[&str]) -> Vec<String> {
    vec![
        HEADER.to_owned(),
        String::new(),
        format!("# {title}"),
        String::new(),
        lead.to_owned(),
        String::new(),
        row(heads.iter().map(ToString::to_string)),
        row(heads.iter().map(|_| "---".to_owned())),
    ]
}

fn row(cells: impl IntoIterator<Item = String>) -> String {
    format!("| {} |", cells.into_iter().collect::<Vec<_>>().join(" | "))
}

fn events() -> Vec<String> {
    let lead = "Every kind of event there is. A kind is never renamed or reused.";
    let mut lines = page("Events", lead, &["kind", "meaning"]);
    lines.extend(CATALOGUE.iter().map(|(kind, meaning)| row([format!("`{kind}`"), (*meaning).to_owned()])));
    lines
}

fn flow() -> Vec<String> {
    let lead = "The states of a sign-in and what each allows. Pages and JSON are two skins over this table; \
                an action that a state does not list is refused. The table knows every method of the domain; the states \
                of a method occur where a program has it wired: this server has passkeys, security keys, \
                codes by mail and by text message, authenticator apps and recovery codes. A security key is asked for and \
                added in the states of a passkey; `challenge.method` tells them apart.";
    let mut lines = page("Flow states", lead, &["state", "action", "fields", "counts as an attempt"]);
    for state in StateName::ALL.into_iter().filter(|state| *state != StateName::Satisfied) {
        let name = format!("`{}`", state.as_str());
        if state.actions().is_empty() {
            lines.push(row([name, "none: the flow is over".to_owned(), String::new(), String::new()]));
        } else {
            lines.extend(state.actions().iter().map(|action| row(cells(&name, action))));
        }
    }
    lines
}

fn cells(state: &str, action: &Action) -> [String; 4] {
    let fields = action.fields.iter().map(|field| {
        let need = if field.required { "required" } else { "optional" };
        format!("`{}` ({need}, at most {} bytes)", field.name, field.max_bytes)
    });
    let counts = if action.limited { "yes" } else { "" };
    let fields = fields.collect::<Vec<_>>().join(", ");
    [state.to_owned(), format!("`{}`", action.name.as_str()), fields, counts.to_owned()]
}

fn errors() -> Vec<String> {
    let lead =
        "Problems of our own APIs (RFC 9457). `type` is `/docs/errors/{code}`; a code is never reused.";
    let mut lines = page("Problem codes", lead, &["code", "status", "meaning", "what to do"]);
    lines.extend(code::ALL.iter().map(|entry| {
        row([entry.code.to_owned(), entry.status.to_string(), entry.title.to_owned(), entry.hint.to_owned()])
    }));
    lines
}
