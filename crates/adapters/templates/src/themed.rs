//! Templates in a realm's own look: one environment per language, and one per theme and language where a theme brings
//! texts, slots or templates for it. What was built stays in a bounded cache under the theme's key, so a new revision is
//! simply another key.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io,
    sync::Arc,
    time::{Duration, Instant},
};

use minijinja::{Environment, Error, ErrorKind, Value};
use moka::sync::Cache;
use vestibule_kernel::contact::Locale;
use vestibule_usecases::{Look, language::SPOKEN};

use crate::{
    copy::{PerLanguage, Texts},
    copy_book::ATTRIBUTE,
    dates::Dates,
    slots::Slots,
};

/// Environments of themes that are kept: each holds the parsed templates that were asked for.
const KEPT: u64 = 64;
/// Steps that a template of a realm's own may take, frames and pieces of ours included.
const FUEL: u64 = 50_000;
/// Calls inside each other, in a template of a realm's own.
const RECURSION: usize = 60;
/// Bytes that a template of a realm's own may make.
const MAX_OUTPUT: usize = 256 * 1_024;
/// How long a template of a realm's own may keep somebody waiting. One that was accepted takes a few milliseconds at
/// most, so this ends only what fuel does not see: steps that are slow, or a machine that is.
const MAX_TIME: Duration = Duration::from_millis(250);

/// What templates say in one language.
pub(crate) struct Voice {
    pub(crate) texts: Arc<Texts>,
    pub(crate) dates: Dates,
}

/// The templates of one language and theme, with the voice that they speak in.
pub(crate) struct Speaker {
    pub(crate) voice: Arc<Voice>,
    environment: Environment<'static>,
    /// The same without templates of the theme's own, for when one of them fails.
    built_in: Option<Environment<'static>>,
    /// The templates of the theme's own, one after the other, as they are written.
    spelled: String,
}

/// What an environment is made of.
pub(crate) struct Dress {
    pub(crate) voice: Arc<Voice>,
    pub(crate) slots: Arc<Slots>,
    /// Templates in place of ours, by the name that the environment knows them under.
    pub(crate) templates: BTreeMap<String, String>,
}

impl Dress {
    /// A template in place of ours.
    pub(crate) fn template(&self, name: &str) -> Option<String> {
        self.templates.get(name).cloned()
    }
}

/// What came of a template.
pub(crate) struct Made {
    pub(crate) text: String,
    /// Why the theme's own template was passed over.
    pub(crate) failed: Option<Error>,
}

impl Speaker {
    /// Renders a template. If one of the theme's own fails, takes too long, or is not what the judge lets pass beside ours,
    /// ours takes its place. The judge is given ours and theirs, where they differ, and says what is wrong.
    ///
    /// # Errors
    /// Ours failed.
    pub(crate) fn render(&self, name: &str, values: &Value, judge: Judge<'_>) -> Result<Made, Error> {
        self.render_until(name, values, judge, Instant::now() + MAX_TIME)
    }

    /// The templates of the theme's own as they are written: what stands there is no content of a page.
    pub(crate) fn spelled(&self) -> &str {
        &self.spelled
    }

    fn render_until(
        &self,
        name: &str,
        values: &Value,
        judge: Judge<'_>,
        end: Instant,
    ) -> Result<Made, Error> {
        let Some(built_in) = &self.built_in else {
            let text = self.environment.get_template(name)?.render(values)?;
            return Ok(Made { text, failed: None });
        };
        let ours = built_in.get_template(name)?.render(values)?;
        let theirs = self.bounded(name, values, Some(end)).and_then(|theirs| {
            let fault = if theirs == ours { None } else { judge(&ours, &theirs).into_iter().next() };
            match fault {
                None => Ok(theirs),
                Some(why) => Err(Error::new(ErrorKind::InvalidOperation, why)),
            }
        });
        match theirs {
            Ok(text) => Ok(Made { text, failed: None }),
            Err(error) => Ok(Made { text: ours, failed: Some(error) }),
        }
    }

