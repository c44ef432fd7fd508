//! The job queue: queued with the change that caused them, claimed under a lease by workers of every process.

use async_trait::async_trait;
use chrono::Duration;
use diesel::{
    ExpressionMethods, Insertable, QueryDsl, Queryable, QueryableByName, Selectable, SelectableHelper,
    sql_types::{BigInt, Integer},
};
use diesel_async::RunQueryDsl;
use vestibule_kernel::{JobId, Page, PageRequest, RealmId, StoreError, Timestamp};
use vestibule_storage::{ClaimedJob, Job, JobOutcome, JobQueue, JobState, JobView};

use crate::{
    prepared::Prepared,
    schema::jobs,
    system::DbSystemTx,
    tx::{DbTx, after_id, corrupt, page_limit, page_of},
    types::{DbJson, DbTime, DbUuid, Json, PTime, PUuid},
    wire::{db, later},
};

const fn state_word(state: JobState) -> &'static str {
    match state {
        JobState::Queued => "queued",
        JobState::Parked => "parked",
    }
}

#[derive(Insertable)]
#[diesel(table_name = jobs, treat_none_as_default_value = false)]
struct NewJob {
    realm_id: PUuid,
    id: PUuid,
    kind: &'static str,
    payload: Json<Job>,
    state: &'static str,
    attempts: i32,
    run_at: PTime,
    created_at: PTime,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = jobs)]
struct JobRow {
    id: PUuid,
    kind: String,
    state: String,
    attempts: i32,
    run_at: PTime,
    last_error: Option<String>,
    created_at: PTime,
}

impl JobRow {
    fn rehydrate(self) -> Result<JobView, StoreError> {
        let state = match self.state.as_str() {
            "queued" => JobState::Queued,
            "parked" => JobState::Parked,
            _ => return Err(corrupt("jobs.state")),
        };
        Ok(JobView {
            id: JobId::from_uuid(self.id.0),
            kind: self.kind,
            state,
            attempts: u32::try_from(self.attempts).unwrap_or_default(),
            run_at: self.run_at.0,
            last_error: self.last_error,
            created_at: self.created_at.0,
        })
    }
}

#[async_trait]
impl JobQueue for DbTx {
    async fn enqueue(&mut self, id: JobId, job: &Job, run_at: Timestamp) -> Result<(), StoreError> {
        let row = NewJob {
            realm_id: self.realm,
            id: PUuid(id.as_uuid()),
            kind: job.kind(),
            payload: Json(job.clone()),
            state: state_word(JobState::Queued),
            attempts: 0,
            run_at: PTime(run_at),
            created_at: PTime(self.cx.now),
        };
        later!(self.wire, "insert_job", diesel::insert_into(jobs::table).values(row))
    }

    async fn list_jobs(
        &mut self,
        state: Option<JobState>,
        page: &PageRequest,
    ) -> Result<Page<JobView>, StoreError> {
        let (realm, after) = (self.realm, after_id(page)?);
        let rows = db!(self.wire, |c| {
            let mut query = jobs::table
                .filter(jobs::realm_id.eq(realm))
                .select(JobRow::as_select())
                .order(jobs::id.asc())
                .limit(page_limit(page))
                .into_boxed();
            if let Some(state) = state {
                query = query.filter(jobs::state.eq(state_word(state)));
            }
            if let Some(after) = after {
                query = query.filter(jobs::id.gt(after));
            }
            query.load::<JobRow>(c).await
        })?;
        page_of(rows, page, |row| row.id.0.to_string(), JobRow::rehydrate)
    }

    async fn retry_job(&mut self, id: JobId, now: Timestamp) -> Result<bool, StoreError> {
        let (realm, id) = (self.realm, PUuid(id.as_uuid()));
        let changed = db!(self.wire, |c| {
            let parked = jobs::table
                .filter(jobs::realm_id.eq(realm))
                .filter(jobs::id.eq(id))
                .filter(jobs::state.eq(state_word(JobState::Parked)));
            diesel::update(parked)
                .set((
                    jobs::state.eq(state_word(JobState::Queued)),
                    jobs::attempts.eq(0),
                    jobs::run_at.eq(PTime(now)),
                    jobs::leased_until.eq(None::<PTime>),
                ))
                .execute(c)
                .await
        })?;
        Ok(changed == 1)
    }
}

