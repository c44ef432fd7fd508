//! What a sign-in attempt looks at: two statements, sent together on Postgres.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, OptionalExtension,
    QueryDsl, SelectableHelper, dsl::exists,
};
use diesel_async::RunQueryDsl;
use vestibule_authn::CredentialKind;
use vestibule_kernel::{FlowId, StoreError, contact::Identifier};
use vestibule_storage::{
    SignInFile, SignInRepo,
    sign_in::{Holder, Sought},
};

use super::{credentials::CredentialRow, flows::FlowRow, requests::RequestRow, users::UserRow};
use crate::{
    schema::{authorization_requests, credentials, flows, sessions, user_identifiers, users},
    tx::DbTx,
    types::PUuid,
    wire::db,
};

type Work = Option<(FlowRow, Option<RequestRow>)>;
type Person = Option<(UserRow, Option<CredentialRow>, bool)>;

/// The flow with its parked request.
macro_rules! work {
    ($realm:expr, $flow:expr) => {
        flows::table
            .left_join(
                authorization_requests::table.on(authorization_requests::realm_id
                    .eq(flows::realm_id)
                    .and(authorization_requests::id.nullable().eq(flows::request_id))),
            )
            .filter(flows::realm_id.eq($realm))
            .filter(flows::id.eq($flow))
            .select((FlowRow::as_select(), Option::<RequestRow>::as_select()))
    };
}

/// The user whose id the subquery gives, with their authenticator, and whether they know the browser.
macro_rules! person {
    ($realm:expr, $kind:expr, $agent:expr, $id:expr) => {
        users::table
            .left_join(
                credentials::table.on(credentials::realm_id
                    .eq(users::realm_id)
                    .and(credentials::user_id.eq(users::id))
                    .and(credentials::kind.eq($kind))),
            )
            .filter(users::realm_id.eq($realm))
            .filter(users::id.eq_any($id))
            .select((
                UserRow::as_select(),
                Option::<CredentialRow>::as_select(),
                exists(
                    sessions::table
                        .filter(sessions::realm_id.eq(users::realm_id))
                        .filter(sessions::user_id.eq(users::id))
                        .filter(sessions::user_agent.eq($agent)),
                ),
            ))
    };
}

macro_rules! by_identifier {
    ($realm:expr, $identifier:expr) => {
        user_identifiers::table
            .filter(user_identifiers::realm_id.eq($realm))
            .filter(user_identifiers::value.eq($identifier))
            .select(user_identifiers::user_id)
    };
}

macro_rules! of_flow {
    ($realm:expr, $flow:expr) => {
        flows::table
            .filter(flows::realm_id.eq($realm))
            .filter(flows::id.eq($flow))
            .filter(flows::user_id.is_not_null())
            .select(flows::user_id.assume_not_null())
    };
}

/// Both statements; the second argument is the subquery that names the person.
macro_rules! both {
    ($tx:expr, $realm:expr, $flow:expr, $kind:expr, $agent:expr, $id:expr) => {
        db!(
            $tx.wire,
            postgres | c | {
                let (mut first, mut second) = (*c, *c);
                let person = person!($realm, $kind, $agent, $id);
                let (work, person) = tokio::join!(
                    work!($realm, $flow).first::<(FlowRow, Option<RequestRow>)>(&mut first),
                    person.first::<(UserRow, Option<CredentialRow>, bool)>(&mut second),
                );
                work.optional().and_then(|work| Ok((work, person.optional()?)))
            },
            sqlite | c | {
                let work = work!($realm, $flow).first::<(FlowRow, Option<RequestRow>)>(c).await.optional();
                let person = person!($realm, $kind, $agent, $id)
                    .first::<(UserRow, Option<CredentialRow>, bool)>(c)
                    .await
                    .optional();
                work.and_then(|work| Ok((work, person?)))
            }
        )
    };
}

impl DbTx {
    async fn only_work(&mut self, flow: PUuid) -> Result<(Work, Person), StoreError> {
        let realm = self.realm;
        let work = db!(self.wire, |c| work!(realm, flow)
            .first::<(FlowRow, Option<RequestRow>)>(c)
            .await
            .optional())?;
        Ok((work, None))
    }

    async fn of_identifier(
        &mut self,
        flow: PUuid,
        identifier: &Identifier,
        kind: &str,
        agent: &str,
    ) -> Result<(Work, Person), StoreError> {
        let (realm, normal) = (self.realm, identifier.normal());
        both!(self, realm, flow, kind, agent, by_identifier!(realm, normal))
    }

    async fn of_flow(&mut self, flow: PUuid, kind: &str, agent: &str) -> Result<(Work, Person), StoreError> {
        let realm = self.realm;
        both!(self, realm, flow, kind, agent, of_flow!(realm, flow))
    }
}

#[async_trait]
impl SignInRepo for DbTx {
    async fn load_sign_in(
        &mut self,
        flow: FlowId,
        sought: Sought<'_>,
        kind: CredentialKind,
        user_agent: Option<&str>,
    ) -> Result<SignInFile, StoreError> {
        let flow = PUuid(flow.as_uuid());
        // No session has an empty user agent.
        let agent = user_agent.unwrap_or_default();
        let (work, person) = match sought {
            Sought::Identifier(identifier) => {
                self.of_identifier(flow, identifier, kind.as_str(), agent).await?
            }
            Sought::OfFlow => self.of_flow(flow, kind.as_str(), agent).await?,
            Sought::Nobody => self.only_work(flow).await?,
        };
        let (flow, request) = work.unzip();
        let holder = person.map(|(user, credential, knows_user_agent)| {
            Ok::<_, StoreError>(Holder {
                user: user.rehydrate()?,
                credential: credential.map(CredentialRow::rehydrate).transpose()?,
                knows_user_agent,
            })
        });
        Ok(SignInFile {
            flow: flow.map(FlowRow::rehydrate).transpose()?,
            request: request.flatten().map(RequestRow::rehydrate).transpose()?,
            holder: holder.transpose()?,
        })
    }
}
