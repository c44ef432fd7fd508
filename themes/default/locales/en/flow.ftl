# Copy of the sign-in, sign-up and recovery pages, by screen. Second person, present tense, sentence case, no blame.

# Ways to sign in, as buttons
method-password = Use your password
method-email-code = E-mail me a code
method-phone-code = Text me a code
method-passkey = Use a passkey
method-security-key = Use your security key
method-totp = Use your authenticator app
method-recovery-code = Use a recovery code
method-other = Use { $method }
ways-or = or
ways-other = Other ways
ways-last-used = Last used
ways-provider = Continue with { $provider }
ways-sign-up = Create an account
ways-sign-up-question = New here?
ways-recover = Forgot your password?
ways-restart = Use another account

# Account named on a page
account-as = Signing in as

# Codes: every kind
code-label = Code
code-submit = Continue
code-resend = Send a new code
code-required = Enter the code.
code-wrong = That code didn't work. Check it and try again.
code-expired = That code is too old. Send a new one.
code-too-many = Too many tries with this code. Send a new one.
code-attempts-left =
    { $count ->
        [one] 1 try left with this code
       *[other] { $count } tries left with this code
    }
remember-device =
    { $days ->
        [one] Don’t ask on this device for a day
       *[other] Don’t ask on this device for { $days } days
    }
remember-device-hint = Tick it only on a device that nobody else uses. You can undo it in your account.
code-other-address = Use another address

# Code by e-mail
email-code-title = Check your inbox
email-code-lead = We sent a code to { $to }.
email-code-hint = The code works for 10 minutes. Look in the spam folder if it doesn't arrive.
email-code-hint-link = Type the code, or open the link in the e-mail in this browser. Both work for 10 minutes.

# Code by text message
phone-code-title = Check your phone
phone-code-lead = We sent a code by text message to { $to }.
phone-code-hint = The code works for 10 minutes.

# Authenticator app
totp-title = Enter your code
totp-lead = Open your authenticator app and type the code it shows.

# Recovery code
recovery-code-title = Use a recovery code
recovery-code-lead = Type one of the codes you saved when you protected this account.
recovery-code-hint = Each code works once.

# Verifying an address or a number
verify-email-title = Confirm your address
verify-phone-title = Confirm your phone number

# Passkey
passkey-title = Use your passkey
passkey-lead = Your device asks for your fingerprint, face or screen lock.
passkey-submit = Continue with passkey
passkey-sign-in = Sign in with a passkey
passkey-waiting = Continue on your device
passkey-unsupported = This browser can't use passkeys. Choose another way below.
passkey-noscript = Passkeys need scripts, which are off in this browser. Every other way works without them.
passkey-cancelled = No passkey was used. Try again, or choose another way.
passkey-not-created = No passkey was created. Try again.
passkey-failed = That passkey didn't work here. Try again, or choose another way.
passkey-expired = That took too long. Try again.
passkey-unknown = This passkey isn't known here. It belongs to another site, or was removed from your account.
passkey-exists = This device already has a passkey for your account.

# Security key
security-key-title = Use your security key
security-key-lead = Plug in your key or hold it to your device, then touch it.
security-key-submit = Continue with security key
security-key-waiting = Touch your security key
security-key-unsupported = This browser can't use security keys. Choose another way.
security-key-noscript = Security keys need scripts, which are off in this browser. Every other way works without them.
security-key-cancelled = No security key was used. Try again, or choose another way.
security-key-failed = That security key didn't work here. Try again, or choose another way.
security-key-unknown = This security key isn't known here. It belongs to another account, or was removed from yours.
security-key-exists = This security key is already in your account.

# Link in an e-mail
confirm-link-title = Finish signing in
confirm-link-lead = You opened the link we sent to you.
confirm-link-verify-title = Confirm your address
confirm-link-recover-title = Choose a new password
confirm-link-recover-submit = Continue
confirm-link-submit = Sign in
confirm-link-verify-submit = Confirm
confirm-link-not-you = If you didn't ask for this, close this page. Nothing happens.
show-code-title = Type this code on your other device
show-code-lead = You opened the link in another browser than the one you started in.
show-code-hint =
    { $minutes ->
        [one] Go back to the page where you started and type it there. It works for 1 minute.
       *[other] Go back to the page where you started and type it there. It works for { $minutes } minutes.
    }
show-code-warning = Never read this code out to anybody.

# Choosing a method
choose-method-title = How do you want to continue?
choose-method-help = I can't use any of these

