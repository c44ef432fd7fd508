//! What crosses several repositories on a person's way through the server: at most two statements, sent together on
//! Postgres.

use async_trait::async_trait;
use diesel::{
    BoolExpressionMethods, ExpressionMethods, JoinOnDsl, NullableExpressionMethods, OptionalExtension,
    QueryDsl, SelectableHelper, dsl::exists,
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{ClientId, Digest, FamilyId, FlowId, RequestId, StoreError, contact::Identifier};
use vestibule_oauth::TokenLiveness;
use vestibule_storage::{
    SignInFile, SignInRepo,
    sign_in::{Holder, ReturnFile, SignedIn, Sought},
};
use vestibule_users::User;

use super::{
    credentials::CredentialRow, flows::FlowRow, grants::GrantRow, requests::RequestRow, sessions::SessionRow,
    users::UserRow,
};
use crate::{
    schema::{authorization_requests, credentials, flows, grants, sessions, user_identifiers, users},
    tx::DbTx,
    types::PUuid,
    wire::db,
};

type Work = Option<(FlowRow, Option<RequestRow>)>;
/// One row for each authenticator; one without for a person who has none.
type PersonRow = (UserRow, Option<CredentialRow>, bool);
type Person = Vec<PersonRow>;
type Parked = (RequestRow, Option<FlowRow>);
type Browser = (SessionRow, UserRow, Option<GrantRow>);

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

/// The user whose id the subquery gives, with their authenticators, and whether they know the browser.
macro_rules! person {
    ($realm:expr, $agent:expr, $id:expr) => {
        users::table
            .left_join(
                credentials::table
                    .on(credentials::realm_id.eq(users::realm_id).and(credentials::user_id.eq(users::id))),
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
    ($tx:expr, $realm:expr, $flow:expr, $agent:expr, $id:expr) => {
        db!(
            $tx.wire,
            postgres | c | {
                let (mut first, mut second) = (*c, *c);
                let person = person!($realm, $agent, $id);
                let (work, person) = tokio::join!(
                    work!($realm, $flow).first::<(FlowRow, Option<RequestRow>)>(&mut first),
                    person.load::<PersonRow>(&mut second),
                );
                work.optional().and_then(|work| Ok((work, person?)))
            },
            sqlite | c | {
                let work = work!($realm, $flow).first::<(FlowRow, Option<RequestRow>)>(c).await.optional();
                let person = person!($realm, $agent, $id).load::<PersonRow>(c).await;
                work.and_then(|work| Ok((work, person?)))
            }
        )
    };
}

/// The parked request with the flow that worked towards it.
macro_rules! parked {
    ($realm:expr, $request:expr, $flow:expr) => {
        authorization_requests::table
            .left_join(
                flows::table.on(flows::realm_id
                    .eq(authorization_requests::realm_id)
                    .and(flows::id.nullable().eq($flow))),
            )
            .filter(authorization_requests::realm_id.eq($realm))
            .filter(authorization_requests::id.eq($request))
            .select((RequestRow::as_select(), Option::<FlowRow>::as_select()))
    };
}

/// The session of a cookie with its user, and the grant for the client that the condition names.
macro_rules! browser {
    ($realm:expr, $secret:expr, $of_client:expr) => {
        sessions::table
            .inner_join(
                users::table.on(users::realm_id.eq(sessions::realm_id).and(users::id.eq(sessions::user_id))),
            )
            .left_join(
                grants::table.on(grants::realm_id
                    .eq(sessions::realm_id)
                    .and(grants::user_id.eq(sessions::user_id))
                    .and($of_client)),
            )
            .filter(sessions::realm_id.eq($realm))
            .filter(sessions::secret.eq($secret))
            .select((SessionRow::as_select(), UserRow::as_select(), Option::<GrantRow>::as_select()))
    };
}

/// The grant for the client of the request.
macro_rules! of_request {
    ($realm:expr, $request:expr) => {
        grants::client_id.eq_any(
            authorization_requests::table
                .filter(authorization_requests::realm_id.eq($realm))
                .filter(authorization_requests::id.eq($request))
                .select(authorization_requests::client_id),
        )
    };
}

fn signed_in((session, user, grant): Browser) -> Result<SignedIn, StoreError> {
    Ok(SignedIn {
        session: session.rehydrate()?,
        user: user.rehydrate()?,
        grant: grant.map(GrantRow::rehydrate).transpose()?,
    })
}

impl DbTx {
    async fn parked_only(
        &mut self,
        request: PUuid,
        flow: Option<PUuid>,
    ) -> Result<(Option<Parked>, Option<Browser>), StoreError> {
        let realm = self.realm;
        let parked = db!(self.wire, |c| parked!(realm, request, flow).first::<Parked>(c).await.optional())?;
        Ok((parked, None))
    }

    async fn parked_and_browser(
        &mut self,
        request: PUuid,
        flow: Option<PUuid>,
        secret: &Digest,
    ) -> Result<(Option<Parked>, Option<Browser>), StoreError> {
        let (realm, secret) = (self.realm, secret.as_bytes().to_vec());
        db!(
            self.wire,
            postgres | c | {
                let (mut first, mut second) = (*c, *c);
                let (parked, browser) = tokio::join!(
                    parked!(realm, request, flow).first::<Parked>(&mut first),
                    browser!(realm, secret, of_request!(realm, request)).first::<Browser>(&mut second),
                );
                parked.optional().and_then(|parked| Ok((parked, browser.optional()?)))
            },
            sqlite | c | {
                let parked = parked!(realm, request, flow).first::<Parked>(c).await.optional();
                let browser =
                    browser!(realm, secret, of_request!(realm, request)).first::<Browser>(c).await.optional();
                parked.and_then(|parked| Ok((parked, browser?)))
            }
        )
    }

    async fn only_work(&mut self, flow: PUuid) -> Result<(Work, Person), StoreError> {
        let realm = self.realm;
        let work = db!(self.wire, |c| work!(realm, flow)
            .first::<(FlowRow, Option<RequestRow>)>(c)
            .await
            .optional())?;
        Ok((work, Vec::new()))
    }

    async fn of_identifier(
        &mut self,
        flow: PUuid,
        identifier: &Identifier,
        agent: &str,
    ) -> Result<(Work, Person), StoreError> {
        let (realm, normal) = (self.realm, identifier.normal());
        both!(self, realm, flow, agent, by_identifier!(realm, normal))
    }

    async fn of_flow(&mut self, flow: PUuid, agent: &str) -> Result<(Work, Person), StoreError> {
        let realm = self.realm;
        both!(self, realm, flow, agent, of_flow!(realm, flow))
    }
}

#[async_trait]
impl SignInRepo for DbTx {
    async fn load_sign_in(
        &mut self,
        flow: FlowId,
        sought: Sought<'_>,
        user_agent: Option<&str>,
    ) -> Result<SignInFile, StoreError> {
        let flow = PUuid(flow.as_uuid());
        // No session has an empty user agent.
        let agent = user_agent.unwrap_or_default();
        let (work, person) = match sought {
            Sought::Identifier(identifier) => self.of_identifier(flow, identifier, agent).await?,
            Sought::OfFlow => self.of_flow(flow, agent).await?,
            Sought::Nobody => self.only_work(flow).await?,
        };
        let (flow, request) = work.unzip();
        let mut holder: Option<Holder> = None;
        for (user, credential, knows_user_agent) in person {
            let holder = match &mut holder {
                Some(holder) => holder,
                none => {
                    none.insert(Holder { user: user.rehydrate()?, credentials: Vec::new(), knows_user_agent })
                }
            };
            holder.credentials.extend(credential.map(CredentialRow::rehydrate).transpose()?);
        }
        Ok(SignInFile {
            flow: flow.map(FlowRow::rehydrate).transpose()?,
            request: request.flatten().map(RequestRow::rehydrate).transpose()?,
            holder,
        })
    }

    async fn load_signed_in(
        &mut self,
        session: &Digest,
        client: &ClientId,
    ) -> Result<Option<SignedIn>, StoreError> {
        let (realm, secret) = (self.realm, session.as_bytes().to_vec());
        let row = db!(self.wire, |c| browser!(realm, secret, grants::client_id.eq(client.as_str()))
            .first::<Browser>(c)
            .await
            .optional())?;
        row.map(signed_in).transpose()
    }

    async fn load_return(
        &mut self,
        request: RequestId,
        flow: Option<FlowId>,
        session: Option<&Digest>,
    ) -> Result<ReturnFile, StoreError> {
        let (request, flow) = (PUuid(request.as_uuid()), flow.map(|flow| PUuid(flow.as_uuid())));
        let (parked, browser) = match session {
            Some(secret) => self.parked_and_browser(request, flow, secret).await?,
            None => self.parked_only(request, flow).await?,
        };
        let (request, flow) = parked.unzip();
        Ok(ReturnFile {
            request: request.map(RequestRow::rehydrate).transpose()?,
            flow: flow.flatten().map(FlowRow::rehydrate).transpose()?,
            signed_in: browser.map(signed_in).transpose()?,
        })
    }

    async fn load_token_owner(
        &mut self,
        family: FamilyId,
    ) -> Result<Option<(TokenLiveness, User)>, StoreError> {
        self.token_owner(family).await
    }
}
