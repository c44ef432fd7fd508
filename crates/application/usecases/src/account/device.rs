//! What a user agent says about a device, in words people know. A guess for orientation: nothing is decided by it.

/// Browser and system.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Device {
    /// The browser's name.
    pub browser: Option<&'static str>,
    /// The system's name.
    pub system: Option<&'static str>,
    /// Whether it is a phone or tablet.
    pub mobile: bool,
}

/// Words of user agents, the telling ones first: most browsers also name those they descend from.
const BROWSERS: &[(&str, &str)] = &[
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Vivaldi/", "Vivaldi"),
    ("FxiOS/", "Firefox"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chromium"),
    ("Chromium/", "Chromium"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
];

const SYSTEMS: &[(&str, &str, bool)] = &[
    ("iPhone", "iPhone", true),
    ("iPad", "iPad", true),
    ("Android", "Android", true),
    ("CrOS", "ChromeOS", false),
    ("Windows", "Windows", false),
    ("Macintosh", "macOS", false),
    ("Linux", "Linux", false),
];

impl Device {
    /// Reads a user agent.
    pub fn of(user_agent: Option<&str>) -> Self {
        let Some(agent) = user_agent else { return Self::default() };
        let browser = BROWSERS.iter().find(|(word, _)| agent.contains(word)).map(|(_, name)| *name);
        let system = SYSTEMS.iter().find(|(word, ..)| agent.contains(word));
        Self {
            browser,
            system: system.map(|(_, name, _)| *name),
            mobile: system.is_some_and(|(.., mobile)| *mobile),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_browsers_are_recognised_and_nothing_is_made_up() {
        let of = |agent| {
            let device = Device::of(Some(agent));
            (device.browser, device.system, device.mobile)
        };
        let linux = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
        assert_eq!(of(linux), (Some("Firefox"), Some("Linux"), false));
        let edge = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 \
                    Safari/537.36 Edg/126.0";
        assert_eq!(of(edge), (Some("Edge"), Some("Windows"), false));
        let phone = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Version/17.5 Mobile/15E148 Safari/604.1";
        assert_eq!(of(phone), (Some("Safari"), Some("iPhone"), true));
        let android =
            "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36";
        assert_eq!(of(android), (Some("Chrome"), Some("Android"), true));
        assert_eq!(of("curl/8.5.0"), (None, None, false));
        assert_eq!(Device::of(None), Device::default());
    }
}
