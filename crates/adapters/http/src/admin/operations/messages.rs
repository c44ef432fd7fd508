//! Messages: what became of them, and a test.

use super::{AFTER, LIMIT, examples, good, optional, shape};
use crate::{
    admin::views::messages::{DeliveryView, MailTestBody, MailTestView, SmsTestBody},
    openapi::{Access, Body, IfMatch, Operation, Shape, Verb},
};

/// GET `deliveries`.
pub const LIST_DELIVERIES: Operation = Operation {
    id: "listDeliveries",
    verb: Verb::Get,
    path: "/realms/{realm}/admin/v1/deliveries",
    tag: "Messages",
    summary: "List what became of mails and text messages of the last thirty days, newest first",
    access: Access::Realm("jobs:read"),
    query: &[
        LIMIT,
        AFTER,
        optional("user_id", "Only messages to this user."),
        optional("state", "`sent`, `deferred`, `rejected` or `failed`."),
    ],
    body: Body::None,
    if_match: IfMatch::Unused,
    success: good(
        200,
        "A page of deliveries",
        Some(Shape::page_of::<DeliveryView>("DeliveryPage", examples::deliveries)),
    ),
    problems: &[],
};

/// POST `mail:test`.
pub const TEST_MAIL: Operation = Operation {
    id: "testMail",
    verb: Verb::Post,
    path: "/realms/{realm}/admin/v1/mail:test",
    summary: "Send a test message at once and tell what the mail server said; ten in an hour",
    access: Access::Realm("realm:write"),
    query: &[],
    body: Body::Json(shape::<MailTestBody>("MailTest", examples::mail_test)),
    success: good(
        200,
        "What became of it",
        Some(shape::<MailTestView>("MailTestResult", examples::mail_test_result)),
    ),
    ..LIST_DELIVERIES
};

/// POST `sms:test`.
pub const TEST_SMS: Operation = Operation {
    id: "testSms",
    path: "/realms/{realm}/admin/v1/sms:test",
    summary: "Send a test text message at once and tell what the provider said; ten in an hour",
    body: Body::Json(shape::<SmsTestBody>("SmsTest", examples::sms_test)),
    success: good(
        200,
        "What became of it",
        Some(shape::<MailTestView>("MailTestResult", examples::mail_test_result)),
    ),
    ..TEST_MAIL
};

/// The operations of this file.
pub const ALL: &[&Operation] = &[&LIST_DELIVERIES, &TEST_MAIL, &TEST_SMS];
