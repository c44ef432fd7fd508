//! What a template of a realm's own may say: it shows values, asks about them and walks through lists that it was given.
//! It binds no name and joins no texts, so what it makes cannot grow beyond what it was written with; how much it may do
//! at all is bounded where it is rendered.

use minijinja::{
    machinery::{
        ast::{BinOpKind, Call, CallArg, Expr, ForLoop, Stmt, UnaryOpKind},
        parse,
    },
    syntax::SyntaxConfig,
};

/// Functions that may be called.
const FUNCTIONS: [&str; 9] = ["t", "say", "moment", "day", "word", "icon", "qr", "slot", "plain_slot"];
/// Filters: each gives back no more than it takes.
const FILTERS: [&str; 14] = [
    "escape",
    "e",
    "upper",
    "lower",
    "title",
    "capitalize",
    "trim",
    "default",
    "d",
    "length",
    "count",
    "int",
    "first",
    "last",
];
/// Tests.
const TESTS: [&str; 8] = ["defined", "undefined", "none", "true", "false", "eq", "ne", "in"];
/// What lets scripts run. Templates hand it to our pieces, and do nothing else with it.
const NONCE: &str = "nonce";
/// Deepest statements and expressions inside each other.
const MAX_DEPTH: usize = 40;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A page.
    Page,
    /// The frame of pages.
    Frame,
    /// A part of a mail.
    Mail,
    /// The frame of mails.
    MailFrame,
}

impl Kind {
    /// The frames that it may fill.
    const fn frames(self) -> &'static [&'static str] {
        match self {
            Self::Page => {
                &["card.html", "document.html", "account/frame.html", "account/confirm_contact.html"]
            }
            Self::Frame => &["base.html", "document.html"],
            Self::Mail => &["layout.html"],
            Self::MailFrame => &[],
        }
    }

    /// The pieces that it may use.
    const fn parts(self) -> &'static [&'static str] {
        match self {
            Self::Page | Self::Frame => &["parts.html", "account/parts.html"],
            Self::Mail | Self::MailFrame => &["parts.html"],
        }
    }
}

/// Reads a template.
///
/// # Errors
/// The first thing it may not say, with its line.
pub(crate) fn check(kind: Kind, source: &str) -> Result<(), String> {
    let parsed = parse(source, "template", SyntaxConfig::default());
    let parsed = parsed.map_err(|error| {
        let line = error.line().unwrap_or(1);
        format!("line {line}: {}", error.detail().unwrap_or("it cannot be read"))
    })?;
    Reader { kind, parts: Vec::new() }.statement(&parsed, 0)
}

struct Reader {
    kind: Kind,
    /// Names that pieces were imported under.
    parts: Vec<String>,
}

type Verdict = Result<(), String>;

fn refuse(line: u32, why: impl std::fmt::Display) -> Verdict {
    Err(format!("line {line}: {why}"))
}

