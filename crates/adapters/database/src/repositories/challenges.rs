//! Challenges that wait for their answer. Attempts and the answer itself are one conditional statement each.

use async_trait::async_trait;
use diesel::{
    ExpressionMethods, Insertable, OptionalExtension, QueryDsl, Queryable, Selectable, SelectableHelper,
};
use diesel_async::RunQueryDsl;
use vestibule_authn::{AttemptReserved, ChallengePurpose, ChallengeRepo, Contact, MethodId, StoredChallenge};
use vestibule_kernel::{
    ChallengeId, Digest, FlowId, Sealed, StoreError, Timestamp, UserId,
    contact::{ContactError, Email, Phone},
};

use crate::{
    prepared::Prepared,
    schema::challenges,
    tx::{DbTx, corrupt, digest, time},
    types::{PTime, PUuid},
    wire::{db, later},
};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = challenges, treat_none_as_default_value = false)]
struct ChallengeRow {
    realm_id: PUuid,
    id: PUuid,
    method: String,
    purpose: String,
    flow_id: Option<PUuid>,
    user_id: Option<PUuid>,
    contact_kind: Option<String>,
    contact: Option<String>,
    link: Option<Vec<u8>>,
    payload: Vec<u8>,
    attempts: i32,
    max_attempts: i32,
    created_at: PTime,
    expires_at: PTime,
    consumed_at: Option<PTime>,
}

fn kind(contact: &Contact) -> &'static str {
    match contact {
        Contact::Email(_) => "email",
        Contact::Phone(_) => "phone",
    }
}

fn contact(kind: Option<&str>, text: Option<&str>) -> Result<Option<Contact>, StoreError> {
    let bad = || corrupt("challenges.contact");
    match (kind, text) {
        (None, None) => Ok(None),
        (Some("email"), Some(text)) => {
            Email::parse(text).map(Contact::Email).map(Some).map_err(|_cause: ContactError| bad())
        }
        (Some("phone"), Some(text)) => {
            Phone::parse(text).map(Contact::Phone).map(Some).map_err(|_cause: ContactError| bad())
        }
        _ => Err(bad()),
    }
}

impl ChallengeRow {
    fn of(realm: PUuid, challenge: &StoredChallenge) -> Self {
        let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        Self {
            realm_id: realm,
            id: PUuid(challenge.id.as_uuid()),
            method: challenge.method.as_str().to_owned(),
            purpose: challenge.purpose.as_str().to_owned(),
            flow_id: challenge.flow.map(|flow| PUuid(flow.as_uuid())),
            user_id: challenge.user.map(|user| PUuid(user.as_uuid())),
            contact_kind: challenge.contact.as_ref().map(|contact| kind(contact).to_owned()),
            contact: challenge.contact.as_ref().map(|contact| contact.normal().to_owned()),
            link: challenge.link.map(|link| link.as_bytes().to_vec()),
            payload: challenge.payload.as_bytes().to_vec(),
            attempts: count(challenge.attempts),
            max_attempts: count(challenge.max_attempts),
            created_at: PTime(challenge.created_at),
            expires_at: PTime(challenge.expires_at),
            consumed_at: time(challenge.consumed_at),
        }
    }

    fn rehydrate(self) -> Result<StoredChallenge, StoreError> {
        let count = |number: i32| u32::try_from(number).unwrap_or(0);
        Ok(StoredChallenge {
            id: ChallengeId::from_uuid(self.id.0),
            method: MethodId::from_stored(self.method),
            purpose: ChallengePurpose::parse(&self.purpose).ok_or_else(|| corrupt("challenges.purpose"))?,
            flow: self.flow_id.map(|id| FlowId::from_uuid(id.0)),
            user: self.user_id.map(|id| UserId::from_uuid(id.0)),
            contact: contact(self.contact_kind.as_deref(), self.contact.as_deref())?,
            link: self.link.as_deref().map(digest).transpose()?,
            payload: Sealed::from_bytes(self.payload),
            attempts: count(self.attempts),
            max_attempts: count(self.max_attempts),
            created_at: self.created_at.0,
            expires_at: self.expires_at.0,
            consumed_at: self.consumed_at.map(|at| at.0),
        })
    }
}

#[async_trait]
impl ChallengeRepo for DbTx {
    async fn insert_challenge(&mut self, challenge: &StoredChallenge) -> Result<(), StoreError> {
        let row = ChallengeRow::of(self.realm, challenge);
        if let Some(flow) = row.flow_id {
            let (realm, method, purpose) = (self.realm, row.method.clone(), row.purpose.clone());
            let now = Some(row.created_at);
            let older = challenges::table
                .filter(challenges::realm_id.eq(realm))
                .filter(challenges::flow_id.eq(Some(flow)))
                .filter(challenges::method.eq(method))
                .filter(challenges::purpose.eq(purpose))
                .filter(challenges::consumed_at.is_null());
            later!(
                self.wire,
                "replace_challenge",
                diesel::update(older).set(challenges::consumed_at.eq(now))
            )?;
        }
        later!(self.wire, "insert_challenge", diesel::insert_into(challenges::table).values(row))
    }

