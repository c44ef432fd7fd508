# رسائل البريد والرسائل النصية، بحسب النوع. الموضوع سطر واحد؛ ما حدث أولًا ثم ما ينبغي فعله.

# Every mail
mail-hello = مرحبًا { $name }،
mail-account = الحساب
mail-when = الوقت
mail-browser = المتصفح
mail-address = عنوان IP
mail-open = فتح { $realm }
mail-undo = التراجع عن ذلك
mail-plain-link = إذا لم يعمل الزر فافتحوا هذا العنوان:
mail-support = الحصول على المساعدة
mail-not-you = إذا لم تكونوا أنتم، فغيّروا كلمة المرور وسجّلوا الخروج من كل مكان.
mail-footer = ترسل { $realm } هذه الرسالة إلى { $account } لأنها تخص أمان حسابكم.
mail-footer-request = ترسل { $realm } هذه الرسالة لأن أحدهم أدخل { $account } هناك.
mail-code-minutes =
    { $minutes ->
        [zero] تنتهي صلاحية الرمز الآن.
        [one] الرمز صالح لمدة دقيقة واحدة.
        [two] الرمز صالح لمدة دقيقتين.
        [few] الرمز صالح لمدة { $minutes } دقائق.
        [many] الرمز صالح لمدة { $minutes } دقيقة.
       *[other] الرمز صالح لمدة { $minutes } دقيقة.
    }
mail-code-note = إذا لم تطلبوا ذلك فتجاهلوا هذه الرسالة. لا تعطوا الرمز لأي شخص.
mail-old-address = العنوان القديم
mail-new-address = العنوان الجديد
mail-removed-address = العنوان المحذوف
mail-factor = طريقة تسجيل الدخول
mail-provider = حساب لدى
mail-deletion-date = يُحذف في

# Ways to sign in, as they are called in a list
factor-password = كلمة المرور
factor-email_code = رمز بالبريد الإلكتروني
factor-phone_code = رمز برسالة نصية
factor-passkey = مفتاح مرور
factor-security_key = مفتاح أمان
factor-totp = تطبيق المصادقة
factor-recovery_code = رموز الاسترداد

# New browser
mail-new-device-subject = تسجيل دخول جديد إلى حسابكم في { $realm }
mail-new-device-lead = استُخدم حسابكم في { $realm } في متصفح لم نره من قبل.
mail-new-device-advice = إذا كنتم أنتم فلا حاجة إلى فعل شيء. وإلا فغيّروا كلمة المرور وسجّلوا الخروج من كل مكان.

# Password changed
mail-password-changed-subject = تم تغيير كلمة مروركم في { $realm }
mail-password-changed-lead = تم تغيير كلمة مرور حسابكم في { $realm }.
mail-password-changed-advice = إذا لم تكونوا أنتم فاختاروا فورًا كلمة مرور جديدة عبر «هل نسيتم كلمة المرور؟» في صفحة تسجيل الدخول.

# Code to sign in
mail-sign-in-code-subject = تسجيل الدخول إلى { $realm }
mail-sign-in-code-lead = رمزكم لتسجيل الدخول إلى { $realm }
mail-sign-in-code-submit = تسجيل الدخول

# Confirm an address
mail-verify-email-subject = أكّدوا بريدكم الإلكتروني في { $realm }
mail-verify-email-lead = أكّدوا أن هذا العنوان لكم لاستخدامه في { $realm }.
mail-verify-email-submit = تأكيد العنوان

# New password
mail-recover-password-subject = اختاروا كلمة مرور جديدة في { $realm }
mail-recover-password-lead = استخدموا هذا الرمز لاختيار كلمة مرور جديدة لحسابكم في { $realm }.
mail-recover-password-submit = اختيار كلمة مرور جديدة

# Sign-up with an address that has an account
mail-account-exists-subject = لديكم حساب في { $realm }
mail-account-exists-lead = لديكم حساب في { $realm }
mail-account-exists-advice = حاول أحدهم إنشاء حساب ببريدكم الإلكتروني. لا حاجة إلى حساب ثانٍ.
mail-account-exists-submit = تسجيل الدخول
mail-account-exists-recover = اختيار كلمة مرور جديدة
mail-account-exists-note = إذا لم تكونوا أنتم فلا حاجة إلى فعل شيء. لم يتغير شيء.

