# The page in a copy of somebody's data.
export-lead = This page shows what was kept about you when the copy was made.
export-programs = The files beside it whose names end in .json hold the same data, and all the rest, for programs.
export-proof = manifest.jws proves where this copy is from, and that nothing in it was changed.
export-made = Made on
export-sections = Sections of this page
export-empty = Nothing is kept here.
export-account = What your account is known by.
export-number = Account number
export-created = Created
export-address = Postal address
export-yes = Yes
export-no = No
export-more-values =
    { $count ->
        [one] { $count } value that apps keep with your account is in account.json only.
       *[other] { $count } values that apps keep with your account are in account.json only.
    }
export-factors = Ways to sign in
export-factors-lead = What you sign in with. Passwords, codes and keys themselves are in no copy.
export-kind = Kind
export-device = Device
export-ip = IP address
export-trusted-since = Trusted since
export-app = App
export-scopes = What it may do
export-own-app = One of the apps of { $realm }, which ask nobody.
export-provider = Provider
export-told = What it told
export-subject = Account number there
export-email-verified = Address confirmed there
export-what = What happened
export-more-entries =
    { $count ->
        [one] { $count } technical entry, such as tokens that an app got, is in activity.json only.
       *[other] { $count } technical entries, such as tokens that apps got, are in activity.json only.
    }