    /// Renders a template with those of the theme, and takes no other in their place. Bounded by what does not depend on
    /// the machine, so that a look is judged alike on each.
    ///
    /// # Errors
    /// A template failed.
    pub(crate) fn render_own(&self, name: &str, values: &Value) -> Result<String, Error> {
        self.bounded(name, values, None)
    }

    fn bounded(&self, name: &str, values: &Value, end: Option<Instant>) -> Result<String, Error> {
        let mut out = Bounded { made: Vec::new(), end };
        self.environment.get_template(name)?.render_captured_to(values.clone(), &mut out)?;
        String::from_utf8(out.made).map_err(|_cut| Error::new(ErrorKind::BadSerialization, "not text"))
    }

    /// Renders ours.
    ///
    /// # Errors
    /// Ours failed.
    pub(crate) fn render_built_in(&self, name: &str, values: &Value) -> Result<String, Error> {
        self.built_in.as_ref().unwrap_or(&self.environment).get_template(name)?.render(values)
    }
}

/// What is wrong with theirs beside ours.
pub(crate) type Judge<'a> = &'a dyn Fn(&str, &str) -> Vec<String>;

/// Takes so much and no more, until its end.
struct Bounded {
    made: Vec<u8>,
    end: Option<Instant>,
}

impl io::Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.made.len() + bytes.len() > MAX_OUTPUT {
            return Err(io::Error::other("the template makes too much"));
        }
        if self.end.is_some_and(|end| Instant::now() >= end) {
            return Err(io::Error::other("the template takes too long"));
        }
        self.made.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

type Make = Box<dyn Fn(Arc<Dress>) -> Environment<'static> + Send + Sync>;
type Choose = fn(&str) -> Option<&str>;

/// The templates of every language and theme.
pub(crate) struct Themed {
    own: PerLanguage<Arc<Speaker>>,
    themes: Cache<(String, &'static str), Arc<Speaker>>,
    make: Make,
    /// The name of a theme's template here; `None` for one that is not of this kind.
    choose: Choose,
}

impl Themed {
    pub(crate) fn new(
        voices: &PerLanguage<Arc<Voice>>,
        choose: Choose,
        make: impl Fn(Arc<Dress>) -> Environment<'static> + Send + Sync + 'static,
    ) -> Self {
        let plain = |voice: &Arc<Voice>| {
            let (slots, templates) = (Arc::default(), BTreeMap::new());
            let dress = Dress { voice: Arc::clone(voice), slots, templates };
            let environment = make(Arc::new(dress));
            let voice = Arc::clone(voice);
            Arc::new(Speaker { voice, environment, built_in: None, spelled: String::new() })
        };
        let own = voices.map(plain);
        Self { own, themes: Cache::new(KEPT), make: Box::new(make), choose }
    }

    /// The templates of a look in a language.
    pub(crate) fn of(&self, look: Option<&Look>, locale: &Locale) -> Arc<Speaker> {
        let own = self.own.of(locale);
        let language = own.voice.texts.language();
        let Some(look) = look.filter(|look| self.has_something(look, language)) else {
            return Arc::clone(own);
        };
        let key = (look.key().to_owned(), language);
        self.themes.get_with(key, || Arc::new(self.speaker(look, own)))
    }

    /// The same, made anew and not kept: for looks that are only tried.
    pub(crate) fn on_trial(&self, look: &Look, locale: &Locale) -> Speaker {
        self.speaker(look, self.own.of(locale))
    }

    fn has_something(&self, look: &Look, language: &str) -> bool {
        let theme = look.theme();
        texts_of(look, language).is_some()
            || !theme.slots.is_empty()
            || theme.templates.keys().any(|name| (self.choose)(name).is_some())
    }