# Addresses
mail-email-added-subject = أُضيف بريد إلكتروني إلى حسابكم في { $realm }
mail-email-added-lead = أُضيف بريد إلكتروني إلى حسابكم في { $realm }.
mail-email-changed-subject = تغيّر البريد الإلكتروني لحسابكم في { $realm }
mail-email-changed-lead = أصبح لحسابكم في { $realm } عنوان رئيسي آخر.
mail-email-removed-subject = حُذف بريد إلكتروني من حسابكم في { $realm }
mail-email-removed-lead = حُذف بريد إلكتروني من حسابكم في { $realm }.

# Ways to sign in
mail-factor-added-subject = طريقة جديدة لتسجيل الدخول إلى { $realm }
mail-factor-added-lead = أُضيفت طريقة لتسجيل الدخول إلى حسابكم في { $realm }.
mail-factor-removed-subject = أُزيلت طريقة لتسجيل الدخول إلى { $realm }
mail-factor-removed-lead = أُزيلت طريقة لتسجيل الدخول من حسابكم في { $realm }.
mail-recovery-code-used-subject = استُخدم رمز استرداد لتسجيل الدخول إلى { $realm }
mail-recovery-code-used-lead = سجّل أحدهم الدخول إلى حسابكم في { $realm } برمز استرداد.
mail-codes-left = الرموز المتبقية
mail-passkey-copied-subject = ربما نُسخ مفتاح مرور لحسابكم في { $realm }
mail-passkey-copied-lead = أجاب مفتاح مرور لحسابكم في { $realm } كما تجيب نسخة منه، فرُفض تسجيل الدخول.
mail-passkey-copied-advice = أزيلوا مفتاح المرور هذا وأضيفوا مفتاحًا جديدًا. وإذا كان جهازكم في يد غيركم فغيّروا كلمة المرور أيضًا وسجّلوا الخروج من كل مكان.
mail-security-key-copied-subject = ربما نُسخ مفتاح أمان لحسابكم في { $realm }
mail-security-key-copied-lead = أجاب مفتاح أمان لحسابكم في { $realm } كما تجيب نسخة منه. رُفض تسجيل الدخول.
mail-security-key-copied-advice = أزيلوا ذلك المفتاح وأضيفوا مفتاحًا جديدًا. من استخدمه كان يعرف كلمة مروركم: غيّروها وسجّلوا الخروج من كل مكان.
mail-identity-linked-subject = رُبط حساب بحسابكم في { $realm }
mail-identity-linked-lead = يمكنكم الآن تسجيل الدخول إلى { $realm } بحساب آخر.
mail-identity-unlinked-subject = فُصل حساب عن حسابكم في { $realm }
mail-identity-unlinked-lead = لم يعد أحد الحسابات يسجّل دخولكم إلى { $realm }.

# Deletion
mail-deletion-scheduled-subject = سيُحذف حسابكم في { $realm }
mail-deletion-scheduled-lead = سيُحذف حسابكم في { $realm }.
mail-deletion-scheduled-advice = حتى ذلك الحين يمكنكم تغيير رأيكم. بعدها لا يمكن استعادة أي شيء.
mail-deletion-scheduled-undo = الاحتفاظ بالحساب
mail-deletion-undone-subject = يبقى حسابكم في { $realm }
mail-deletion-undone-lead = لن يُحذف حسابكم في { $realm }.
mail-account-deleted-subject = حُذف حسابكم في { $realm }
mail-account-deleted-lead = حُذف حسابكم في { $realm } مع بياناته.
mail-account-deleted-advice = هذه آخر رسالة بشأن هذا الحساب.

# Data export
mail-export-ready-subject = بياناتكم في { $realm } جاهزة
mail-export-ready-lead = أرشيف بياناتكم في { $realm } جاهز.
mail-export-ready-days =
    { $days ->
        [zero] يمكنكم تنزيله اليوم. سجّلوا الدخول أولًا.
        [one] يمكنكم تنزيله خلال يوم واحد. سجّلوا الدخول أولًا.
        [two] يمكنكم تنزيله خلال يومين. سجّلوا الدخول أولًا.
        [few] يمكنكم تنزيله خلال { $days } أيام. سجّلوا الدخول أولًا.
        [many] يمكنكم تنزيله خلال { $days } يومًا. سجّلوا الدخول أولًا.
       *[other] يمكنكم تنزيله خلال { $days } يوم. سجّلوا الدخول أولًا.
    }