impl Reader {
    fn statements(&mut self, all: &[Stmt<'_>], depth: usize) -> Verdict {
        all.iter().try_for_each(|one| self.statement(one, depth + 1))
    }

    fn statement(&mut self, statement: &Stmt<'_>, depth: usize) -> Verdict {
        if depth > MAX_DEPTH {
            return Err("it goes too deep".to_owned());
        }
        match statement {
            Stmt::Template(template) => self.statements(&template.children, depth),
            Stmt::EmitRaw(_) => Ok(()),
            Stmt::EmitExpr(shown) => self.expression(&shown.expr, depth),
            Stmt::Block(block) => self.statements(&block.body, depth),
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr, depth)?;
                self.statements(&condition.true_body, depth)?;
                self.statements(&condition.false_body, depth)
            }
            Stmt::ForLoop(walk) => self.walk(walk, walk.span().start_line.into(), depth),
            Stmt::Extends(extends) => {
                named(&extends.name, self.kind.frames(), extends.span().start_line.into())
            }
            Stmt::Import(import) => {
                let line = import.span().start_line.into();
                named(&import.expr, self.kind.parts(), line)?;
                let Expr::Var(name) = &import.name else { return refuse(line, "import … as a name") };
                self.parts.push(name.id.to_owned());
                Ok(())
            }
            other => refuse(line_of(other), format!("{} is not used here", name_of(other))),
        }
    }

    /// Only through a list that is there already, so that nothing is bound that was made here.
    fn walk(&mut self, walk: &ForLoop<'_>, line: u32, depth: usize) -> Verdict {
        if walk.recursive {
            return refuse(line, "a loop does not call itself");
        }
        if !is_given(&walk.iter) {
            return refuse(line, "a loop goes through a list of the page, such as page.scopes");
        }
        self.expression(&walk.iter, depth + 1)?;
        if !matches!(&walk.target, Expr::Var(_) | Expr::List(_) | Expr::Tuple(_)) {
            return refuse(line, "a loop binds names");
        }
        if let Some(filter) = &walk.filter_expr {
            self.expression(filter, depth + 1)?;
        }
        self.statements(&walk.body, depth)?;
        self.statements(&walk.else_body, depth)
    }

    fn expression(&self, expression: &Expr<'_>, depth: usize) -> Verdict {
        let line = expression.span().start_line.into();
        if depth > MAX_DEPTH {
            return refuse(line, "it goes too deep");
        }
        let inner = |one: &Expr<'_>| self.expression(one, depth + 1);
        match expression {
            // Whoever may say it may bring scripts.
            Expr::Var(name) if name.id == NONCE => {
                refuse(line, format!("{NONCE} is handed to a piece and not shown"))
            }
            Expr::Var(_) | Expr::Const(_) => Ok(()),
            Expr::GetAttr(attribute) => inner(&attribute.expr),
            Expr::GetItem(item) => inner(&item.expr).and_then(|()| inner(&item.subscript_expr)),
            Expr::UnaryOp(one) if matches!(one.op, UnaryOpKind::Not) => inner(&one.expr),
            Expr::BinOp(two) if is_question(two.op) => inner(&two.left).and_then(|()| inner(&two.right)),
            Expr::Compare(compared) => {
                inner(&compared.expr)?;
                compared.ops.iter().try_for_each(|one| inner(&one.expr))
            }
            Expr::IfExpr(choice) => {
                inner(&choice.test_expr)?;
                inner(&choice.true_expr)?;
                choice.false_expr.as_ref().map_or(Ok(()), inner)
            }
            Expr::Filter(filter) => {
                if !FILTERS.contains(&filter.name) {
                    return refuse(
                        line,
                        format!("there is no filter {} here: {}", filter.name, FILTERS.join(", ")),
                    );
                }
                filter.expr.as_ref().map_or(Ok(()), inner)?;
                self.arguments(&filter.args, line, depth)
            }
            Expr::Test(test) => {
                if !TESTS.contains(&test.name) {
                    return refuse(
                        line,
                        format!("there is no test {} here: {}", test.name, TESTS.join(", ")),
                    );
                }
                inner(&test.expr)?;
                self.arguments(&test.args, line, depth)
            }
            Expr::Call(call) => self.call(call, line, depth),
            other => refuse(line, format!("{} is not used here", other.description())),
        }
    }

    /// A function, or a piece of an import. Texts are filled with values, never with texts, and pieces take texts and
    /// values, never pieces: so what comes out is a bounded multiple of what is written.
    fn call(&self, call: &Call<'_>, line: u32, depth: usize) -> Verdict {
        match &call.expr {
            Expr::Var(name) if name.id == "super" && call.args.is_empty() => Ok(()),
            Expr::Var(name) if FUNCTIONS.contains(&name.id) => {
                if call.args.iter().any(|one| argument(one).is_some_and(has_call)) {
                    return refuse(line, format!("{} takes values, not calls", name.id));
                }
                self.arguments(&call.args, line, depth)
            }
            Expr::Var(name) => {
                refuse(line, format!("there is no function {} here: {}", name.id, FUNCTIONS.join(", ")))
            }
            Expr::GetAttr(attribute) => {
                let piece = matches!(&attribute.expr, Expr::Var(name) if self.parts.iter().any(|part| part == name.id));
                if !piece {
                    return refuse(line, "only functions and the pieces of an import are called");
                }
                let of_pieces = |one: &CallArg<'_>| argument(one).is_some_and(has_piece);
                if call.args.iter().any(of_pieces) {
                    return refuse(line, "a piece takes texts and values, not other pieces");
                }
                let is_nonce =
                    |one: &CallArg<'_>| matches!(argument(one), Some(Expr::Var(name)) if name.id == NONCE);
                let mut others = call.args.iter().filter(|one| !is_nonce(one));
                others.try_for_each(|one| self.arguments(std::slice::from_ref(one), line, depth))
            }
            _ => refuse(line, "only functions and the pieces of an import are called"),
        }
    }

    fn arguments(&self, all: &[CallArg<'_>], line: u32, depth: usize) -> Verdict {
        all.iter().try_for_each(|one| match argument(one) {
            Some(value) => self.expression(value, depth + 1),
            None => refuse(line, "arguments are written one by one"),
        })
    }
}