/// Other workers pass over rows being claimed.
const CLAIM_POSTGRES: &str = "\
    WITH due AS MATERIALIZED (SELECT realm_id, id FROM jobs \
        WHERE state = 'queued' AND run_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) \
        ORDER BY run_at LIMIT $2 FOR UPDATE SKIP LOCKED) \
    UPDATE jobs SET leased_until = $3, attempts = jobs.attempts + 1 FROM due \
    WHERE jobs.realm_id = due.realm_id AND jobs.id = due.id \
    RETURNING jobs.realm_id, jobs.id, jobs.payload, jobs.attempts";

/// The one writer claims alone.
const CLAIM_SQLITE: &str = "\
    UPDATE jobs SET leased_until = $3, attempts = attempts + 1 \
    WHERE (realm_id, id) IN (SELECT realm_id, id FROM jobs \
        WHERE state = 'queued' AND run_at <= $1 AND (leased_until IS NULL OR leased_until <= $1) \
        ORDER BY run_at LIMIT $2) \
    RETURNING realm_id, id, payload, attempts";

#[derive(QueryableByName)]
struct ClaimedRow {
    #[diesel(sql_type = DbUuid)]
    realm_id: PUuid,
    #[diesel(sql_type = DbUuid)]
    id: PUuid,
    #[diesel(sql_type = DbJson)]
    payload: Json<Job>,
    #[diesel(sql_type = Integer)]
    attempts: i32,
}

impl ClaimedRow {
    fn rehydrate(self) -> ClaimedJob {
        ClaimedJob {
            id: JobId::from_uuid(self.id.0),
            realm: RealmId::from_uuid(self.realm_id.0),
            job: self.payload.0,
            attempts: u32::try_from(self.attempts - 1).unwrap_or_default(),
        }
    }
}

impl DbSystemTx {
    pub(crate) async fn first_due_job(&mut self, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let oldest = db!(self.wire, |c| jobs::table
            .filter(jobs::state.eq(state_word(JobState::Queued)))
            .filter(jobs::run_at.le(PTime(now)))
            .select(diesel::dsl::min(jobs::run_at))
            .first::<Option<PTime>>(c)
            .await)?;
        Ok(oldest.map(|time| time.0))
    }

    pub(crate) async fn take_jobs(
        &mut self,
        limit: u16,
        lease_seconds: u32,
        now: Timestamp,
    ) -> Result<Vec<ClaimedJob>, StoreError> {
        let lease = PTime(now + Duration::seconds(i64::from(lease_seconds)));
        let rows = db!(
            self.wire,
            postgres | c | {
                let claim = diesel::sql_query(CLAIM_POSTGRES)
                    .bind::<DbTime, _>(PTime(now))
                    .bind::<BigInt, _>(i64::from(limit))
                    .bind::<DbTime, _>(lease);
                Prepared(claim).load::<ClaimedRow>(c).await
            },
            sqlite | c | {
                // Parameters count from their first use, so the lease comes first here.
                let claim = diesel::sql_query(CLAIM_SQLITE)
                    .bind::<DbTime, _>(lease)
                    .bind::<DbTime, _>(PTime(now))
                    .bind::<BigInt, _>(i64::from(limit));
                Prepared(claim).load::<ClaimedRow>(c).await
            }
        )?;
        let mut claimed: Vec<_> = rows.into_iter().map(ClaimedRow::rehydrate).collect();
        claimed.sort_by_key(|job| job.id);
        Ok(claimed)
    }

    pub(crate) async fn end_job(
        &mut self,
        realm: RealmId,
        id: JobId,
        outcome: JobOutcome,
    ) -> Result<(), StoreError> {
        let (realm, id) = (PUuid(realm.as_uuid()), PUuid(id.as_uuid()));
        let (state, run_at, error) = match outcome {
            JobOutcome::Done => {
                db!(self.wire, |c| {
                    let mine = jobs::table.filter(jobs::realm_id.eq(realm)).filter(jobs::id.eq(id));
                    diesel::delete(mine).execute(c).await
                })?;
                return Ok(());
            }
            JobOutcome::Retry { run_at, error } => (JobState::Queued, run_at, error),
            JobOutcome::Park { error } => (JobState::Parked, self.cx.now, error),
        };
        db!(self.wire, |c| {
            let mine = jobs::table.filter(jobs::realm_id.eq(realm)).filter(jobs::id.eq(id));
            diesel::update(mine)
                .set((
                    jobs::state.eq(state_word(state)),
                    jobs::run_at.eq(PTime(run_at)),
                    jobs::leased_until.eq(None::<PTime>),
                    jobs::last_error.eq(Some(error)),
                ))
                .execute(c)
                .await
        })?;
        Ok(())
    }
}
