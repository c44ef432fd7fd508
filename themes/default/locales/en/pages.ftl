# Copy of the sign-in pages, by screen. Second person, present tense, sentence case, no blame.

# Every page
# The language's own name.
language-name = English
language-label = Language
skip-link = Skip to the main part
nav-label = Sections
error-title-prefix = Error:
error-summary-title = Check this and try again
footer-terms = Terms
footer-privacy = Privacy
footer-help = Help
lead-continue-to = to continue to
app-terms = terms
app-privacy = privacy notice
app-home = website

# Identifier
identify-title = Sign in
identify-label-email = E-mail address
identify-label-username = User name
identify-label-phone = Phone number
identify-label-email-username = E-mail address or user name
identify-label-email-phone = E-mail address or phone number
identify-label-username-phone = User name or phone number
identify-label-any = E-mail address, user name or phone number
identify-submit = Continue
identify-required = Enter how you sign in, for example your e-mail address.
identify-malformed = This cannot be an account here. Check the spelling.

# Password
password-title = Enter your password
password-label = Password
password-show = Show
password-hide = Hide
password-not-you = Not you?
password-submit = Sign in
password-required = Enter your password.
password-wrong = The password doesn't match this account. Check both and try again.
password-too-long = This is longer than a password can be.
password-unexpected-account = The application asks for another account. Choose “Not you?” to sign in with that one.

# Why somebody who is signed in is asked again
reason-step-up = The application asks you to confirm that it's you.
reason-account = Confirm that it's you before you change something in your account.

# Account chooser
choose-account-title = Choose an account
choose-account-signed-in = Signed in
choose-account-another = Use another account

# Consent
consent-title = { $app } asks for access
consent-verified = Verified
consent-unverified = Unverified
consent-unverified-note = Nobody here has checked this application. Allow it only if you trust where it leads.
consent-destination = Leads to
consent-scopes = It would be able to
consent-always = (always needed)
consent-no-scopes = Know that you have an account here
consent-remembered = Your answer is kept, so you aren't asked again for the same access.
consent-accept = Allow
consent-deny = Don't allow
consent-none-chosen = Choose at least one kind of access, or don't allow it.

# Scopes as sentences
scope-openid = Know who you are, by an account number
scope-profile = See your name and profile
scope-email = See your e-mail address
scope-phone = See your phone number
scope-address = See your postal address
scope-offline_access = Keep this access while you are away
scope-other = Use “{ $scope }”

# Slowed
slowed-title = Too many tries
slowed-retry-seconds =
    { $count ->
        [one] You can try again in 1 second.
       *[other] You can try again in { $count } seconds.
    }
slowed-retry-minutes =
    { $count ->
        [one] You can try again in 1 minute.
       *[other] You can try again in { $count } minutes.
    }
slowed-disabled = Signing in with this password is switched off after too many tries. Ask for help to get a new one.
slowed-network-seconds =
    { $count ->
        [one] There were too many sign-ins from your network. You can try again in 1 second.
       *[other] There were too many sign-ins from your network. You can try again in { $count } seconds.
    }
slowed-network-minutes =
    { $count ->
        [one] There were too many sign-ins from your network. You can try again in 1 minute.
       *[other] There were too many sign-ins from your network. You can try again in { $count } minutes.
    }
slowed-restart = Start again

# Sign out
confirm-logout-title = Sign out?
confirm-logout-app = { $app } asks to sign you out.
confirm-logout-note = You will have to sign in again to use your applications.
confirm-logout-confirm = Sign out
confirm-logout-cancel = Stay signed in
signed-out-title = You are signed out
signed-out-note = Your session at { $realm } has ended in this browser.
signed-out-back = Back to { $app }
signed-out-again = Sign in again

# Failed
failed-title = You can't sign in
failed-denied = You didn't allow the access, so nothing was shared.
failed-account-inactive = This account can't be used at the moment. Ask for help if you think it should work.
failed-unmet = The application asks for a kind of sign-in that isn't available here.
failed-leaving = This account is going to be deleted. To keep it, open your account, sign in there and choose to keep it.
failed-leaving-open = Open my account
failed-back = Back to { $app }
failed-back-plain = Back

# Continue
continue-title = Continuing to { $app }
continue-title-plain = Continuing
continue-note = If nothing happens, use the button.
continue-submit = Continue

# Error
error-code = Code
error-reference = Reference
error-time = Time
error-developer = For developers
error-start-again = Start again
error-back-to-sign-in = Back to sign-in

# Realm home
home-title = Welcome
home-signed-in = You are signed in
home-signed-in-note = This browser has a session at { $realm }.
home-signed-out-note = Sign in to your account at { $realm }.
home-sign-in = Sign in
home-sign-out = Sign out
home-apps = Your applications

# First operator
setup-title = Create the first operator
setup-note = The operator manages every realm of this installation. This link works once.
setup-email = E-mail address
setup-name = Name (optional)
setup-password = Password
setup-password-hint = At least { $min } characters. A few unrelated words make a good one.
setup-submit = Create operator
setup-done-title = The operator is ready
setup-done-note = Sign in with { $email } and the password you chose.
setup-done-sign-in = Sign in
setup-email-invalid = Enter a whole e-mail address, such as ada@example.com.
setup-email-taken = An operator has this e-mail address already. Use another one.
setup-name-invalid = This name has characters that can't be used.
setup-password-short = Use at least { $min } characters.
setup-password-long = Use at most { $max } characters.
setup-password-common = Many people use this password. Choose one that only you would think of.
setup-password-context = Don't make the password from your name, your address or the name of this service.
