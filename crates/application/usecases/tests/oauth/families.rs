//! Refresh families under random histories: at most one token of a family is redeemable, and once a family is dead it
//! stays dead.

use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};

use crate::support::{World, asking, refresh_of};

/// What somebody does next.
#[derive(Debug, Clone)]
enum Step {
    /// Presents the n-th token ever issued in the family.
    Present(usize),
    /// Time goes by.
    Wait(u64),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        4 => (0..8_usize).prop_map(Step::Present),
        1 => (1..30_u64).prop_map(Step::Wait),
    ];
    proptest::collection::vec(step, 1..14)
}

async fn walk(world: &World, steps: Vec<Step>) {
    let code = world.browser().code("ada", &asking(&[])).await;
    let mut issued = vec![refresh_of(&world.redeem(&code).await.unwrap())];
    let mut dead = false;
    for step in steps {
        match step {
            Step::Wait(seconds) => world.advance(seconds),
            Step::Present(number) => {
                let token = issued[number % issued.len()].clone();
                let answer = world.refresh(&token).await;
                assert!(!(dead && answer.is_ok()), "a dead family stays dead");
                match answer {
                    Ok(next) => issued.push(refresh_of(&next)),
                    Err(_) => dead |= family_is_dead(world, &issued).await,
                }
            }
        }
        let live = live_tokens(world, &issued).await;
        assert!(live <= 1, "{live} redeemable tokens");
        assert!(dead || live == 1);
    }
}

async fn live_tokens(world: &World, issued: &[String]) -> usize {
    let mut live = 0;
    for token in issued {
        let told = world.introspect("shop", token, None).await;
        live += usize::from(told["active"] == true);
    }
    live
}

async fn family_is_dead(world: &World, issued: &[String]) -> bool {
    live_tokens(world, issued).await == 0
}

#[test]
fn at_most_one_token_of_a_family_is_redeemable() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let world = runtime.block_on(async {
        let world = World::new(|settings| {
            settings.limits.token_per_minute = 1_000_000;
            settings.limits.sign_in_per_minute = 1_000_000;
            settings.limits.identifier_per_minute = 1_000_000;
        })
        .await;
        world.client("shop", |_| ()).await;
        world.user("ada").await;
        world
    });
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    TestRunner::new(config)
        .run(&steps(), |steps| {
            runtime.block_on(walk(&world, steps));
            Ok(())
        })
        .unwrap();
}