/// Whether an operator asks something, and so makes nothing but yes or no, or one of its two sides.
const fn is_question(operator: BinOpKind) -> bool {
    match operator {
        BinOpKind::Eq
        | BinOpKind::Ne
        | BinOpKind::Lt
        | BinOpKind::Lte
        | BinOpKind::Gt
        | BinOpKind::Gte
        | BinOpKind::ScAnd
        | BinOpKind::ScOr
        | BinOpKind::In => true,
        BinOpKind::Add
        | BinOpKind::Sub
        | BinOpKind::Mul
        | BinOpKind::Div
        | BinOpKind::FloorDiv
        | BinOpKind::Rem
        | BinOpKind::Pow
        | BinOpKind::Concat => false,
    }
}

fn argument<'s, 'a>(one: &'s CallArg<'a>) -> Option<&'s Expr<'a>> {
    match one {
        CallArg::Pos(value) | CallArg::Kwarg(_, value) => Some(value),
        CallArg::PosSplat(_) | CallArg::KwargSplat(_) => None,
    }
}

/// Every expression inside, itself included, asked for a trait.
fn any(expression: &Expr<'_>, is: &dyn Fn(&Expr<'_>) -> bool) -> bool {
    let inside = |one: &Expr<'_>| any(one, is);
    is(expression)
        || match expression {
            Expr::GetAttr(attribute) => inside(&attribute.expr),
            Expr::GetItem(item) => inside(&item.expr) || inside(&item.subscript_expr),
            Expr::UnaryOp(one) => inside(&one.expr),
            Expr::BinOp(two) => inside(&two.left) || inside(&two.right),
            Expr::Compare(compared) => {
                inside(&compared.expr) || compared.ops.iter().any(|one| inside(&one.expr))
            }
            Expr::IfExpr(choice) => {
                inside(&choice.test_expr)
                    || inside(&choice.true_expr)
                    || choice.false_expr.as_ref().is_some_and(inside)
            }
            Expr::Filter(filter) => {
                filter.expr.as_ref().is_some_and(inside)
                    || filter.args.iter().any(|one| argument(one).is_some_and(inside))
            }
            Expr::Test(test) => {
                inside(&test.expr) || test.args.iter().any(|one| argument(one).is_some_and(inside))
            }
            Expr::Call(call) => call.args.iter().any(|one| argument(one).is_some_and(inside)),
            _ => false,
        }
}

fn has_call(expression: &Expr<'_>) -> bool {
    any(expression, &|one| matches!(one, Expr::Call(_)))
}

fn has_piece(expression: &Expr<'_>) -> bool {
    any(expression, &|one| matches!(one, Expr::Call(call) if matches!(call.expr, Expr::GetAttr(_))))
}

/// Whether this is a value that the page was given, or a part of one.
fn is_given(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Var(_) => true,
        Expr::GetAttr(attribute) => is_given(&attribute.expr),
        _ => false,
    }
}

fn named(name: &Expr<'_>, allowed: &[&str], line: u32) -> Verdict {
    let found = match name {
        Expr::Const(text) => text.value.as_str().is_some_and(|text| allowed.contains(&text)),
        _ => false,
    };
    if found { Ok(()) } else { refuse(line, format!("one of these by its name: {}", allowed.join(", "))) }
}

