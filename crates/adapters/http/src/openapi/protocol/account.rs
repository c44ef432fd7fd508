//! A person's own account over JSON.

use crate::{
    account::{
        Account, AccountExport, AccountPasskey, AccountPhone, AccountProfile, AccountSession,
        AccountTrustedDevice, ActivityEntry, Authenticator, ConfirmFactor, ConnectedAppView, ContactCode,
        Due, Ended, FactorLabel, LinkedAccount, NamedEmail, NamedPhone, NewFactor, NewLink, NewPassword,
        Onward, PasskeyName, ProfilePatch, WaitingChallenge, WaitingFactor, examples,
    },
    openapi::{Access, Body, IfMatch, Operation, QueryParameter, Shape, Success, Verb},
    problem::{ProblemCode, code},
};

const fn good(status: u16, description: &'static str, body: Option<Shape>) -> Success {
    Success { status, description, body }
}

const GET_ACCOUNT: Operation = Operation {
    id: "getAccount",
    verb: Verb::Get,
    path: "/realms/{realm}/account/v1",
    tag: "Account",
    summary: "Who is signed in, and whether their sign-in is fresh",
    access: Access::SessionCookie,
    query: &[],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(200, "The account", Some(Shape::of::<Account>("Account", examples::account))),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::REALM_SUSPENDED, &code::NO_SUCH_REALM],
};

const PUT_PASSWORD: Operation = Operation {
    id: "putAccountPassword",
    verb: Verb::Put,
    path: "/realms/{realm}/account/v1/password",
    summary: "Set or replace the password; all other sessions and every refresh token end",
    body: Body::Json(Shape::of::<NewPassword>("NewPassword", examples::password)),
    success: good(204, "It is changed", None),
    problems: &[
        &code::ACCOUNT_SIGNED_OUT,
        &code::ACCOUNT_PROOF,
        &code::ACCOUNT_SWITCHED_OFF,
        &code::CSRF,
        &code::INVALID,
        &code::MALFORMED_BODY,
        &code::UNSUPPORTED_MEDIA_TYPE,
        &code::BUSY,
    ],
    ..GET_ACCOUNT
};

const LIST_SESSIONS: Operation = Operation {
    id: "listOwnSessions",
    path: "/realms/{realm}/account/v1/sessions",
    summary: "Where the person is signed in",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<AccountSession>("AccountSessionPage", examples::sessions)),
    ),
    ..GET_ACCOUNT
};

const END_SESSION: Operation = Operation {
    id: "endOwnSession",
    verb: Verb::Delete,
    path: "/realms/{realm}/account/v1/sessions/{session}",
    summary: "End a session with the tokens that came of it",
    success: good(204, "It ended", None),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::CSRF, &code::NOT_FOUND],
    ..GET_ACCOUNT
};

const END_OTHER_SESSIONS: Operation = Operation {
    id: "endOtherSessions",
    verb: Verb::Post,
    path: "/realms/{realm}/account/v1/sessions:end-others",
    summary: "End every session but the one of this request",
    success: good(200, "How many ended", Some(Shape::of::<Ended>("Ended", examples::ended))),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::CSRF],
    ..GET_ACCOUNT
};

const LIST_TRUSTED_DEVICES: Operation = Operation {
    id: "listTrustedDevices",
    path: "/realms/{realm}/account/v1/trusted-devices",
    summary: "Browsers in which no second factor is asked for, the last used first",
    success: good(
        200,
        "Up to 100 of them",
        Some(Shape::page_of::<AccountTrustedDevice>("AccountTrustedDevicePage", examples::trusted_devices)),
    ),
    ..GET_ACCOUNT
};

const FORGET_TRUSTED_DEVICE: Operation = Operation {
    id: "forgetTrustedDevice",
    verb: Verb::Delete,
    path: "/realms/{realm}/account/v1/trusted-devices/{device}",
    summary: "Ask for a second factor in that browser again",
    success: good(204, "It is trusted no more", None),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::CSRF, &code::NOT_FOUND],
    ..GET_ACCOUNT
};

