//! Argon2 (RFC 9106) in PHC strings, and bcrypt of imported accounts. Decides which stored parameters are acceptable;
//! the memory belongs to the calling thread.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use subtle::ConstantTimeEq;
use vestibule_authn::{HashCost, HashError, Verdict};
use zeroize::Zeroizing;

use crate::entropy;

const SALT_LEN: usize = 16;
const OUTPUT_LEN: usize = 32;

/// A stored hash may not cost more than this: a planted or imported one would stop the pool.
const MAX_MEMORY_KIB: u32 = 262_144;
const MAX_PASSES: u32 = 20;
const MAX_LANES: u32 = 16;
/// 2^14 rounds of bcrypt take about a second.
const MAX_BCRYPT_COST: u32 = 14;

/// The Argon2 memory of one thread, kept between hashes.
#[derive(Default)]
pub(super) struct Memory {
    blocks: Vec<Block>,
    dirty: bool,
}

impl Memory {
    fn of(&mut self, count: usize) -> &mut [Block] {
        if self.blocks.len() < count {
            self.blocks.resize(count, Block::new());
        }
        self.dirty = true;
        &mut self.blocks
    }

    /// Overwrites what is left of the last password. Not done between two hashes that follow each other, since the
    /// second overwrites the first.
    pub(super) fn wipe(&mut self) {
        if self.dirty {
            self.blocks.fill(Block::new());
            self.dirty = false;
        }
    }

    /// Gives the memory back to the system.
    pub(super) fn release(&mut self) {
        self.wipe();
        self.blocks = Vec::new();
    }

    /// Whether it may hold traces of a password.
    pub(super) const fn is_dirty(&self) -> bool {
        self.dirty
    }

    /// KiB held.
    pub(super) fn kib(&self) -> usize {
        self.blocks.len()
    }
}

/// An Argon2 hash taken apart.
struct Stored {
    algorithm: Algorithm,
    version: Version,
    cost: HashCost,
    salt: Vec<u8>,
    output: Vec<u8>,
}

impl Stored {
    /// Reads `$argon2id$v=19$m=…,t=…,p=…$salt$hash`; parameters in this order, as every producer writes them.
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.strip_prefix('$')?.split('$');
        let algorithm = match parts.next()? {
            "argon2id" => Algorithm::Argon2id,
            "argon2i" => Algorithm::Argon2i,
            _ => return None,
        };
        let next = parts.next()?;
        let (version, parameters) = match next.strip_prefix("v=") {
            Some("19") => (Version::V0x13, parts.next()?),
            Some("16") => (Version::V0x10, parts.next()?),
            Some(_) => return None,
            // Hashes older than the version field.
            None => (Version::V0x10, next),
        };
        let mut numbers = parameters.split(',');
        let mut number = |name: &str| numbers.next()?.strip_prefix(name)?.parse::<u32>().ok();
        let cost = HashCost { memory_kib: number("m=")?, passes: number("t=")?, lanes: number("p=")? };
        let end = numbers.next();
        let salt = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        let output = STANDARD_NO_PAD.decode(parts.next()?).ok()?;
        let bounded = (1..=MAX_MEMORY_KIB).contains(&cost.memory_kib)
            && (1..=MAX_PASSES).contains(&cost.passes)
            && (1..=MAX_LANES).contains(&cost.lanes)
            && (8..=64).contains(&salt.len())
            && (16..=64).contains(&output.len());
        (bounded && end.is_none() && parts.next().is_none()).then_some(Self {
            algorithm,
            version,
            cost,
            salt,
            output,
        })
    }

    /// Whether a new hash of the same password would look different.
    fn is_outdated(&self, wanted: HashCost) -> bool {
        self.algorithm != Algorithm::Argon2id
            || self.version != Version::V0x13
            || self.cost != wanted
            || self.salt.len() < SALT_LEN
            || self.output.len() < OUTPUT_LEN
    }
}

fn compute(
    memory: &mut Memory,
    scheme: (Algorithm, Version),
    cost: HashCost,
    password: &[u8],
    salt: &[u8],
    out: &mut [u8],
) -> Result<(), HashError> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(out.len()))
        .map_err(|_cause: argon2::Error| HashError::Unusable)?;
    let blocks = memory.of(params.block_count());
    Argon2::new(scheme.0, scheme.1, params)
        .hash_password_into_with_memory(password, salt, out, blocks)
        .map_err(|_cause: argon2::Error| HashError::Unusable)
}

const CURRENT: (Algorithm, Version) = (Algorithm::Argon2id, Version::V0x13);

/// Hashes with a fresh salt into a PHC string.
pub(super) fn hash(memory: &mut Memory, password: &[u8], cost: HashCost) -> Result<String, HashError> {
    let mut salt = [0; SALT_LEN];
    entropy::fill(&mut salt);
    let mut output = Zeroizing::new([0; OUTPUT_LEN]);
    compute(memory, CURRENT, cost, password, &salt, output.as_mut_slice())?;
    Ok(format!(
        "$argon2id$v=19$m={},t={},p={}${}${}",
        cost.memory_kib,
        cost.passes,
        cost.lanes,
        STANDARD_NO_PAD.encode(salt),
        STANDARD_NO_PAD.encode(output.as_slice()),
    ))
}

