//! Templates in a realm's own words: one environment per language, and one per theme and language where a theme brings
//! texts for it. What was built stays in a bounded cache under the theme's key, so a new revision is simply another key.

use std::{collections::BTreeMap, sync::Arc};

use minijinja::Environment;
use moka::sync::Cache;
use vestibule_kernel::contact::Locale;
use vestibule_usecases::{Look, language::SPOKEN};

use crate::{
    copy::{PerLanguage, Texts},
    dates::Dates,
};

/// Environments of themes that are kept: each holds the parsed templates that were asked for.
const KEPT: u64 = 64;

/// What templates say in one language.
pub(crate) struct Voice {
    pub(crate) texts: Arc<Texts>,
    pub(crate) dates: Dates,
}

/// The templates of one language, with the voice that they speak in.
pub(crate) struct Speaker {
    pub(crate) voice: Arc<Voice>,
    pub(crate) environment: Environment<'static>,
}

type Make = Box<dyn Fn(&Arc<Voice>) -> Environment<'static> + Send + Sync>;

/// The templates of every language and theme.
pub(crate) struct Themed {
    own: PerLanguage<Arc<Speaker>>,
    themes: Cache<(String, &'static str), Arc<Speaker>>,
    make: Make,
}

impl Themed {
    pub(crate) fn new(
        voices: &PerLanguage<Arc<Voice>>,
        make: impl Fn(&Arc<Voice>) -> Environment<'static> + Send + Sync + 'static,
    ) -> Self {
        let own =
            voices.map(|voice| Arc::new(Speaker { voice: Arc::clone(voice), environment: make(voice) }));
        Self { own, themes: Cache::new(KEPT), make: Box::new(make) }
    }

    /// The templates of a look in a language.
    pub(crate) fn of(&self, look: Option<&Look>, locale: &Locale) -> Arc<Speaker> {
        let own = self.own.of(locale);
        let Some((look, texts)) =
            look.and_then(|look| Some((look, texts_of(look, own.voice.texts.language())?)))
        else {
            return Arc::clone(own);
        };
        let language = own.voice.texts.language();
        self.themes.get_with((look.key().to_owned(), language), || {
            let texts = Arc::new(Texts::with(texts, &own.voice.texts));
            let voice = Arc::new(Voice { texts, dates: Dates::new(language) });
            Arc::new(Speaker { environment: (self.make)(&voice), voice })
        })
    }
}

/// The texts that a look brings for a language; none for one that pages do not speak.
fn texts_of<'a>(look: &'a Look, language: &str) -> Option<&'a BTreeMap<String, String>> {
    let spoken = SPOKEN.contains(&language);
    look.theme().copy.get(language).filter(|texts| spoken && !texts.is_empty())
}