const LIST_PASSKEYS: Operation = Operation {
    id: "listOwnPasskeys",
    path: "/realms/{realm}/account/v1/passkeys",
    summary: "The person's passkeys",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<AccountPasskey>("AccountPasskeyPage", examples::passkeys)),
    ),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::ACCOUNT_SWITCHED_OFF],
    ..GET_ACCOUNT
};

const RENAME_PASSKEY: Operation = Operation {
    id: "renameOwnPasskey",
    verb: Verb::Put,
    path: "/realms/{realm}/account/v1/passkeys/{passkey}",
    summary: "Give a passkey another name",
    body: Body::Json(Shape::of::<PasskeyName>("PasskeyName", examples::passkey_name)),
    success: good(204, "It has the name", None),
    problems: &[
        &code::ACCOUNT_SIGNED_OUT,
        &code::CSRF,
        &code::INVALID,
        &code::MALFORMED_BODY,
        &code::UNSUPPORTED_MEDIA_TYPE,
        &code::NOT_FOUND,
    ],
    ..GET_ACCOUNT
};

const REMOVE_PASSKEY: Operation = Operation {
    id: "removeOwnPasskey",
    path: "/realms/{realm}/account/v1/passkeys/{passkey}",
    summary: "Remove a passkey, unless it is the last way in; its owner is told by mail",
    success: good(204, "It is gone", None),
    problems: &[
        &code::ACCOUNT_SIGNED_OUT,
        &code::ACCOUNT_PROOF,
        &code::LAST_WAY_IN,
        &code::CSRF,
        &code::NOT_FOUND,
    ],
    ..END_SESSION
};

const LIST_APPS: Operation = Operation {
    id: "listConnectedApps",
    path: "/realms/{realm}/account/v1/apps",
    summary: "Applications with access to the account",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<ConnectedAppView>("ConnectedAppPage", examples::apps)),
    ),
    ..GET_ACCOUNT
};

const WITHDRAW_APP: Operation = Operation {
    id: "withdrawConnectedApp",
    path: "/realms/{realm}/account/v1/apps/{client}",
    summary: "Take away what an application was allowed, and every token it holds",
    success: good(204, "It has no access any more", None),
    ..END_SESSION
};

const CHANGE: &[&ProblemCode] = &[
    &code::ACCOUNT_SIGNED_OUT,
    &code::ACCOUNT_PROOF,
    &code::ACCOUNT_SWITCHED_OFF,
    &code::CSRF,
    &code::INVALID,
    &code::MALFORMED_BODY,
    &code::UNSUPPORTED_MEDIA_TYPE,
    &code::NOT_FOUND,
    &code::CONFLICT,
    &code::RATE_LIMITED,
];

const GET_PROFILE: Operation = Operation {
    id: "getAccountProfile",
    path: "/realms/{realm}/account/v1/profile",
    summary: "What the person says about themselves, and which of it they may change",
    success: good(200, "The profile", Some(Shape::of::<AccountProfile>("AccountProfile", examples::profile))),
    ..GET_ACCOUNT
};

const PATCH_PROFILE: Operation = Operation {
    id: "patchAccountProfile",
    verb: Verb::Patch,
    summary: "Change the profile or the language",
    body: Body::Json(Shape::of::<ProfilePatch>("ProfilePatch", examples::profile_patch)),
    success: good(204, "It is changed", None),
    problems: CHANGE,
    ..GET_PROFILE
};

const ADD_EMAIL: Operation = Operation {
    id: "addAccountEmail",
    verb: Verb::Post,
    path: "/realms/{realm}/account/v1/emails",
    summary: "Send a code to an address that is to become the person's",
    body: Body::Json(Shape::of::<NamedEmail>("NamedEmail", examples::email)),
    success: good(
        200,
        "A code is on its way, unless somebody else has the address",
        Some(Shape::of::<WaitingChallenge>("WaitingChallenge", examples::waiting)),
    ),
    problems: CHANGE,
    ..GET_ACCOUNT
};