/// Verifies with the parameters of the stored hash. Without one, does the work of the wanted cost all the same.
pub(super) fn verify(
    memory: &mut Memory,
    password: &[u8],
    stored: Option<&str>,
    wanted: HashCost,
) -> Result<Verdict, HashError> {
    let Some(stored) = stored else {
        let mut output = Zeroizing::new([0; OUTPUT_LEN]);
        compute(memory, CURRENT, wanted, password, &[0x5a; SALT_LEN], output.as_mut_slice())?;
        return Ok(Verdict::Wrong);
    };
    if ["$2a$", "$2b$", "$2y$"].iter().any(|scheme| stored.starts_with(scheme)) {
        return verify_bcrypt(password, stored);
    }
    let stored = Stored::parse(stored).ok_or(HashError::Unusable)?;
    let mut output = Zeroizing::new(vec![0; stored.output.len()]);
    let scheme = (stored.algorithm, stored.version);
    compute(memory, scheme, stored.cost, password, &stored.salt, &mut output)?;
    if !bool::from(output.ct_eq(&stored.output)) {
        return Ok(Verdict::Wrong);
    }
    Ok(if stored.is_outdated(wanted) { Verdict::RightButOutdated } else { Verdict::Right })
}

/// The system the hash comes from cut passwords at 72 bytes; so must its verification.
fn verify_bcrypt(password: &[u8], stored: &str) -> Result<Verdict, HashError> {
    let cost = stored.get(4..6).and_then(|cost| cost.parse::<u32>().ok()).ok_or(HashError::Unusable)?;
    if cost > MAX_BCRYPT_COST || stored.len() != 60 {
        return Err(HashError::Unusable);
    }
    match bcrypt::verify(password, stored) {
        Ok(true) => Ok(Verdict::RightButOutdated),
        Ok(false) => Ok(Verdict::Wrong),
        Err(_unreadable) => Err(HashError::Unusable),
    }
}

#[cfg(test)]
mod tests {
    use argon2::ParamsBuilder;

    use super::*;

    const CHEAP: HashCost = HashCost { memory_kib: 64, passes: 1, lanes: 1 };

    #[test]
    fn rfc_9106_section_5_3_argon2id_vector() {
        let mut params = ParamsBuilder::new();
        params.m_cost(32).t_cost(3).p_cost(4).output_len(32);
        params.data(argon2::AssociatedData::new(&[4; 12]).unwrap());
        let params = params.build().unwrap();
        let mut memory = Memory::default();
        let mut out = [0; 32];
        Argon2::new_with_secret(&[3; 8], Algorithm::Argon2id, Version::V0x13, params.clone())
            .unwrap()
            .hash_password_into_with_memory(&[1; 32], &[2; 16], &mut out, memory.of(params.block_count()))
            .unwrap();
        assert_eq!(hex::encode(out), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
    }

    #[test]
    fn a_reference_hash_of_the_argon2_tool_verifies() {
        // `echo -n password | argon2 somesalt -t 2 -m 16 -p 1 -id -e` of the reference implementation's test suite.
        let stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
        let mut memory = Memory::default();
        assert_eq!(verify(&mut memory, b"password", Some(stored), CHEAP), Ok(Verdict::RightButOutdated));
        assert_eq!(verify(&mut memory, b"Password", Some(stored), CHEAP), Ok(Verdict::Wrong));
    }

    #[test]
    fn a_hash_verifies_and_other_parameters_mark_it_outdated() {
        let mut memory = Memory::default();
        let stored = hash(&mut memory, b"correct horse", CHEAP).unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$"));
        assert_eq!(verify(&mut memory, b"correct horse", Some(&stored), CHEAP), Ok(Verdict::Right));
        assert_eq!(verify(&mut memory, b"correct horsf", Some(&stored), CHEAP), Ok(Verdict::Wrong));
        let dearer = HashCost { passes: 2, ..CHEAP };
        assert_eq!(
            verify(&mut memory, b"correct horse", Some(&stored), dearer),
            Ok(Verdict::RightButOutdated)
        );
        assert_ne!(hash(&mut memory, b"correct horse", CHEAP).unwrap(), stored);
    }

    #[test]
    fn no_hash_is_never_right() {
        let mut memory = Memory::default();
        assert_eq!(verify(&mut memory, b"", None, CHEAP), Ok(Verdict::Wrong));
        assert_eq!(memory.kib(), 64, "the same work was done");
    }

    #[test]
    fn imported_bcrypt_verifies_once() {
        // Test vector of the OpenBSD implementation.
        let stored = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";
        let mut memory = Memory::default();
        assert_eq!(verify(&mut memory, b"abc", Some(stored), CHEAP), Ok(Verdict::RightButOutdated));
        assert_eq!(verify(&mut memory, b"abC", Some(stored), CHEAP), Ok(Verdict::Wrong));
    }

    #[test]
    fn absurd_or_damaged_hashes_are_refused_without_work() {
        let mut memory = Memory::default();
        for stored in [
            "",
            "plain",
            "$argon2id$",
            "$argon2d$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=4294967295,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=4000000,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=1,p=5000$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
            "$argon2id$v=19$m=64,t=1,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA$x",
            "$argon2id$v=19$m=64,t=1,p=1,x=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAA",
            "$2b$31$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i",
            "$2b$06$short",
        ] {
            assert_eq!(verify(&mut memory, b"x", Some(stored), CHEAP), Err(HashError::Unusable), "{stored}");
        }
        assert_eq!(memory.kib(), 0);
    }

    #[test]
    fn memory_is_wiped_and_released() {
        let mut memory = Memory::default();
        hash(&mut memory, b"secret", CHEAP).unwrap();
        assert!(memory.blocks.iter().any(|block| block.as_ref().iter().any(|word| *word != 0)));
        memory.wipe();
        assert!(memory.blocks.iter().all(|block| block.as_ref().iter().all(|word| *word == 0)));
        memory.release();
        assert_eq!(memory.kib(), 0);
    }
}