fn name_of(statement: &Stmt<'_>) -> &'static str {
    match statement {
        Stmt::WithBlock(_) => "with",
        Stmt::Set(_) | Stmt::SetBlock(_) => "set",
        Stmt::AutoEscape(_) => "autoescape",
        Stmt::FilterBlock(_) => "filter",
        Stmt::FromImport(_) => "from",
        Stmt::Include(_) => "include",
        Stmt::Macro(_) => "macro",
        Stmt::CallBlock(_) => "call",
        Stmt::Do(_) => "do",
        _ => "this statement",
    }
}

fn line_of(statement: &Stmt<'_>) -> u32 {
    let span = match statement {
        Stmt::WithBlock(one) => one.span(),
        Stmt::Set(one) => one.span(),
        Stmt::SetBlock(one) => one.span(),
        Stmt::AutoEscape(one) => one.span(),
        Stmt::FilterBlock(one) => one.span(),
        Stmt::FromImport(one) => one.span(),
        Stmt::Include(one) => one.span(),
        Stmt::Macro(one) => one.span(),
        Stmt::CallBlock(one) => one.span(),
        Stmt::Do(one) => one.span(),
        _ => return 1,
    };
    span.start_line.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shows_values_passes() {
        for good in [
            "plain",
            "{% extends \"card.html\" %}{% import \"parts.html\" as parts %}{% block main %}\
             <h1>{{ t(\"consent-title\", app=page.app.name) }}</h1>{{ parts.form_data(page.form) }}{{ super() }}{% endblock %}",
            "{% for scope in page.scopes if scope.optional %}{{ loop.index }} {{ say(scope.sentence) }}{% else %}none{% endfor %}",
            "{% if page.errors and not page.username == \"\" %}{{ page.username | upper | default(\"-\") }}{% endif %}",
            "{{ page.a if page.b is defined else page.c[0] }}",
            "{% import \"parts.html\" as p %}{% block script %}{{ p.script(nonce) }}{{ p.data(page.x, nonce) }}{% endblock %}",
            "{% import \"parts.html\" as p %}{{ p.heading(t(\"x\", realm=realm)) }}",
        ] {
            assert_eq!(check(Kind::Page, good), Ok(()), "{good}");
        }
        assert_eq!(check(Kind::Mail, "{% extends \"layout.html\" %}"), Ok(()));
    }

    #[test]
    fn what_grows_reaches_out_or_turns_escaping_off_is_refused_with_its_line() {
        for bad in [
            "{% set x = page.a %}",
            "{% with x = page.a %}{% endwith %}",
            "{{ page.a ~ page.a }}",
            "{{ page.a * 9 }}",
            "{{ page.a + page.a }}",
            "{{ [page.a, page.a] }}",
            "{{ {\"a\": page.a} }}",
            "{{ page.a | safe }}",
            "{{ page.a | replace(\"a\", page.a) }}",
            "{{ page.list | join(page.a) }}",
            "{% for x in [1, 2] %}{% endfor %}",
            "{% for x in range(100000) %}{% endfor %}",
            "{% for x in page.tree recursive %}{{ loop(x) }}{% endfor %}",
            "{% autoescape false %}{{ page.a }}{% endautoescape %}",
            "{% include \"base.html\" %}",
            "{% extends \"base.html\" %}",
            "{% extends page.a %}",
            "{% import \"secrets.html\" as x %}",
            "{% macro m() %}{% endmacro %}",
            "{{ page.name.upper() }}",
            "{{ t(\"a\", x=t(\"b\")) }}",
            "{% import \"parts.html\" as p %}{{ p.a(p.a(page.x)) }}",
            "{{ asset(\"form.js\") }}",
            "{{ t(*page.list) }}",
            "{{ page.a is containing(1) }}",
            "<script nonce=\"{{ nonce }}\">",
            "{{ nonce | upper }}",
            "{{ t(\"x\", a=nonce) }}",
            "{% if nonce == page.a %}{% endif %}",
            "{% for c in nonce %}{{ c }}{% endfor %}",
            "{{ page.a",
        ] {
            let refused = check(Kind::Page, &format!("\n{bad}"));
            assert!(refused.as_ref().is_err_and(|why| why.starts_with("line 2")), "{bad}: {refused:?}");
        }
        assert!(check(Kind::Mail, "{% extends \"card.html\" %}").is_err());
        assert!(check(Kind::Frame, "{% extends \"card.html\" %}").is_err(), "a frame does not fill itself");
        let deep = format!("{}x{}", "{% if page.a %}".repeat(60), "{% endif %}".repeat(60));
        assert!(check(Kind::Page, &deep).is_err());
    }
}
