//! `Idempotency-Key` on POST: the same call twice changes things once, and both get one answer. Members that hold a
//! secret are not remembered: a replay shows them as null, and the secret can be rotated.

use std::future::Future;

use serde_json::Value;
use vestibule_kernel::{Cx, Digest};
use vestibule_storage::{IdempotencySlot, IdempotentResponse};
use vestibule_usecases::{App, admin::idempotency};

use super::{answer::Answer, input::Input};
use crate::{
    openapi::Verb,
    problem::{Problem, code},
};

/// A key bound to its caller, address and body.
pub(super) struct Claim {
    key: Digest,
    body: Digest,
}

fn digest(parts: &[&[u8]]) -> Digest {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(&part.len().to_be_bytes());
        bytes.extend_from_slice(part);
    }
    Digest::of(&bytes)
}

impl Claim {
    /// The claim of a POST that carries a key.
    pub(super) fn of(cx: &Cx, input: &Input) -> Option<Self> {
        let key = input.idempotency_key.as_deref().filter(|_| input.operation.verb == Verb::Post)?;
        let actor = serde_json::to_vec(&cx.actor).unwrap_or_default();
        Some(Self {
            key: digest(&[&actor, input.request_path.as_bytes(), key.as_bytes()]),
            body: digest(&[input.raw_query.as_bytes(), &input.body]),
        })
    }

    /// Runs the call unless it ran before.
    pub(super) async fn run<Done>(
        self,
        app: &App,
        cx: &Cx,
        run: impl FnOnce() -> Done + Send,
    ) -> Result<Answer, Problem>
    where
        Done: Future<Output = Result<Answer, Problem>> + Send,
    {
        match idempotency::claim(app, cx, &self.key, &self.body).await? {
            IdempotencySlot::Fresh => {}
            IdempotencySlot::Running => {
                return Err(Problem::new(&code::IDEMPOTENCY_RUNNING).retry_after(1));
            }
            IdempotencySlot::Mismatch => return Err(Problem::new(&code::IDEMPOTENCY_MISMATCH)),
            IdempotencySlot::Answered(response) => return replay(&response),
        }
        let outcome = run().await;
        match &outcome {
            Ok(answer) => {
                // The change is made: its caller learns of it whatever becomes of the memory.
                if let Err(error) = idempotency::remember(app, cx, &self.key, &remembered(answer)).await {
                    tracing::warn!(%error, "an answer could not be remembered; a replay will be told to wait");
                }
            }
            Err(_) => idempotency::release(app, cx, &self.key).await?,
        }
        outcome
    }
}

fn remembered(answer: &Answer) -> IdempotentResponse {
    let body = answer.body.clone().map(|mut body| {
        if let Value::Object(object) = &mut body {
            for member in answer.secrets {
                object.insert((*member).to_owned(), Value::Null);
            }
        }
        body.to_string()
    });
    IdempotentResponse {
        status: answer.status,
        body: body.unwrap_or_default(),
        location: answer.location.clone(),
        etag: answer.etag.clone(),
    }
}

fn replay(response: &IdempotentResponse) -> Result<Answer, Problem> {
    let body = match response.body.as_str() {
        "" => None,
        text => Some(serde_json::from_str(text).map_err(|error| {
            tracing::error!(%error, "a remembered answer is damaged");
            Problem::new(&code::INTERNAL)
        })?),
    };
    Ok(Answer {
        status: response.status,
        body,
        etag: response.etag.clone(),
        location: response.location.clone(),
        replayed: true,
        ..Answer::no_content()
    })
}
