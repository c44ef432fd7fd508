# Mails and text messages, by kind. Subjects are one line; what happened comes first, then what to do.

# Every mail
mail-hello = Hello { $name },
mail-account = Account
mail-when = When
mail-browser = Browser
mail-address = IP address
mail-open = Open { $realm }
mail-undo = Undo this
mail-plain-link = If the button doesn't work, open this address:
mail-support = Get help
mail-not-you = If this wasn't you, change your password and sign out everywhere.
mail-footer = { $realm } sends this to { $account } because it concerns the safety of your account.
mail-footer-request = { $realm } sends this because somebody entered { $account } there.
mail-code-minutes =
    { $minutes ->
        [one] The code works for 1 minute.
       *[other] The code works for { $minutes } minutes.
    }
mail-code-note = If you didn't ask for this, ignore it. Never give the code to anybody.
mail-old-address = Old address
mail-new-address = New address
mail-removed-address = Removed address
mail-factor = Way to sign in
mail-provider = Account at
mail-deletion-date = Deleted on

# Ways to sign in, as they are called in a list
factor-password = Password
factor-email_code = Code by e-mail
factor-phone_code = Code by text message
factor-passkey = Passkey
factor-security_key = Security key
factor-totp = Authenticator app
factor-recovery_code = Recovery codes

# New browser
mail-new-device-subject = New sign-in to your { $realm } account
mail-new-device-lead = Your { $realm } account was used in a browser we haven't seen before.
mail-new-device-advice = If this was you, there is nothing to do. If not, change your password and sign out everywhere.

# Password changed
mail-password-changed-subject = Your { $realm } password was changed
mail-password-changed-lead = The password of your { $realm } account was changed.
mail-password-changed-advice = If this wasn't you, choose a new password at once: use “Forgot your password?” on the sign-in page.

# Code to sign in
mail-sign-in-code-subject = Sign in to { $realm }
mail-sign-in-code-lead = Your code to sign in to { $realm }
mail-sign-in-code-submit = Sign in

# Confirm an address
mail-verify-email-subject = Confirm your e-mail address for { $realm }
mail-verify-email-lead = Confirm that this address is yours to use it at { $realm }.
mail-verify-email-submit = Confirm address

# New password
mail-recover-password-subject = Choose a new password for { $realm }
mail-recover-password-lead = Use this code to choose a new password for your { $realm } account.
mail-recover-password-submit = Choose a new password

# Sign-up with an address that has an account
mail-account-exists-subject = You already have an account at { $realm }
mail-account-exists-lead = You already have an account at { $realm }
mail-account-exists-advice = Somebody tried to sign up with your e-mail address. There is no need for a second account.
mail-account-exists-submit = Sign in
mail-account-exists-recover = Choose a new password
mail-account-exists-note = If this wasn't you, there is nothing to do. Nothing has changed.

# Addresses
mail-email-added-subject = An e-mail address was added to your { $realm } account
mail-email-added-lead = An e-mail address was added to your { $realm } account.
mail-email-changed-subject = The e-mail address of your { $realm } account has changed
mail-email-changed-lead = Your { $realm } account has another main e-mail address now.
mail-email-removed-subject = An e-mail address was removed from your { $realm } account
mail-email-removed-lead = An e-mail address was removed from your { $realm } account.

# Ways to sign in
mail-factor-added-subject = New way to sign in to { $realm }
mail-factor-added-lead = A way to sign in was added to your { $realm } account.
mail-factor-removed-subject = A way to sign in to { $realm } was removed
mail-factor-removed-lead = A way to sign in was removed from your { $realm } account.
mail-recovery-code-used-subject = A recovery code was used to sign in to { $realm }
mail-recovery-code-used-lead = Somebody signed in to your { $realm } account with a recovery code.
mail-codes-left = Codes left
mail-passkey-copied-subject = A passkey of your { $realm } account may have been copied
mail-passkey-copied-lead = A passkey of your { $realm } account answered as a copy of it would. The sign-in was refused.
mail-passkey-copied-advice = Remove that passkey and add a new one. If your device was out of your hands, change your password and sign out everywhere too.
mail-security-key-copied-subject = A security key of your { $realm } account may have been copied
mail-security-key-copied-lead = A security key of your { $realm } account answered as a copy of it would. The sign-in was refused.
mail-security-key-copied-advice = Remove that key and add a new one. Whoever used it knew your password: change it, and sign out everywhere.
mail-identity-linked-subject = An account was linked to your { $realm } account
mail-identity-linked-lead = You can now sign in to { $realm } with another account.
mail-identity-unlinked-subject = An account was unlinked from your { $realm } account
mail-identity-unlinked-lead = An account no longer signs you in to { $realm }.

# Deletion
mail-deletion-scheduled-subject = Your { $realm } account will be deleted
mail-deletion-scheduled-lead = Your { $realm } account will be deleted.
mail-deletion-scheduled-advice = Until then you can change your mind. Afterwards nothing can be brought back.
mail-deletion-scheduled-undo = Keep the account
mail-deletion-undone-subject = Your { $realm } account stays
mail-deletion-undone-lead = Your { $realm } account won't be deleted.
mail-account-deleted-subject = Your { $realm } account was deleted
mail-account-deleted-lead = Your { $realm } account and its data were deleted.
mail-account-deleted-advice = This is the last message about this account.

# Data export
mail-export-ready-subject = Your { $realm } data is ready
mail-export-ready-lead = The archive of your { $realm } data is ready.
mail-export-ready-days =
    { $days ->
        [one] You can download it for 1 day. Sign in first.
       *[other] You can download it for { $days } days. Sign in first.
    }
mail-export-ready-submit = Download
mail-export-ready-note = The archive holds personal data. Keep it in a safe place.

# Invitation
mail-invitation-to-sign-up-subject = You're invited to { $realm }
mail-invitation-to-sign-up-lead = You're invited to create an account at { $realm }.
mail-invitation-to-sign-up-days =
    { $days ->
        [one] The invitation works for 1 day.
       *[other] The invitation works for { $days } days.
    }
mail-invitation-to-sign-up-submit = Create account
mail-invitation-to-sign-up-note = If you didn't expect this, ignore it. Without you no account is created.

# Test of the mail server
mail-mail-test-subject = Test message from { $realm }
mail-mail-test-lead = Mail from { $realm } works.
mail-mail-test-note = An administrator asked for this message. There is nothing for you to do.

# Text messages: short, no link
sms-sign-in-code =
    { $minutes ->
        [one] { $code } is your code to sign in to { $realm }. It works for 1 minute.
       *[other] { $code } is your code to sign in to { $realm }. It works for { $minutes } minutes.
    }
sms-verify-phone =
    { $minutes ->
        [one] { $code } is your code to confirm this number at { $realm }. It works for 1 minute.
       *[other] { $code } is your code to confirm this number at { $realm }. It works for { $minutes } minutes.
    }
sms-account-exists = You already have an account at { $realm }. Sign in with this number.
sms-test = Text messages from { $realm } work. An administrator asked for this one.

# Phone numbers
mail-phone-added-subject = A phone number was added to your { $realm } account
mail-phone-added-lead = A phone number was added to your { $realm } account.
mail-phone-changed-subject = Another phone number is the main one of your { $realm } account
mail-phone-changed-lead = Codes for your { $realm } account go to another phone number now.
mail-phone-removed-subject = A phone number was removed from your { $realm } account
mail-phone-removed-lead = A phone number was removed from your { $realm } account.
mail-number = Number