const CONFIRM_EMAIL: Operation = Operation {
    id: "confirmAccountEmail",
    path: "/realms/{realm}/account/v1/emails:confirm",
    summary: "Confirm an address by its code",
    body: Body::Json(Shape::of::<ContactCode>("ContactCode", examples::email_code)),
    success: good(204, "It is theirs", None),
    ..ADD_EMAIL
};

const MAKE_PRIMARY: Operation = Operation {
    id: "makeAccountEmailPrimary",
    path: "/realms/{realm}/account/v1/emails:make-primary",
    summary: "Make a confirmed address the main one; the old one is told",
    success: good(204, "It is the main one", None),
    ..ADD_EMAIL
};

const REMOVE_EMAIL: Operation = Operation {
    id: "removeAccountEmail",
    path: "/realms/{realm}/account/v1/emails:remove",
    summary: "Give an address up that is not the main one",
    success: good(204, "It is gone", None),
    ..ADD_EMAIL
};

const LIST_PHONES: Operation = Operation {
    id: "listAccountPhones",
    path: "/realms/{realm}/account/v1/phones",
    summary: "The person's phone numbers",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<AccountPhone>("AccountPhonePage", examples::phones)),
    ),
    ..GET_ACCOUNT
};

const ADD_PHONE: Operation = Operation {
    id: "addAccountPhone",
    path: "/realms/{realm}/account/v1/phones",
    summary: "Send a code to a number that is to become the person's",
    body: Body::Json(Shape::of::<NamedPhone>("NamedPhone", examples::phone)),
    success: good(
        200,
        "A code is on its way, unless somebody else has the number",
        Some(Shape::of::<WaitingChallenge>("WaitingChallenge", examples::waiting)),
    ),
    ..ADD_EMAIL
};

const CONFIRM_PHONE: Operation = Operation {
    id: "confirmAccountPhone",
    path: "/realms/{realm}/account/v1/phones:confirm",
    summary: "Confirm a number by its code",
    ..CONFIRM_EMAIL
};

const MAKE_PHONE_PRIMARY: Operation = Operation {
    id: "makeAccountPhonePrimary",
    path: "/realms/{realm}/account/v1/phones:make-primary",
    summary: "Make a confirmed number the main one, which codes go to",
    success: good(204, "It is the main one", None),
    ..ADD_PHONE
};

const REMOVE_PHONE: Operation = Operation {
    id: "removeAccountPhone",
    path: "/realms/{realm}/account/v1/phones:remove",
    summary: "Give a number up; the main one stays while there are others, the last one while it is needed",
    success: good(204, "It is gone", None),
    ..ADD_PHONE
};

const LIST_AUTHENTICATORS: Operation = Operation {
    id: "listOwnAuthenticators",
    path: "/realms/{realm}/account/v1/authenticators",
    summary: "What the person can prove themselves by",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<Authenticator>("AuthenticatorPage", examples::authenticators)),
    ),
    ..GET_ACCOUNT
};

const ADD_AUTHENTICATOR: Operation = Operation {
    id: "addOwnAuthenticator",
    verb: Verb::Post,
    summary: "Begin to add an authenticator app, a security key, or a new set of recovery codes",
    body: Body::Json(Shape::of::<NewFactor>("NewFactor", examples::new_factor)),
    success: good(
        200,
        "It waits for its confirmation",
        Some(Shape::of::<WaitingFactor>("WaitingFactor", examples::waiting_factor)),
    ),
    problems: CHANGE,
    ..LIST_AUTHENTICATORS
};