# Sign-up
sign-up-title = Create your account
sign-up-one-contact = An e-mail address or a phone number is enough. Fill in one of the two.
sign-up-not-invited = Use the address that your invitation was sent to.
sign-up-submit = Create account
sign-up-sign-in-question = Already have an account?
sign-up-sign-in = Sign in
sign-up-password = Password
sign-up-password-optional = You can leave it empty and sign in with a code.
password-hint-length = At least { $min } characters. A few random words make a strong one.
password-hint-leaks = Passwords known from leaks are refused.
sign-up-terms = I agree to:
sign-up-terms-required = Agree to go on.
field-optional = (optional)
field-choose = Choose…
field-required = This is needed.
field-invalid = This doesn't look right. Check the spelling.
field-email = E-mail address
field-username = User name
field-name = Name
field-given-name = First name
field-family-name = Last name
field-birthdate = Date of birth
field-middle-name = Middle name
field-nickname = Nickname
field-preferred-username = Preferred user name
field-profile = Profile page
field-picture = Address of a picture
field-website = Website
field-gender = Gender
field-zoneinfo = Time zone
sign-up-taken-username = This user name is taken.
sign-up-domain = Addresses of this provider can't be used here. Use another one.

# What the profile lacks, at a later sign-in
complete-profile-title = Complete your profile
complete-profile-lead = A few details are still missing. You can change them in your account at any time.
complete-profile-needed = Some details are needed before you go on. You can change them in your account later.
complete-profile-submit = Save and continue
complete-profile-skip = Not now

# Recovery
recover-title = Reset your password
recover-lead = Enter how you sign in. We send a code to the address of that account.
recover-submit = Send a code
recover-back = Back to sign-in
recover-sent-title = Check your inbox
recover-sent-lead = If there is an account for { $to }, we sent it a code.
new-password-title = Choose a new password
new-password-label = New password
new-password-submit = Save password
new-password-ends-sessions = Saving signs you out everywhere else.

# Setting up a second step
choose-enrolment-title = Protect your account
choose-enrolment-required = This account needs a second step to sign in.
choose-enrolment-recommended = Recommended
enrol-passkey-button = Create a passkey
enrol-passkey-note = Fingerprint, face or screen lock. Nothing to type.
enrol-security-key-button = Add a security key
enrol-security-key-note = A key that you plug in or hold to your device, and touch.
enrol-security-key-title = Add a security key
enrol-security-key-lead = When you sign in from now on, you are asked to touch it too.
enrol-security-key-submit = Add security key
enrol-security-key-point-spare = You can add a second one later, in case you lose this one
enrol-totp-button = Set up an authenticator app
enrol-totp-note = Six digits from an app on your phone.
enrol-phone-button = Add a phone number
enrol-phone-note = A code by text message. Less safe than the others.
enrol-totp-title = Set up your authenticator app
enrol-totp-scan = Scan this picture with the app.
enrol-totp-qr = QR code for your authenticator app
enrol-totp-manual = Can't scan it?
enrol-totp-key = Type this key into the app
enrol-totp-open = Open an app on this device
enrol-totp-code = Type the code that the app shows.
enrol-totp-submit = Confirm
enrol-totp-wrong = That code didn't work. Check that the clock of your phone is right.
offer-passkey-title = Sign in faster next time
offer-passkey-skip = Not now
enrol-passkey-title = Create a passkey
enrol-passkey-lead = Next time you sign in with your fingerprint, face or screen lock.
enrol-passkey-submit = Create passkey
enrol-passkey-point-fast = Nothing to remember and nothing to type
enrol-passkey-point-safe = Works only here, so it can't be phished
enrol-passkey-point-local = Your fingerprint or face never leaves your device
recovery-codes-title = Save your recovery codes
recovery-codes-lead = If you lose your device, each of these codes lets you in once.
recovery-codes-store = Keep them where you keep important papers, not in your inbox.
recovery-codes-download = Download
recovery-codes-copy = Copy
recovery-codes-copied = Copied
recovery-codes-file = recovery-codes.txt
recovery-codes-saved = I saved these codes
recovery-codes-saved-required = Save the codes first, then tick the box.
recovery-codes-submit = Continue

# Connecting an account of a provider
link-account-title = You already have an account
link-account-lead = Prove that it's yours, and you can sign in with { $provider } from now on.
link-account-here = Your account here
link-account-password = Password of your account here
link-account-submit = Connect and continue
link-account-prove = Prove that it's yours
sign-up-connects = You can sign in with { $provider } next time.

# What the flow refuses
password-too-short = This is too short. Use more characters; a few random words are easy to remember.
password-common = Many people use this password. Choose one that only you would think of.
password-context = Don't make the password from your name, your address or the name of this service.
sign-up-already-registered = There is an account with this address already. Go back and sign in.

## A number that is added, and one that codes are asked for.
phone-label = Phone number
phone-hint = With the country code, for example { $example }.
phone-send = Text me a code
phone-required = Enter your phone number.
phone-malformed = That doesn’t look like a phone number. Write it with the country code.
phone-country = We don’t send text messages to numbers of this country. Use another number, or another way.
phone-unavailable = We can’t send a text message to this number at the moment. Use another way.
phone-taken = This number belongs to another account.
phone-code-lead-account = If the account { $to } has a phone number, we sent a code to it by text message.
enrol-phone-risk = Others can get hold of text messages, for example by taking over your number. An app or a passkey is safer.
phone-other = Use another number
