//! The figures of what people do besides signing in by password: new accounts, passkeys, mailed links, their own account;
//! and of the mails they get.

use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};

use crate::{
    actors::Repeat,
    browser::jar,
    machine, mails,
    report::{Report, short},
    rows::{Bench, Run},
    scene::{KEYS_EACH, MAIL, REALM, millis},
    ways::{LinkSignIn, PasskeySignIn, SignUp},
    wire,
};

impl Bench<'_> {
    /// Everything here.
    pub(crate) async fn people(&self, report: &mut Report) -> Result<()> {
        let mut failed = self.sign_ups(report).await?;
        failed += self.passkeys(report).await?;
        failed += self.links(report).await?;
        report.at_most(
            "sign-ups, sign-ins by passkey and by link that failed",
            f64::from(failed),
            0.0,
            "failures",
        );
        self.account(report).await?;
        self.mails(report)
    }

    /// Whole sign-ups, each with its mail. So many people at once keep the processors busy while some of them wait for
    /// their mail; more would queue for the server's connections to the database and be told to come back. There is no
    /// goal: it costs a sign-in, two more pages and a mail through the queue, and nobody has said what that may be.
    async fn sign_ups(&self, report: &mut Report) -> Result<u32> {
        let (host, smtp) = (self.scene.host(), Arc::clone(&self.scene.smtp));
        let before = self.scene.count_users(MAIL).await?;
        let people = SignUp { host, smtp, next: Arc::default() };
        let run = self.run(people, self.options.connections).await?;
        let made = self.scene.count_users(MAIL).await?.saturating_sub(before);
        ensure!(made >= run.outcome.done, "{made} accounts of {} sign-ups", run.outcome.done);
        note("sign-up with a mailed code, whole flow", &run, report);
        Ok(run.outcome.failed)
    }

    /// A sign-in by passkey may cost what any may beside its proof, 2 ms, and its proof: one signature of the key that is
    /// verified. What the authenticator does is done in this process and not counted.
    async fn passkeys(&self, report: &mut Report) -> Result<u32> {
        let mut connection = wire::Connection::open(self.scene.address()).await?;
        let mut people = Vec::new();
        let mut users = 0_u32..;
        for _ in 0..self.options.connections {
            let mut person = PasskeySignIn::new(self.scene.host());
            for number in users.by_ref().take(KEYS_EACH) {
                let user = format!("user{number}");
                person
                    .enrol(&mut connection, &user)
                    .await
                    .with_context(|| format!("the passkey of {user}"))?;
            }
            people.push(person);
        }
        let run = self.run_each(people).await?;
        let work = format!("passkey sign-in, whole flow ({}/s; {})", short(run.outcome.rate()), run.words);
        let most = 2.0 + millis(self.floors.verify_cpu);
        report.at_most(&work, millis(run.cpu), most, "ms CPU");
        Ok(run.outcome.failed)
    }

    /// Sign-ins by a mailed link; without a goal for the reason that sign-ups have none.
    async fn links(&self, report: &mut Report) -> Result<u32> {
        let (host, smtp, users) = (self.scene.host(), Arc::clone(&self.scene.smtp), self.scene.readers);
        let people = LinkSignIn { host, smtp, users, next: Arc::default() };
        let run = self.run(people, self.options.connections).await?;
        note("sign-in by a mailed link, whole flow", &run, report);
        Ok(run.outcome.failed)
    }

    /// The first page of somebody's own account, at a load that queues nothing.
    async fn account(&self, report: &mut Report) -> Result<()> {
        let mut connection = wire::Connection::open(self.scene.address()).await?;
        let cookies =
            self.sign_in(REALM, self.options.users).walk(&mut connection).await?.context("a sign-in")?;
        let request = self.get(&format!("/realms/{REALM}/account"), &[("Cookie", &jar(&cookies))]).into();
        let run = self.run(Repeat { request, status: 200, contains: "id=\"check-up\"" }, 1).await?;
        ensure!(run.outcome.failed == 0, "the account: {:?}", run.outcome.failure);
        let work = format!("p95 of the account's page ({}/s; {})", short(run.outcome.rate()), run.words);
        report.at_most(&work, millis(run.outcome.quantile(95)), 25.0, "ms");
        Ok(())
    }

    /// A mail is text from memory, without a query: it may cost what an answer from memory may, a tenth of a sign-in, so
    /// that making it is not what a sign-up costs. Beyond that a template or a look is read anew for each mail.
    fn mails(&self, report: &mut Report) -> Result<()> {
        let (rate, cpu) = mails::render(self.options.time)?;
        let work = format!("making a mail, every kind in every language ({}/s)", short(rate));
        report.at_most(&work, millis(cpu), 0.2, "ms CPU");
        Ok(())
    }
}

/// A figure without a goal, with the share of the machine that server and database had: where that is small, people waited
/// for something else.
fn note(work: &str, run: &Run, report: &mut Report) {
    let rate = run.outcome.rate();
    let work = format!("{work} ({}/s; {})", short(rate), run.words);
    let busy = rate * run.cpu.as_secs_f64();
    let figure =
        format!("{} ms CPU, {} of {} processors busy", short(millis(run.cpu)), short(busy), machine::cores());
    report.note(&work, millis(run.cpu), figure);
}