    fn speaker(&self, look: &Look, own: &Arc<Speaker>) -> Speaker {
        let language = own.voice.texts.language();
        let voice = texts_of(look, language).map_or_else(
            || Arc::clone(&own.voice),
            |texts| {
                let texts = Arc::new(Texts::with(&texts, &own.voice.texts));
                Arc::new(Voice { texts, dates: Dates::new(language) })
            },
        );
        let slots = Arc::new(Slots::of(look.theme(), language));
        let named = look.theme().templates.iter();
        let templates: BTreeMap<String, String> = named
            .filter_map(|(name, source)| Some(((self.choose)(name)?.to_owned(), source.clone())))
            .collect();
        let dressed = |templates| {
            let (voice, slots) = (Arc::clone(&voice), Arc::clone(&slots));
            (self.make)(Arc::new(Dress { voice, slots, templates }))
        };
        if templates.is_empty() {
            let (environment, voice) = (dressed(templates), Arc::clone(&voice));
            return Speaker { environment, voice, built_in: None, spelled: String::new() };
        }
        let spelled = templates.values().cloned().collect::<Vec<_>>().join("\n");
        let mut environment = dressed(templates);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(RECURSION);
        let built_in = Some(dressed(BTreeMap::new()));
        Speaker { environment, built_in, voice: Arc::clone(&voice), spelled }
    }
}

/// The texts that a look brings for a language; none for one that pages do not speak. As English lies under each
/// catalogue, so do the look's English words for attributes under those of its other languages.
fn texts_of<'a>(look: &'a Look, language: &str) -> Option<Cow<'a, BTreeMap<String, String>>> {
    if !SPOKEN.contains(&language) {
        return None;
    }
    let copy = &look.theme().copy;
    let own = copy.get(language).filter(|texts| !texts.is_empty()).map(Cow::Borrowed);
    let english = copy.get("en").into_iter().flatten().filter(|(key, _)| key.starts_with(ATTRIBUTE));
    let missing: Vec<_> =
        english.filter(|(key, _)| own.as_ref().is_none_or(|own| !own.contains_key(*key))).collect();
    if missing.is_empty() {
        return own;
    }
    let mut all = own.map(Cow::into_owned).unwrap_or_default();
    all.extend(missing.into_iter().map(|(key, text)| (key.clone(), text.clone())));
    Some(Cow::Owned(all))
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    fn speaker(own: &'static str) -> Speaker {
        let with = |source| {
            let mut environment = Environment::new();
            environment.add_template("page.html", source).unwrap();
            environment
        };
        let texts = Arc::clone(crate::copy::embedded().of(&Locale::parse("en").unwrap()));
        let voice = Arc::new(Voice { texts, dates: Dates::new("en") });
        Speaker { voice, environment: with(own), built_in: Some(with("ours")), spelled: own.to_owned() }
    }

    #[test]
    fn a_template_that_takes_too_long_gives_way_to_ours() {
        let (speaker, fine) = (speaker("theirs"), |_: &str, _: &str| Vec::new());
        let in_time = speaker.render("page.html", &Value::UNDEFINED, &fine).unwrap();
        assert_eq!((in_time.text.as_str(), in_time.failed.is_none()), ("theirs", true));

        let late = speaker.render_until("page.html", &Value::UNDEFINED, &fine, Instant::now()).unwrap();
        assert_eq!(late.text, "ours");
        let why = late.failed.unwrap();
        let why = why.source().map_or_else(|| why.to_string(), ToString::to_string);
        assert!(why.contains("takes too long"), "{why}");
        assert_eq!(speaker.render_own("page.html", &Value::UNDEFINED).unwrap(), "theirs");
    }

    #[test]
    fn a_template_that_the_judge_refuses_gives_way_to_ours() {
        let speaker = speaker("theirs");
        let judge = |ours: &str, theirs: &str| vec![format!("{theirs} is not {ours}")];
        let made = speaker.render("page.html", &Value::UNDEFINED, &judge).unwrap();
        assert_eq!(made.text, "ours");
        assert_eq!(made.failed.unwrap().detail(), Some("theirs is not ours"));
    }
}
