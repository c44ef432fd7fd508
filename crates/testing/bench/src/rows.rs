//! The figures one after the other, each with its goal. What a goal is worth is argued in the README.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use anyhow::{Context as _, Result};
use serde_json::Value;
use vestibule_testkit::{Visitor, programs};

use crate::{
    Options,
    actors::{CollectCodes, Exchange, Refresh, Repeat, SignIn, text},
    browser::Cookies,
    floors::Floors,
    load::{self, Actor, Outcome},
    machine,
    report::{Report, short},
    scene::{LARGE, REALM, Scene, basic, millis},
    wire,
};

/// How often two realms take turns when they are compared.
const TURNS: u32 = 6;
const MEBIBYTE: f64 = 1024.0 * 1024.0;

/// One run and what it cost.
pub(crate) struct Run {
    pub(crate) outcome: Outcome,
    /// CPU time of server and database per operation.
    pub(crate) cpu: Duration,
    /// The same without the hashing of passwords.
    beyond_hashing: Duration,
    /// Both shares of it.
    pub(crate) words: String,
}

/// What is measured, and how.
pub(crate) struct Bench<'a> {
    pub(crate) options: &'a Options,
    pub(crate) floors: &'a Floors,
    pub(crate) scene: &'a Scene,
}

/// Measures everything.
pub(crate) async fn measure(
    options: &Options,
    floors: &Floors,
    scene: &Scene,
    report: &mut Report,
) -> Result<()> {
    let bench = Bench { options, floors, scene };
    bench.at_rest(report)?;
    let trivial = bench.trivial(report).await?;
    bench.documents(&trivial, report).await?;
    bench.client_credentials(&trivial, report).await?;
    bench.codes_and_tokens(report).await?;
    bench.sign_ins(report).await?;
    bench.people(report).await?;
    bench.overload(report).await?;
    if options.many > 0 {
        bench.many_users(report).await?;
    }
    Ok(())
}