const CONFIRM_AUTHENTICATOR: Operation = Operation {
    id: "confirmOwnAuthenticator",
    path: "/realms/{realm}/account/v1/authenticators:confirm",
    summary: "Confirm a new authenticator by its code or credential, or that the codes are saved",
    body: Body::Json(Shape::of::<ConfirmFactor>("ConfirmFactor", examples::confirm_factor)),
    success: good(204, "It is bound", None),
    ..ADD_AUTHENTICATOR
};

const RENAME_AUTHENTICATOR: Operation = Operation {
    id: "renameOwnAuthenticator",
    verb: Verb::Patch,
    path: "/realms/{realm}/account/v1/authenticators/{credential}",
    summary: "Give an authenticator another name",
    body: Body::Json(Shape::of::<FactorLabel>("FactorLabel", examples::label)),
    success: good(204, "It is renamed", None),
    ..ADD_AUTHENTICATOR
};

const REMOVE_AUTHENTICATOR: Operation = Operation {
    id: "removeOwnAuthenticator",
    verb: Verb::Delete,
    summary: "Take an authenticator app or a security key off, unless the realm demands it",
    body: Body::None,
    success: good(204, "It is gone", None),
    problems: &[
        &code::ACCOUNT_SIGNED_OUT,
        &code::ACCOUNT_PROOF,
        &code::CSRF,
        &code::NOT_FOUND,
        &code::LAST_FACTOR,
    ],
    ..RENAME_AUTHENTICATOR
};

const LIST_LINKED: Operation = Operation {
    id: "listOwnLinkedAccounts",
    path: "/realms/{realm}/account/v1/linked",
    summary: "Accounts at providers that sign the person in",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<LinkedAccount>("LinkedAccountPage", examples::linked)),
    ),
    ..GET_ACCOUNT
};

const LINK: Operation = Operation {
    id: "linkAccount",
    verb: Verb::Post,
    summary: "Begin to connect an account at a provider",
    body: Body::Json(Shape::of::<NewLink>("NewLink", examples::new_link)),
    success: good(200, "Where to send the browser", Some(Shape::of::<Onward>("Onward", examples::onward))),
    problems: &[
        &code::ACCOUNT_SIGNED_OUT,
        &code::ACCOUNT_PROOF,
        &code::CSRF,
        &code::INVALID,
        &code::MALFORMED_BODY,
        &code::NO_CONNECTION,
        &code::PROVIDER_UNAVAILABLE,
    ],
    ..LIST_LINKED
};

const UNLINK: Operation = Operation {
    id: "unlinkAccount",
    verb: Verb::Delete,
    path: "/realms/{realm}/account/v1/linked/{identity}",
    summary: "Disconnect an account, unless it is the last way in",
    success: good(204, "It is disconnected", None),
    problems: &[
        &code::ACCOUNT_SIGNED_OUT,
        &code::ACCOUNT_PROOF,
        &code::CSRF,
        &code::NOT_FOUND,
        &code::NO_CONNECTION,
        &code::LAST_WAY_IN,
    ],
    ..GET_ACCOUNT
};

const LIST_ACTIVITY: Operation = Operation {
    id: "listOwnActivity",
    path: "/realms/{realm}/account/v1/activity",
    summary: "What happened at the account, newest first",
    query: &[QueryParameter {
        name: "after",
        description: "The cursor `next` of the page before.",
        required: false,
    }],
    success: good(
        200,
        "A page of it",
        Some(Shape::page_of::<ActivityEntry>("ActivityPage", examples::activity)),
    ),
    ..GET_ACCOUNT
};

const NOT_ME: Operation = Operation {
    id: "secureAccount",
    verb: Verb::Post,
    path: "/realms/{realm}/account/v1/activity:not-me",
    summary: "End every other session and every refresh token",
    success: good(204, "Only this session is left", None),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::CSRF],
    ..GET_ACCOUNT
};

