//! The page behind the first operator's link. Looking at it uses nothing up; only the form creates the owner.

use actix_web::{
    HttpRequest, HttpResponse,
    http::{Method, StatusCode},
    web::{self, Payload},
};
use vestibule_authn::password::PasswordError;
use vestibule_kernel::{Digest, OpaqueToken, Secret, TokenKind};
use vestibule_realms::realm::OPERATORS_SLUG;
use vestibule_templates::{
    FieldError, Message,
    views::{SetupDonePage, SetupPage},
};
use vestibule_usecases::{
    RealmSnapshot,
    admin::{
        AdminFailure,
        setup::{self, CompleteSetup, SetupError},
    },
};

use crate::{
    address::Address,
    command,
    cx::SystemRequest,
    extract::{
        body::{self, MAX_FORM_BYTES},
        params::Params,
    },
    flow::csrf,
    page::{PageSpec, page, problem_page},
    problem::{Problem, code},
};

/// The page.
pub(super) fn address() -> Address {
    Address::new("/setup/{code}").on(Method::GET, web::to(show)).on(Method::POST, web::to(complete))
}

/// What the person typed, to be shown again beside what was wrong. Never the password.
#[derive(Default)]
struct Typed {
    email: String,
    name: String,
}

/// The token of the form: derived from the code, so that only a page that knew the code can hold it.
fn form_token(code: &str) -> OpaqueToken {
    let digest = Digest::of(format!("setup\n{code}").as_bytes());
    OpaqueToken::new(TokenKind::Csrf, *digest.as_bytes())
}

fn code_of(http: &HttpRequest) -> String {
    http.match_info().get("code").unwrap_or_default().to_owned()
}

async fn show(http: HttpRequest, request: SystemRequest) -> HttpResponse {
    let code = code_of(&http);
    match setup::is_live(&request.state.app, &request.cx, &code).await {
        Ok(true) => form(&request, &code, Typed::default(), Vec::new()).await,
        Ok(false) => refused(&request, &Problem::new(&code::SETUP_GONE)),
        Err(failure) => refused(&request, &failure.into()),
    }
}

async fn complete(http: HttpRequest, request: SystemRequest, payload: Payload) -> HttpResponse {
    let code = code_of(&http);
    let fields = match read(&http, &request, &code, payload).await {
        Ok(fields) => fields,
        Err(problem) => return refused(&request, &problem),
    };
    let text = |name: &str| fields.get(name).unwrap_or_default().to_owned();
    let typed = Typed { email: text("username"), name: text("name") };
    let owner = CompleteSetup {
        code: code.clone(),
        email: typed.email.clone(),
        name: Some(typed.name.clone()),
        password: Secret::new(text("password")),
    };
    let (app, cx) = (request.state.app.clone(), request.cx.clone());
    let outcome = command::run(&request.state, async move { setup::complete(&app, &cx, owner).await }).await;
    match outcome {
        Err(lost) => refused(&request, &lost.into()),
        Ok(Ok(_)) => done(&request, typed.email).await,
        Ok(Err(error)) => match fault(error) {
            Ok(fault) => form(&request, &code, typed, vec![fault]).await,
            Err(problem) => refused(&request, &problem),
        },
    }
}

async fn read(
    http: &HttpRequest,
    request: &SystemRequest,
    code: &str,
    payload: Payload,
) -> Result<Params, Problem> {
    let origin = request.state.app.installation.public_url.origin().ascii_serialization();
    csrf::check_origin(http, &origin)?;
    if body::media_type(http) != "application/x-www-form-urlencoded" {
        return Err(Problem::new(&code::UNSUPPORTED_MEDIA_TYPE).detail("expected a form"));
    }
    let bytes = body::read(http, payload, MAX_FORM_BYTES).await?;
    let fields =
        Params::parse(&bytes, &[]).map_err(|error| Problem::new(&code::MALFORMED_BODY).detail(error))?;
    let sent = fields.get("csrf").and_then(|text| OpaqueToken::parse(TokenKind::Csrf, text));
    match sent {
        Some(sent) if sent.digest().matches(&form_token(code).digest()) => Ok(fields),
        _ => Err(Problem::new(&code::CSRF)),
    }
}

/// What was wrong with a field, or the problem that is no field's.
fn fault(error: SetupError) -> Result<FieldError, Problem> {
    let (field, message) = match error {
        SetupError::CodeInvalid => return Err(Problem::new(&code::SETUP_GONE)),
        SetupError::Email(_) => ("username", Message::new("setup-email-invalid")),
        SetupError::EmailTaken => ("username", Message::new("setup-email-taken")),
        SetupError::Name => ("name", Message::new("setup-name-invalid")),
        SetupError::Password(error) => ("password", password_message(&error)),
        SetupError::Failure(failure) => return Err(failure.into()),
    };
    Ok(FieldError::new(field, message))
}

fn password_message(error: &PasswordError) -> Message {
    match error {
        PasswordError::TooShort(min) => Message::new("setup-password-short").count("min", *min),
        PasswordError::TooLong(max) => Message::new("setup-password-long").count("max", *max),
        PasswordError::Common => Message::new("setup-password-common"),
        PasswordError::Context => Message::new("setup-password-context"),
    }
}

async fn operators(request: &SystemRequest) -> Result<std::sync::Arc<RealmSnapshot>, Problem> {
    let found = request.state.app.snapshots.by_slug(OPERATORS_SLUG).await.map_err(AdminFailure::from)?;
    found.ok_or_else(|| Problem::new(&code::NO_SUCH_REALM))
}

async fn form(request: &SystemRequest, code: &str, typed: Typed, errors: Vec<FieldError>) -> HttpResponse {
    let operators = match operators(request).await {
        Ok(operators) => operators,
        Err(problem) => return refused(request, &problem),
    };
    let status = if errors.is_empty() { StatusCode::OK } else { StatusCode::UNPROCESSABLE_ENTITY };
    let view = SetupPage {
        action: format!("/setup/{code}"),
        csrf: form_token(code).expose().to_owned(),
        email: typed.email,
        name: typed.name,
        min_length: operators.realm.settings.password.min_length,
        errors,
    };
    let spec = PageSpec::new(Some(&operators), &request.cx.origin.request_id)
        .speaking(&request.cx.origin.language)
        .status(status);
    page(&request.state, &spec, &view)
}

async fn done(request: &SystemRequest, email: String) -> HttpResponse {
    match operators(request).await {
        Ok(operators) => {
            let view = SetupDonePage { email, sign_in: operators.issuer.path("/") };
            let spec = PageSpec::new(Some(&operators), &request.cx.origin.request_id)
                .speaking(&request.cx.origin.language);
            page(&request.state, &spec, &view)
        }
        Err(problem) => refused(request, &problem),
    }
}

fn refused(request: &SystemRequest, problem: &Problem) -> HttpResponse {
    let spec = PageSpec::new(None, &request.cx.origin.request_id).speaking(&request.cx.origin.language);
    problem_page(&request.state, spec, problem, request.cx.now, None)
}