mail-export-ready-submit = تنزيل
mail-export-ready-note = يحتوي الأرشيف على بيانات شخصية. احفظوه في مكان آمن.

# Invitation
mail-invitation-to-sign-up-subject = أنتم مدعوون إلى { $realm }
mail-invitation-to-sign-up-lead = أنتم مدعوون إلى إنشاء حساب في { $realm }.
mail-invitation-to-sign-up-days =
    { $days ->
        [zero] الدعوة صالحة اليوم.
        [one] الدعوة صالحة لمدة يوم واحد.
        [two] الدعوة صالحة لمدة يومين.
        [few] الدعوة صالحة لمدة { $days } أيام.
        [many] الدعوة صالحة لمدة { $days } يومًا.
       *[other] الدعوة صالحة لمدة { $days } يوم.
    }
mail-invitation-to-sign-up-submit = إنشاء حساب
mail-invitation-to-sign-up-note = إذا لم تتوقعوا هذه الرسالة فتجاهلوها. لا يُنشأ أي حساب بدونكم.

# Text messages: short, no link
sms-sign-in-code =
    { $minutes ->
        [zero] { $code } هو رمزكم لتسجيل الدخول إلى { $realm }.
        [one] { $code } هو رمزكم لتسجيل الدخول إلى { $realm }. صالح لمدة دقيقة واحدة.
        [two] { $code } هو رمزكم لتسجيل الدخول إلى { $realm }. صالح لمدة دقيقتين.
        [few] { $code } هو رمزكم لتسجيل الدخول إلى { $realm }. صالح لمدة { $minutes } دقائق.
        [many] { $code } هو رمزكم لتسجيل الدخول إلى { $realm }. صالح لمدة { $minutes } دقيقة.
       *[other] { $code } هو رمزكم لتسجيل الدخول إلى { $realm }. صالح لمدة { $minutes } دقيقة.
    }
sms-verify-phone =
    { $minutes ->
        [zero] { $code } هو رمزكم لتأكيد هذا الرقم في { $realm }.
        [one] { $code } هو رمزكم لتأكيد هذا الرقم في { $realm }. صالح لمدة دقيقة واحدة.
        [two] { $code } هو رمزكم لتأكيد هذا الرقم في { $realm }. صالح لمدة دقيقتين.
        [few] { $code } هو رمزكم لتأكيد هذا الرقم في { $realm }. صالح لمدة { $minutes } دقائق.
        [many] { $code } هو رمزكم لتأكيد هذا الرقم في { $realm }. صالح لمدة { $minutes } دقيقة.
       *[other] { $code } هو رمزكم لتأكيد هذا الرقم في { $realm }. صالح لمدة { $minutes } دقيقة.
    }
sms-account-exists = لديكم حساب بالفعل في { $realm }. سجّلوا الدخول بهذا الرقم.

mail-mail-test-subject = رسالة اختبار من { $realm }
mail-mail-test-lead = إرسال البريد من { $realm } يعمل.
mail-mail-test-note = طلبت الإدارة هذه الرسالة. لا يلزمكم فعل أي شيء.
sms-test = الرسائل النصية من { $realm } تعمل. طلب أحد المسؤولين هذه الرسالة.

# أرقام الهاتف
mail-phone-added-subject = أُضيف رقم هاتف إلى حسابكم في { $realm }
mail-phone-added-lead = أُضيف رقم هاتف إلى حسابكم في { $realm }.
mail-phone-changed-subject = تغيّر الرقم الرئيسي لحسابكم في { $realm }
mail-phone-changed-lead = تُرسل رموز حسابكم في { $realm } الآن إلى رقم هاتف آخر.
mail-phone-removed-subject = حُذف رقم هاتف من حسابكم في { $realm }
mail-phone-removed-lead = حُذف رقم هاتف من حسابكم في { $realm }.
mail-number = الرقم