const SCHEDULE_DELETION: Operation = Operation {
    id: "deleteAccount",
    verb: Verb::Post,
    path: "/realms/{realm}/account/v1/deletion",
    summary: "Close the account and plan its erasure; every session and token ends",
    success: good(200, "Until then it can be kept", Some(Shape::of::<Due>("Due", examples::due))),
    problems: &[
        &code::ACCOUNT_SIGNED_OUT,
        &code::ACCOUNT_PROOF,
        &code::ACCOUNT_SWITCHED_OFF,
        &code::CSRF,
        &code::CONFLICT,
    ],
    ..GET_ACCOUNT
};

const KEEP_ACCOUNT: Operation = Operation {
    id: "keepAccount",
    verb: Verb::Delete,
    summary: "Keep the account after all, after signing in to it",
    success: good(204, "It stays", None),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::CSRF],
    ..SCHEDULE_DELETION
};

const LIST_EXPORTS: Operation = Operation {
    id: "listExports",
    path: "/realms/{realm}/account/v1/exports",
    summary: "Copies of what is kept about the person: being made, or ready",
    success: good(
        200,
        "All of them",
        Some(Shape::page_of::<AccountExport>("AccountExportPage", examples::exports)),
    ),
    ..GET_ACCOUNT
};

const REQUEST_EXPORT: Operation = Operation {
    id: "requestExport",
    verb: Verb::Post,
    path: "/realms/{realm}/account/v1/exports",
    summary: "Ask for a copy of everything that is kept about the person; one is made at a time",
    success: good(
        202,
        "It is being made",
        Some(Shape::of::<AccountExport>("AccountExport", examples::export)),
    ),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::ACCOUNT_PROOF, &code::CSRF, &code::RATE_LIMITED],
    ..GET_ACCOUNT
};

const GET_EXPORT: Operation = Operation {
    id: "getExport",
    path: "/realms/{realm}/account/v1/exports/{export}",
    summary: "How far a copy is",
    success: good(200, "The copy", Some(Shape::of::<AccountExport>("AccountExport", examples::export))),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::NOT_FOUND],
    ..GET_ACCOUNT
};

const GET_ARCHIVE: Operation = Operation {
    id: "downloadExport",
    path: "/realms/{realm}/account/v1/exports/{export}/archive",
    summary: "The archive of a copy that is ready, a signed ZIP file",
    success: good(200, "The archive, application/zip", None),
    problems: &[&code::ACCOUNT_SIGNED_OUT, &code::ACCOUNT_PROOF, &code::NOT_FOUND],
    ..GET_ACCOUNT
};

/// The operations of this file.
pub(super) const ALL: &[&Operation] = &[
    &GET_ACCOUNT,
    &PUT_PASSWORD,
    &LIST_SESSIONS,
    &END_SESSION,
    &END_OTHER_SESSIONS,
    &LIST_TRUSTED_DEVICES,
    &FORGET_TRUSTED_DEVICE,
    &LIST_PASSKEYS,
    &RENAME_PASSKEY,
    &REMOVE_PASSKEY,
    &LIST_APPS,
    &WITHDRAW_APP,
    &GET_PROFILE,
    &PATCH_PROFILE,
    &ADD_EMAIL,
    &CONFIRM_EMAIL,
    &MAKE_PRIMARY,
    &REMOVE_EMAIL,
    &LIST_PHONES,
    &ADD_PHONE,
    &CONFIRM_PHONE,
    &MAKE_PHONE_PRIMARY,
    &REMOVE_PHONE,
    &LIST_AUTHENTICATORS,
    &ADD_AUTHENTICATOR,
    &CONFIRM_AUTHENTICATOR,
    &RENAME_AUTHENTICATOR,
    &REMOVE_AUTHENTICATOR,
    &LIST_LINKED,
    &LINK,
    &UNLINK,
    &LIST_ACTIVITY,
    &NOT_ME,
    &SCHEDULE_DELETION,
    &KEEP_ACCOUNT,
    &LIST_EXPORTS,
    &REQUEST_EXPORT,
    &GET_EXPORT,
    &GET_ARCHIVE,
];