impl Bench<'_> {
    fn at_rest(&self, report: &mut Report) -> Result<()> {
        let Floors { hashes_per_second, hash_cpu, sign_cpu, verify_cpu, query_cpu } = *self.floors;
        report.note(
            "floor: argon2id (m=19456, t=2, p=1)",
            hashes_per_second,
            format!("{}/s, {} ms CPU each", short(hashes_per_second), short(millis(hash_cpu))),
        );
        report.note(
            "floor: ES256 signature",
            millis(sign_cpu),
            format!("{} ms CPU", short(millis(sign_cpu))),
        );
        report.note(
            "floor: ES256 verification",
            millis(verify_cpu),
            format!("{} ms CPU", short(millis(verify_cpu))),
        );
        report.note(
            "floor: SELECT by primary key",
            millis(query_cpu),
            format!("{} ms CPU, both sides", short(millis(query_cpu))),
        );
        report.at_most("start until ready", millis(self.scene.start_time), 300.0, "ms");
        let binary = machine::file_bytes(&programs::program("api-server"))?;
        report.at_most("size of the program", as_mebibytes(binary), 40.0, "MB");
        report.at_most("resident memory, idle", as_mebibytes(self.scene.resident_bytes()?), 60.0, "MB");
        Ok(())
    }

    pub(crate) async fn run<A: Actor + Clone>(&self, actor: A, connections: usize) -> Result<Run> {
        self.run_each(vec![actor; connections]).await
    }

    pub(crate) async fn run_each<A: Actor>(&self, actors: Vec<A>) -> Result<Run> {
        let before = self.scene.cpu()?;
        let outcome = load::run(self.scene.address(), actors, self.options.time, None).await;
        let cpu = self.scene.cpu()?.since(before);
        if let Some(failure) = &outcome.failure {
            eprintln!("    {} failed, such as: {failure}", outcome.failed);
        }
        anyhow::ensure!(outcome.done > 0, "nothing was done: {:?}", outcome.failure);
        Ok(Run {
            cpu: cpu.total() / outcome.done,
            beyond_hashing: cpu.beyond_hashing() / outcome.done,
            words: cpu.words(outcome.done),
            outcome,
        })
    }

    async fn repeat(&self, request: Vec<u8>, status: u16, contains: &'static str) -> Result<Run> {
        self.run(Repeat { request: request.into(), status, contains }, self.options.connections).await
    }

    pub(crate) fn get(&self, path: &str, headers: &[(&str, &str)]) -> Vec<u8> {
        wire::get(&self.scene.host(), path, headers)
    }

    fn post(&self, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
        wire::post(&self.scene.host(), path, headers, body)
    }

    /// The cheapest answer of the main listener: a small file from memory, through everything that all requests pass.
    async fn trivial(&self, report: &mut Report) -> Result<Run> {
        let page = Visitor::new()
            .get(&format!("http://{}/docs/errors/VST-003", self.scene.host()).parse()?)
            .await
            .body;
        // The slashes of an attribute are escaped.
        let from = page.find("mark-").context("a page names the mark among the assets")?;
        let file = page.get(from..).and_then(|rest| rest.split('"').next()).unwrap_or_default();
        let file = &format!("/assets/{file}");
        let run = self.repeat(self.get(file, &[]), 200, "").await?;
        report.note(
            "floor: a trivial handler",
            run.outcome.rate(),
            format!("{}/s, {} ms CPU", short(run.outcome.rate()), short(millis(run.cpu))),
        );
        Ok(run)
    }

    async fn documents(&self, trivial: &Run, report: &mut Report) -> Result<()> {
        for (work, path) in [("discovery", "/.well-known/openid-configuration"), ("JWKS", "/oauth/jwks")] {
            let run = self.repeat(self.get(&format!("/realms/{REALM}{path}"), &[]), 200, "").await?;
            let share = run.outcome.rate() / trivial.outcome.rate();
            report.at_least(
                &format!("{work} ({}/s)", short(run.outcome.rate())),
                share,
                0.7,
                "× trivial handler",
            );
        }
        Ok(())
    }

    /// A machine's request for a token.
    fn machine(&self, realm: &str) -> Vec<u8> {
        let body = "grant_type=client_credentials&scope=reports%3Aread";
        let path = format!("/realms/{realm}/oauth/token");
        self.post(&path, &[("Authorization", &basic("machine"))], body)
    }

    async fn client_credentials(&self, trivial: &Run, report: &mut Report) -> Result<()> {
        let run = self.repeat(self.machine(REALM), 200, "access_token").await?;
        let work = format!("client_credentials, ES256 ({}/s; {})", short(run.outcome.rate()), run.words);
        report.at_most(&work, millis(run.cpu), 0.15, "ms CPU");
        let floor = millis(trivial.cpu + self.floors.sign_cpu);
        report.at_least(
            "client_credentials against HTTP + signature",
            floor / millis(run.cpu),
            0.5,
            "× floor",
        );
        Ok(())
    }

    async fn codes_and_tokens(&self, report: &mut Report) -> Result<()> {
        let host = self.scene.host();
        let mut connection = wire::Connection::open(self.scene.address()).await?;
        let cookies =
            self.sign_in(REALM, self.options.users).walk(&mut connection).await?.context("a sign-in")?;
        let codes = Arc::new(Mutex::new(Vec::new()));
        let collect = CollectCodes {
            host: host.clone(),
            realm: REALM,
            client: "app",
            cookies: cookies.clone(),
            codes: Arc::clone(&codes),
        };
        let run = self.run(collect, self.options.connections).await?;
        let work = format!("authorize with a session ({}/s; {})", short(run.outcome.rate()), run.words);
        report.note(&work, millis(run.cpu), format!("{} ms CPU", short(millis(run.cpu))));

        let tokens = Arc::new(Mutex::new(Vec::new()));
        let exchange = Exchange {
            host: host.clone(),
            realm: REALM,
            authorization: None,
            codes,
            tokens: Arc::clone(&tokens),
        };
        let run = self.run(exchange, self.options.connections).await?;
        let work = format!("code exchange ({}/s; {})", short(run.outcome.rate()), run.words);
        report.at_most(&work, millis(run.cpu), 1.0, "ms CPU");

        let tokens: Vec<Value> = tokens.lock().ok().context("the tokens")?.clone();
        let chains = tokens.iter().rev().take(self.options.connections);
        let chains = chains.map(|tokens| {
            Ok(Refresh { host: host.clone(), realm: REALM, token: text(tokens, "refresh_token")? })
        });
        let run = self.run_each(chains.collect::<Result<Vec<_>>>()?).await?;
        let work = format!("refresh with rotation ({}/s; {})", short(run.outcome.rate()), run.words);
        report.at_most(&work, millis(run.cpu), 1.0, "ms CPU");
        let authorization = Some(basic("service"));
        let tokens = self.tokens_of(REALM, "service", authorization, cookies).await?;
        self.reads(&tokens, report).await
    }

    /// The tokens of one client for somebody who is signed in.
    async fn tokens_of(
        &self,
        realm: &'static str,
        client: &'static str,
        authorization: Option<String>,
        cookies: Cookies,
    ) -> Result<Value> {
        let host = self.scene.host();
        let mut connection = wire::Connection::open(self.scene.address()).await?;
        let (codes, tokens) = (Arc::default(), Arc::default());
        let codes: Arc<Mutex<_>> = codes;
        let mut collect =
            CollectCodes { host: host.clone(), realm, client, cookies, codes: Arc::clone(&codes) };
        collect.act(&mut connection).await?;
        let mut exchange = Exchange { host, realm, authorization, codes, tokens: Arc::clone(&tokens) };
        exchange.act(&mut connection).await?;
        let tokens: Vec<Value> = tokens.lock().ok().context("the tokens")?.clone();
        tokens.into_iter().next().context("a token")
    }

    async fn reads(&self, tokens: &Value, report: &mut Report) -> Result<()> {
        let access = text(tokens, "access_token")?;
        let (authorization, bearer) = (basic("service"), format!("Bearer {access}"));
        let path = format!("/realms/{REALM}/oauth/introspect");
        let body = format!("token={access}");
        let introspect = self.post(&path, &[("Authorization", &authorization)], &body);
        let userinfo = self.get(&format!("/realms/{REALM}/oauth/userinfo"), &[("Authorization", &bearer)]);
        for (work, request, contains) in
            [("introspection", introspect, "\"active\":true"), ("userinfo", userinfo, "\"sub\"")]
        {
            let run = self.repeat(request, 200, contains).await?;
            let work = format!("{work} ({}/s; {})", short(run.outcome.rate()), run.words);
            report.at_most(&work, millis(run.cpu), 0.2, "ms CPU");
        }
        Ok(())
    }

    pub(crate) fn sign_in(&self, realm: &'static str, users: u32) -> SignIn {
        SignIn { host: self.scene.host(), realm, users, next: Arc::default(), shed: None }
    }

    async fn sign_ins(&self, report: &mut Report) -> Result<()> {
        let run = self.run(self.sign_in(REALM, self.options.users), machine::cores() * 4).await?;
        let share = run.outcome.rate() / self.floors.hashes_per_second;
        let work = format!("password sign-in, whole flow ({}/s; {})", short(run.outcome.rate()), run.words);
        report.at_least(&work, share, 0.9, "× hashes/s");
        let beyond = millis(run.beyond_hashing);
        report.at_most("password sign-in, all but the threads that hash", beyond, 2.0, "ms CPU");
        report.at_most(
            "resident memory after password load",
            as_mebibytes(self.scene.resident_bytes()?),
            150.0,
            "MB",
        );
        Ok(())
    }

    /// Ten times as many people at the door as can be hashed, while machines fetch tokens at a steady pace.
    async fn overload(&self, report: &mut Report) -> Result<()> {
        let shed = Arc::new(AtomicU32::new(0));
        let crowd = SignIn { shed: Some(Arc::clone(&shed)), ..self.sign_in(REALM, self.options.users) };
        let people = vec![crowd; machine::cores() * 200];
        // So many people, each coming once in this time, want ten times the hashes that the machine can do.
        let wanted = Duration::from_secs_f64(0.1 / self.floors.hashes_per_second);
        let pause = wanted * u32::try_from(people.len())?;
        let request = self.machine(REALM).into();
        let machines = vec![Repeat { request, status: 200, contains: "access_token" }; 4];
        let (address, time) = (self.scene.address(), self.options.time);
        let (crowd, machines) = tokio::join!(
            load::run(address, people, time, Some(pause)),
            load::run(address, machines, time, Some(Duration::from_millis(40)))
        );
        let refused = shed.load(Ordering::Relaxed);
        let served = crowd.done.saturating_sub(refused);
        let demand =
            format!("{} tried, {served} signed in, {refused} told to come back", crowd.done + crowd.failed);
        report.at_most(
            &format!("overload: other answers than sign-in or 503 with Retry-After ({demand})"),
            f64::from(crowd.failed),
            0.0,
            "failures",
        );
        report.at_most("overload: token endpoint p99 meanwhile", millis(machines.quantile(99)), 50.0, "ms");
        Ok(())
    }

    /// Times in a realm of many users against those in one of a thousand, at a load that queues nothing.
    async fn many_users(&self, report: &mut Report) -> Result<()> {
        let people = (self.sign_in(REALM, self.options.users), self.sign_in(LARGE, self.options.many));
        self.compare("sign-in", people, report).await?;
        let chains =
            (self.chain(REALM, self.options.users).await?, self.chain(LARGE, self.options.many).await?);
        self.compare("refresh", chains, report).await?;
        let machine = |realm| {
            let request = self.machine(realm).into();
            Repeat { request, status: 200, contains: "access_token" }
        };
        self.compare("client_credentials", (machine(REALM), machine(LARGE)), report).await
    }

    /// A chain of refresh tokens of somebody in the middle of the realm.
    async fn chain(&self, realm: &'static str, users: u32) -> Result<Refresh> {
        let host = self.scene.host();
        let mut connection = wire::Connection::open(self.scene.address()).await?;
        let person = self.sign_in(realm, users);
        person.next.store(users / 2, Ordering::Relaxed);
        let cookies = person.walk(&mut connection).await?.context("a sign-in")?;
        let tokens = self.tokens_of(realm, "app", None, cookies).await?;
        Ok(Refresh { host, realm, token: text(&tokens, "refresh_token")? })
    }

    /// Both realms in turns, so that whatever else the machine does meets them alike.
    async fn compare<A: Actor + Clone>(
        &self,
        work: &str,
        (few, many): (A, A),
        report: &mut Report,
    ) -> Result<()> {
        let (mut in_few, mut in_many) = (Outcome::default(), Outcome::default());
        let (address, time) = (self.scene.address(), self.options.time);
        let (mut few, mut many) = (few, many);
        for _ in 0..TURNS {
            let (outcome, actor) = load::run_one(address, few, time).await;
            in_few.merge(outcome);
            few = actor;
            let (outcome, actor) = load::run_one(address, many, time).await;
            in_many.merge(outcome);
            many = actor;
        }
        let failure = in_few.failure.as_ref().or(in_many.failure.as_ref());
        anyhow::ensure!(failure.is_none(), "{work}: {failure:?}");
        let (few, many) = (millis(in_few.quantile(99)), millis(in_many.quantile(99)));
        let work = format!(
            "p99 of {work}, {} users against {} ({} ms, {} ms)",
            self.options.many,
            self.options.users,
            short(many),
            short(few)
        );
        report.at_most(&work, many / few, 1.3, "×");
        Ok(())
    }
}

fn as_mebibytes(bytes: u64) -> f64 {
    let kibibytes = u32::try_from(bytes / 1024).unwrap_or(u32::MAX);
    f64::from(kibibytes) * 1024.0 / MEBIBYTE
}
