//! Telephone numbers as people type them, read by the numbering plans of the world (the metadata of libphonenumber, as
//! the crate `phonenumber` carries it). Loaded when the first number is read.

use phonenumber::{Mode, PhoneNumber, Type, country::Id, metadata::DATABASE};
use vestibule_kernel::{NumberPlans, PlannedPhone, Region, contact::Phone};

/// Digits of a national number that count as its block.
const BLOCK: usize = 3;
/// Longer than any number with the marks people put into it.
const MAX_TYPED: usize = 40;

/// The plans that this build knows.
#[derive(Debug, Clone, Copy, Default)]
pub struct Plans;

impl NumberPlans for Plans {
    fn read(&self, typed: &str, region: Option<&Region>) -> Option<PlannedPhone> {
        let typed = plain(typed)?;
        let number = match typed.strip_prefix('+') {
            Some(digits) => abroad(digits)?,
            None => valid(Some(region?.as_str().parse().ok()?), &typed)?,
        };
        let phone = Phone::parse(&number.format().mode(Mode::E164).to_string()).ok()?;
        let code = number.code().value();
        let digits = phone.normal().get(1..)?;
        let prefix = digits.chars().take(code.to_string().len() + BLOCK).collect::<String>();
        let region = number.country().id().and_then(|id| Region::parse(id.as_ref()).ok());
        let usual = match number.number_type(&DATABASE) {
            Type::FixedLine
            | Type::Mobile
            | Type::FixedLineOrMobile
            | Type::PersonalNumber
            | Type::Voip
            | Type::Unknown => true,
            Type::TollFree
            | Type::PremiumRate
            | Type::SharedCost
            | Type::Pager
            | Type::Uan
            | Type::Emergency
            | Type::Voicemail
            | Type::ShortCode
            | Type::StandardRate
            | Type::Carrier
            | Type::NoInternational => false,
        };
        Some(PlannedPhone { phone, region, prefix: format!("+{prefix}"), usual })
    }
}

/// A number that a plan has.
fn valid(home: Option<Id>, typed: &str) -> Option<PhoneNumber> {
    phonenumber::parse(home, typed).ok().filter(PhoneNumber::is_valid)
}

/// A number that says its country, read by that country's plan alone and never made into another one: the crate takes a
/// trunk prefix off any number, beside a home that of the home (the 1 of +49 171 … in the United States). What it made
/// is what was typed, but for a zero after the country, as in +49 (0)171; else there is no number. (So a few land lines of
/// Russia, whose areas begin with its trunk prefix 8, are none; no text reaches them anyway.)
fn abroad(digits: &str) -> Option<PhoneNumber> {
    let number = valid(None, &format!("+{digits}"))?;
    let code = number.code().value().to_string();
    let rest = digits.strip_prefix(&code)?;
    let made = number.format().mode(Mode::E164).to_string();
    let same = |rest: &str| made == format!("+{code}{rest}");
    (same(rest) || rest.strip_prefix('0').is_some_and(same)).then_some(number)
}

/// Digits of any script as ASCII ones, without the marks between them. `None` for anything that is not a number and
/// marks: the plans would read letters as keys of a telephone.
fn plain(typed: &str) -> Option<String> {
    let typed = typed.trim();
    if typed.len() > MAX_TYPED * 2 || typed.chars().count() > MAX_TYPED {
        return None;
    }
    let mut text = String::with_capacity(typed.len());
    for c in typed.chars() {
        match c {
            '+' | '\u{ff0b}' if text.is_empty() => text.push('+'),
            // Marks, and the invisible ones that pages in Arabic put around numbers.
            ' '
            | '-'
            | '.'
            | '/'
            | '('
            | ')'
            | '\u{a0}'
            | '\u{202f}'
            | '\u{2010}'..='\u{2013}'
            | '\u{200e}'
            | '\u{200f}'
            | '\u{202a}'..='\u{202c}'
            | '\u{2066}'..='\u{2069}' => {}
            c => text.push(digit(c)?),
        }
    }
    (!text.is_empty()).then_some(text)
}

/// Western, Arabic, Persian and full-width digits.
fn digit(c: char) -> Option<char> {
    let zero = ['0', '\u{660}', '\u{6f0}', '\u{ff10}'];
    let value =
        zero.into_iter().find_map(|zero| u32::from(c).checked_sub(u32::from(zero)).filter(|n| *n < 10))?;
    char::from_digit(value, 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(typed: &str, region: &str) -> Option<(String, Option<String>, String)> {
        let region = Region::parse(region).ok();
        let found = Plans.read(typed, region.as_ref())?;
        let of = found.region.map(|region| region.to_string());
        Some((found.phone.normal().to_owned(), of, found.prefix))
    }

    #[test]
    fn a_number_is_read_as_people_of_its_country_write_it() {
        let ada = Some(("+491711234567".to_owned(), Some("DE".to_owned()), "+49171".to_owned()));
        for typed in
            ["0171 1234567", "0171/12 34-567", "+49 171 1234567", "+49 (0)171 1234567", "٠١٧١١٢٣٤٥٦٧"]
        {
            assert_eq!(read(typed, "DE"), ada, "{typed}");
        }
        assert_eq!(read("\u{202a}+٤٩١٧١١٢٣٤٥٦٧\u{202c}", ""), ada);
        assert_eq!(read("0612345678", "FR").unwrap().0, "+33612345678");
        assert_eq!(read("(650) 253-0000", "US").unwrap().2, "+1650");
    }

    #[test]
    fn a_number_that_says_its_country_is_the_same_from_everywhere() {
        let abroad = [
            "+491711234567",
            "+4915112345678",
            "+491729876543",
            "+49301234567",
            "+33612345678",
            "+447911123456",
            "+79161234567",
            "+36201234567",
            "+390612345678",
            "+12015550123",
            "+14165550123",
            "+8613812345678",
            "+966501234567",
            "+5511961234567",
            "+61412345678",
        ];
        for typed in abroad {
            for home in ["", "US", "CA", "DE", "FR", "GB", "RU", "HU", "IT", "LT", "BY", "MX", "CN", "SA"] {
                let found = read(typed, home).map(|(number, ..)| number);
                assert_eq!(found.as_deref(), Some(typed), "typed in {home}");
            }
        }
    }

    #[test]
    fn countries_that_share_a_code_are_told_apart() {
        let of = |typed| read(typed, "").unwrap().1;
        assert_eq!(of("+1 416 555 0123").as_deref(), Some("CA"));
        assert_eq!(of("+1 201 555 0123").as_deref(), Some("US"));
        assert_eq!(of("+882 16 1234567"), None, "a satellite is of no country");
    }

    #[test]
    fn what_no_plan_has_is_no_number() {
        for bad in [
            "",
            "+",
            "0171 1234567",
            "+49170abc",
            "+4912345",
            "+9715",
            "ada",
            "0171 1234567 ext. 3",
            "++491711234567",
            "+78121234567",
        ] {
            assert_eq!(read(bad, ""), None, "{bad}");
        }
        assert_eq!(read(&"1".repeat(200), "DE"), None);
        assert_eq!(read("017112345678901234", "DE"), None);
        assert_eq!(read("+491711234567", "ZZ").unwrap().0, "+491711234567", "an unknown region is none");
    }

    #[test]
    fn a_premium_number_is_not_usual() {
        let usual = |typed| Plans.read(typed, None).unwrap().usual;
        assert!(usual("+491711234567") && usual("+16502530000"));
        assert!(!usual("+499001234567"));
    }
}