    async fn find_challenge(&mut self, id: ChallengeId) -> Result<Option<StoredChallenge>, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let row = db!(self.wire, |c| {
            challenges::table
                .filter(challenges::realm_id.eq(realm))
                .filter(challenges::id.eq(id))
                .select(ChallengeRow::as_select())
                .first::<ChallengeRow>(c)
                .await
                .optional()
        })?;
        row.map(ChallengeRow::rehydrate).transpose()
    }

    async fn find_challenge_by_link(&mut self, link: &Digest) -> Result<Option<StoredChallenge>, StoreError> {
        let (realm, link) = (self.realm, Some(link.as_bytes().to_vec()));
        let row = db!(self.wire, |c| {
            challenges::table
                .filter(challenges::realm_id.eq(realm))
                .filter(challenges::link.eq(link))
                .select(ChallengeRow::as_select())
                .first::<ChallengeRow>(c)
                .await
                .optional()
        })?;
        row.map(ChallengeRow::rehydrate).transpose()
    }

    async fn find_flow_challenge(
        &mut self,
        flow: FlowId,
        method: &MethodId,
        purpose: ChallengePurpose,
    ) -> Result<Option<StoredChallenge>, StoreError> {
        let (realm, flow) = (self.realm, Some(PUuid(flow.as_uuid())));
        let (method, purpose) = (method.as_str().to_owned(), purpose.as_str());
        let row = db!(self.wire, |c| {
            challenges::table
                .filter(challenges::realm_id.eq(realm))
                .filter(challenges::flow_id.eq(flow))
                .filter(challenges::method.eq(method))
                .filter(challenges::purpose.eq(purpose))
                .filter(challenges::consumed_at.is_null())
                .order((challenges::created_at.desc(), challenges::id.desc()))
                .select(ChallengeRow::as_select())
                .first::<ChallengeRow>(c)
                .await
                .optional()
        })?;
        row.map(ChallengeRow::rehydrate).transpose()
    }

    async fn reserve_challenge_attempt(
        &mut self,
        id: ChallengeId,
        now: Timestamp,
    ) -> Result<AttemptReserved, StoreError> {
        let (realm, id, now) = (self.realm, PUuid(id.as_uuid()), PTime(now));
        let counted = db!(self.wire, |c| {
            let open = challenges::table
                .filter(challenges::realm_id.eq(realm))
                .filter(challenges::id.eq(id))
                .filter(challenges::consumed_at.is_null())
                .filter(challenges::expires_at.gt(now))
                .filter(challenges::attempts.lt(challenges::max_attempts));
            let count = diesel::update(open)
                .set(challenges::attempts.eq(challenges::attempts + 1))
                .returning((challenges::attempts, challenges::max_attempts));
            Prepared(count).get_result::<(i32, i32)>(c).await.optional()
        })?;
        Ok(match counted {
            Some((made, most)) => AttemptReserved::Granted { left: u32::try_from(most - made).unwrap_or(0) },
            None => AttemptReserved::Refused,
        })
    }

    async fn release_challenge_attempt(&mut self, id: ChallengeId) -> Result<(), StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        db!(self.wire, |c| {
            let counted = challenges::table
                .filter(challenges::realm_id.eq(realm))
                .filter(challenges::id.eq(id))
                .filter(challenges::attempts.gt(0));
            diesel::update(counted).set(challenges::attempts.eq(challenges::attempts - 1)).execute(c).await
        })?;
        Ok(())
    }

    async fn consume_challenge(&mut self, id: ChallengeId, now: Timestamp) -> Result<bool, StoreError> {
        let (realm, id, now) = (self.realm, PUuid(id.as_uuid()), PTime(now));
        let claimed = db!(self.wire, |c| {
            let open = challenges::table
                .filter(challenges::realm_id.eq(realm))
                .filter(challenges::id.eq(id))
                .filter(challenges::consumed_at.is_null())
                .filter(challenges::expires_at.gt(now));
            diesel::update(open).set(challenges::consumed_at.eq(Some(now))).execute(c).await
        })?;
        Ok(claimed == 1)
    }

    async fn count_challenges_to(&mut self, contact: &str, since: Timestamp) -> Result<u32, StoreError> {
        let (realm, contact, since) = (self.realm, Some(contact.to_owned()), PTime(since));
        let count = db!(self.wire, |c| {
            challenges::table
                .filter(challenges::realm_id.eq(realm))
                .filter(challenges::contact.eq(contact))
                .filter(challenges::created_at.gt(since))
                .count()
                .get_result::<i64>(c)
                .await
        })?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }
}
