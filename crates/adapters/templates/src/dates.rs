//! Dates and times in the words of a language (ICU4X, Gregorian calendar, UTC). Digits are the Western ones in every
//! language: codes, counts and times stand side by side on a page.

use chrono::{DateTime, Datelike, Timelike, Utc};
use icu_calendar::{Date, Gregorian};
use icu_datetime::{FixedCalendarDateTimeFormatter, fieldsets};
use icu_locale_core::Locale as IcuLocale;
use icu_time::{DateTime as IcuDateTime, Time};

/// The formatters of one language, made once.
pub struct Dates {
    day: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMD>>,
    moment: Option<FixedCalendarDateTimeFormatter<Gregorian, fieldsets::YMDT>>,
}

impl Dates {
    /// The formatters of a language; one without data writes ISO 8601.
    pub fn new(language: &str) -> Self {
        let locale: IcuLocale = format!("{language}-u-nu-latn").parse().unwrap_or(IcuLocale::UNKNOWN);
        let preferences = (&locale).into();
        let day = FixedCalendarDateTimeFormatter::try_new(preferences, fieldsets::YMD::long());
        let preferences = (&locale).into();
        let moment =
            FixedCalendarDateTimeFormatter::try_new(preferences, fieldsets::YMD::long().with_time_hm());
        Self { day: day.ok(), moment: moment.ok() }
    }

    /// The day of a moment written as RFC 3339; anything else stays as it is.
    pub fn day(&self, text: &str) -> String {
        let formatted = parse(text).and_then(|moment| {
            let day = gregorian(&moment)?;
            Some(self.day.as_ref()?.format(&day).to_string())
        });
        formatted.unwrap_or_else(|| text.to_owned())
    }

    /// A moment written as RFC 3339, to the minute and with its time zone; anything else stays as it is.
    pub fn moment(&self, text: &str) -> String {
        let formatted = parse(text).and_then(|moment| {
            let date = gregorian(&moment)?;
            let (hour, minute) = (u8::try_from(moment.hour()).ok()?, u8::try_from(moment.minute()).ok()?);
            let time = Time::try_new(hour, minute, 0, 0).ok()?;
            Some(format!("{} UTC", self.moment.as_ref()?.format(&IcuDateTime { date, time })))
        });
        formatted.unwrap_or_else(|| text.to_owned())
    }
}

fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text).ok().map(|moment| moment.to_utc())
}

fn gregorian(moment: &DateTime<Utc>) -> Option<Date<Gregorian>> {
    let (month, day) = (u8::try_from(moment.month()).ok()?, u8::try_from(moment.day()).ok()?);
    Date::try_new_gregorian(moment.year(), month, day).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_written_as_the_language_writes_it() {
        let day = |language: &str| Dates::new(language).day("2026-03-01T12:05:00+01:00");
        assert_eq!(day("en"), "March 1, 2026");
        assert_eq!(day("de"), "1. März 2026");
        assert_eq!(day("fr"), "1 mars 2026");
        assert_eq!(day("es"), "1 de marzo de 2026");
        assert_eq!(day("ar"), "1 مارس 2026");
    }

    #[test]
    fn a_moment_has_a_time_zone_and_what_is_none_stays() {
        let german = Dates::new("de").moment("2026-03-01T12:05:09+01:00");
        assert!(german.starts_with("1. März 2026") && german.ends_with("11:05 UTC"), "{german}");
        assert_eq!(Dates::new("de").moment("yesterday"), "yesterday");
    }
}
