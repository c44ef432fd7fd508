# حساب الشخص.
home-manage = إدارة حسابكم
account-nav = أقسام حسابكم
account-title = حسابكم
account-lead = اطّلعوا على ما يحمي حسابكم في { $realm } وأين يُستخدم.
account-check-up = فحص الأمان
account-open-app = فتح
account-cancel = إلغاء
account-back = العودة إلى حسابكم
account-section-home = نظرة عامة
account-section-security = الأمان
account-section-sessions = الأجهزة
account-section-apps = التطبيقات المتصلة
account-check-password = لديكم كلمة مرور.
account-check-no-password = تسجّلون الدخول بدون كلمة مرور.
account-check-second = تحمي خطوة ثانية تسجيل دخولكم.
account-check-no-second = لا تحمي خطوة ثانية تسجيل دخولكم بعد.
account-check-devices-one = أنتم مسجّلون على هذا الجهاز فقط.
account-check-devices =
    { $count ->
        [zero] لستم مسجّلين على أي جهاز.
        [one] أنتم مسجّلون على جهاز واحد.
        [two] أنتم مسجّلون على جهازين.
        [few] أنتم مسجّلون على { $count } أجهزة.
        [many] أنتم مسجّلون على { $count } جهازًا.
       *[other] أنتم مسجّلون على { $count } جهاز.
    }
account-check-see = عرض
account-check-change = تغيير
account-security = الأمان
account-security-lead = ما تسجّلون به الدخول وما يحميه.
account-card-password = كلمة المرور
account-card-password-since = آخر تغيير
account-card-password-none = غير محددة
account-card-change = تغيير
account-card-set = تحديد كلمة مرور
account-card-sessions = الأجهزة
account-card-sessions-text = أين أنتم مسجّلون الآن
account-card-see = عرض
account-password = كلمة المرور
account-password-lead = يُسجَّل خروج كل الأجهزة والتطبيقات الأخرى، ويصلكم إشعار بالبريد الإلكتروني.
account-password-new = كلمة المرور الجديدة
account-password-change = تغيير كلمة المرور
account-password-set = تحديد كلمة المرور
account-password-none = لا تستخدم هذه الخدمة كلمات مرور. تسجّلون الدخول بطريقة أخرى.
account-done-password = تم تغيير كلمة مروركم وتسجيل خروج كل الأجهزة الأخرى.
account-sessions = الأجهزة
account-sessions-lead = المتصفحات والأجهزة المسجّلة في حسابكم.
account-session-this = هذا الجهاز
account-session-last = آخر استخدام
account-session-since = مسجّل منذ
account-session-apps = تستخدمه
account-session-end = تسجيل الخروج
account-session-end-others = تسجيل الخروج من كل مكان آخر
account-trusted = المتصفحات الموثوقة
account-trusted-lead = لا تُطلب فيها خطوة ثانية عند تسجيل الدخول. وينتهي ذلك عند تغيير كلمة المرور.
account-trusted-until = تُطلب مجددًا بدءًا من
account-trusted-forget = طلبها مجددًا
account-done-session = تم تسجيل خروج ذلك الجهاز.
account-done-sessions = تم تسجيل خروجكم من كل مكان آخر.
account-gone-session = كان ذلك الجهاز قد سجّل خروجه من قبل.
account-done-forgotten = ستُطلب فيه خطوة ثانية من جديد.
account-gone-device = لم يعد ذلك المتصفح موثوقًا.
device-both = { $browser } على { $system }
device-browser = { $browser }
device-system = { $system }
device-unknown = جهاز غير معروف
account-apps = التطبيقات المتصلة
account-apps-lead = التطبيقات التي يمكنها استخدام حسابكم.
account-apps-others = تطبيقات جهات أخرى
account-apps-own = تطبيقات { $realm }
account-apps-none = لا يملك أي تطبيق وصولًا إلى حسابكم.
account-app-since = الوصول منذ
account-app-used = آخر استخدام
account-app-withdraw = إزالة الوصول
account-done-app = أُزيل الوصول. قد يحتفظ التطبيق ببيانات نسخها من قبل.
account-gone-app = لم يعد لذلك التطبيق أي وصول.

account-card-passkeys = مفاتيح المرور
account-card-passkeys-none = لا يوجد أي مفتاح بعد
account-card-passkeys-one = مفتاح مرور واحد
account-card-passkeys-count =
    { $count ->
        [zero] لا توجد مفاتيح مرور
        [one] مفتاح مرور واحد
        [two] مفتاحا مرور
        [few] { $count } مفاتيح مرور
        [many] { $count } مفتاح مرور
       *[other] { $count } مفتاح مرور
    }
account-passkeys = مفاتيح المرور
account-passkeys-lead = سجّلوا الدخول ببصمة الإصبع أو الوجه أو قفل الشاشة. لا شيء لتتذكروه.
account-passkeys-none = ليس لديكم مفتاح مرور بعد.
account-passkey-unnamed = مفتاح مرور
account-passkey-synced = على عدة أجهزة
account-passkey-since = تاريخ الإضافة
account-passkey-used = آخر استخدام
account-passkey-label = اسم مفتاح المرور هذا
account-passkey-rename = تغيير الاسم
account-passkey-remove = إزالة
account-passkey-add = إضافة مفتاح مرور
account-passkey-last = هذه آخر طريقة للدخول إلى حسابكم. أضيفوا طريقة أخرى أولًا.
account-passkey-label-invalid = الحد الأقصى للاسم 60 حرفًا.
account-done-passkey-renamed = أصبح لمفتاح المرور اسمه الجديد.
account-done-passkey-removed = أُزيل مفتاح المرور. يمكنكم حذفه من جهازكم أيضًا.
account-gone-passkey = كان مفتاح المرور ذلك قد أُزيل من قبل.
account-save = حفظ
account-remove = إزالة
account-section-profile = الملف الشخصي
account-section-emails = عناوين البريد الإلكتروني
account-section-activity = النشاط
account-profile = الملف الشخصي
account-profile-lead = ما يمكن أن تراه عنكم التطبيقات التي تسمحون لها.
account-profile-managed = تديرها الخدمة نيابةً عنكم
account-language = اللغة
account-done-profile = تم حفظ ملفكم الشخصي.
account-emails = عناوين البريد الإلكتروني
account-emails-lead = تصل الرسائل المتعلقة بحسابكم إلى العنوان الرئيسي، وتصل تنبيهات الأمان إلى كل عنوان مؤكَّد. ويمكنكم تسجيل الدخول بالعناوين المؤكَّدة.
account-emails-none = لا يوجد أي عنوان بعد.
account-email-primary = العنوان الرئيسي
account-email-verified = مؤكَّد
account-email-not-verified = غير مؤكَّد
account-email-verify = تأكيد
account-email-make-primary = جعله العنوان الرئيسي
account-email-new = العنوان الجديد
account-email-new-hint = نرسل إليه رمزًا للتحقق من أنه لكم.
account-email-add = إضافة عنوان
account-email-confirm = أكّدوا عنوانكم
account-email-confirm-lead = أدخلوا الرمز الذي أرسلناه إلى
account-email-confirm-submit = تأكيد العنوان
account-email-over = لم يعد هذا الرمز صالحًا. اطلبوا رمزًا جديدًا.
account-email-again = إرسال رمز جديد
account-email-yours = هذا العنوان لكم من قبل.
account-email-too-many = بلغتم الحد الأقصى لعدد العناوين. أزيلوا عنوانًا أولًا.
account-email-unproven = أكّدوا هذا العنوان أولًا.
account-email-main = لا يُزال العنوان الرئيسي. اجعلوا عنوانًا آخر رئيسيًا أولًا.
account-email-taken = هذا العنوان يخص حسابًا آخر.
account-done-email-added = تم تأكيد العنوان. يمكنكم جعله العنوان الرئيسي.
account-done-email-primary = تصل الرسائل الآن إلى عنوانكم الرئيسي الجديد.
account-done-email-removed = أُزيل العنوان.
account-authenticators = تطبيقات المصادقة
account-authenticators-lead = تطبيق على هاتفكم يعرض رمزًا للخطوة الثانية.
account-authenticators-none = لا يحمي حسابكم أي تطبيق مصادقة بعد.
account-authenticator-add = إضافة تطبيق مصادقة
account-authenticator-unnamed = تطبيق مصادقة
account-authenticator-confirm = إضافة هذا التطبيق
account-factor-since = تاريخ الإضافة
account-factor-rename = تغيير الاسم
account-factor-label = الاسم
account-factor-last = تطلب هذه الخدمة خطوة ثانية. أضيفوا خطوة أخرى قبل إزالة الأخيرة.
account-factor-too-many = بلغتم الحد الأقصى للعدد. أزيلوا واحدًا أولًا.
account-factor-over = استغرق ذلك وقتًا طويلًا. ابدؤوا من جديد لإضافة تطبيق.
account-done-factor-added = أُضيف تطبيق المصادقة.
account-done-factor-renamed = تم حفظ الاسم.
account-done-factor-removed = أُزيل تطبيق المصادقة.
account-codes = رموز الاسترداد
account-codes-lead = إذا فقدتم هاتفكم فكل رمز يُدخلكم مرة واحدة.
account-codes-none = ليست لديكم رموز استرداد.
account-codes-left =
    { $count ->
        [zero] لم يبق أي رمز
        [one] بقي رمز واحد
        [two] بقي رمزان
        [few] بقيت { $count } رموز
        [many] بقي { $count } رمزًا
       *[other] بقي { $count } رمز
    }
account-codes-since = تاريخ الإنشاء
account-codes-make = إنشاء رموز
account-codes-renew = إنشاء رموز جديدة
account-codes-renew-note = تحل الرموز الجديدة محل القديمة، فلا تعود القديمة صالحة.
account-done-codes = أصبحت رموز الاسترداد الجديدة قيد الاستخدام.
account-linked = حسابات الدخول المرتبطة
account-linked-lead = حسابات لدى جهات أخرى يمكنكم تسجيل الدخول بها.
account-linked-none = لا يوجد حساب مرتبط لدى جهة أخرى.
account-linked-since = تاريخ الربط
account-linked-last = هذه آخر طريقة لديكم للدخول. حدّدوا كلمة مرور أولًا.
account-linked-others = يمكنكم أيضًا ربط
account-linked-link = ربط
account-linked-unlink = فصل
account-done-linked = تم ربط الحساب. يمكنكم تسجيل الدخول به.
account-done-unlinked = تم فصل الحساب.
account-activity = النشاط
account-activity-lead = ما حدث في حسابكم، الأحدث أولًا.
account-activity-none = لا شيء في هذه الفترة.
account-activity-older = إدخالات أقدم
account-not-me-title = هل هنا شيء لم تقوموا به؟
account-not-me-note = يُسجَّل خروج كل الأجهزة والتطبيقات الأخرى، ثم تختارون كلمة مرور جديدة.
account-not-me = حماية حسابي
account-done-secured = تم تسجيل خروج كل الأجهزة والتطبيقات الأخرى. اختاروا الآن كلمة مرور جديدة.
account-card-authenticators = تطبيقات المصادقة
account-card-authenticators-none = لم يُضف أي تطبيق
account-card-authenticators-text =
    { $count ->
        [zero] لم يُضف أي تطبيق
        [one] أُضيف تطبيق واحد
        [two] أُضيف تطبيقان
        [few] أُضيفت { $count } تطبيقات
        [many] أُضيف { $count } تطبيقًا
       *[other] أُضيف { $count } تطبيق
    }
account-card-codes = رموز الاسترداد
account-card-linked = حسابات الدخول المرتبطة
account-card-linked-text = حسابات لدى جهات أخرى تسجّلون بها الدخول
account-card-add = إضافة
activity-signed-in = سجّلتم الدخول.
activity-signed-in-to = سجّلتم الدخول إلى { $app }.
activity-sign-in-failed = فشلت محاولة تسجيل دخول.
activity-created = أُنشئ حسابكم.
activity-emails = تغيّرت عناوينكم.
activity-phones = تغيّرت أرقام هواتفكم.
activity-profile = تغيّر ملفكم الشخصي.
activity-suspended = عُلّق حسابكم.
activity-deletion-scheduled = سيُحذف حسابكم.
activity-active = عاد حسابكم نشطًا.
activity-signed-out = تم تسجيل خروج جهاز.
activity-consent-given = سمحتم للتطبيق { $app } باستخدام حسابكم.
activity-consent-denied = لم تسمحوا للتطبيق { $app } بالوصول.
activity-consent-withdrawn = أُزيل وصول التطبيق { $app }.
activity-password-set = تم تحديد كلمة مرور.
activity-password-changed = تم تغيير كلمة مروركم.
activity-password-removed = أُزيلت كلمة مروركم.
activity-totp-added = أُضيف تطبيق مصادقة.
activity-totp-removed = أُزيل تطبيق مصادقة.
activity-totp-renamed = تم تغيير اسم تطبيق مصادقة.
activity-codes-made = أُنشئت رموز استرداد.
activity-codes-removed = أُزيلت رموز الاسترداد.
activity-passkey-added = أُضيف مفتاح مرور.
activity-passkey-removed = أُزيل مفتاح مرور.
activity-passkey-renamed = تم تغيير اسم مفتاح مرور.
activity-clone = بدا مفتاح مرور منسوخًا فرُفض.
activity-trusted = وُثق بمتصفح: لا تُطلب فيه خطوة ثانية لبعض الوقت.
activity-forgotten = لم يعد أحد المتصفحات موثوقًا.
activity-linked = رُبط حساب لدى جهة أخرى.
activity-unlinked = فُصل حساب لدى جهة أخرى.
activity-by-admin = من قِبل الإدارة
activity-by-app = من قِبل { $app }
activity-by-system = من قِبل الخدمة
account-section-privacy = بياناتكم
account-privacy = بياناتكم
account-privacy-lead = ما يُحفظ عنكم، وكيف تغادرون.
account-delete = حذف حسابكم
account-delete-off = لا تحذف هذه الخدمة الحسابات إلا عند الطلب. تواصلوا مع من يديرها.
account-delete-what = يُمحى ملفكم الشخصي وعناوينكم وطرق تسجيل الدخول وحسابات الدخول المرتبطة.
account-delete-apps = تفقد كل التطبيقات وصولها. أما البيانات التي تحتفظ بها التطبيقات نفسها فتبقى لديها.
account-delete-log = يبقى سجل الأمان مدة من الزمن، وفيه رقم حسابكم دون اسمكم.
account-delete-grace =
    { $days ->
        [zero] يُسجَّل خروجكم من كل مكان الآن. لا توجد مهلة للاحتفاظ بالحساب.
        [one] يُسجَّل خروجكم من كل مكان الآن. يمكنكم لمدة يوم واحد تسجيل الدخول والاحتفاظ بالحساب.
        [two] يُسجَّل خروجكم من كل مكان الآن. يمكنكم لمدة يومين تسجيل الدخول والاحتفاظ بالحساب.
        [few] يُسجَّل خروجكم من كل مكان الآن. يمكنكم لمدة { $days } أيام تسجيل الدخول والاحتفاظ بالحساب.
        [many] يُسجَّل خروجكم من كل مكان الآن. يمكنكم لمدة { $days } يومًا تسجيل الدخول والاحتفاظ بالحساب.
       *[other] يُسجَّل خروجكم من كل مكان الآن. يمكنكم لمدة { $days } يوم تسجيل الدخول والاحتفاظ بالحساب.
    }
account-delete-submit = حذف حسابي
account-delete-confirm = نعم، احذفوا حسابي وكل ما فيه
account-delete-unconfirmed = ضعوا علامة في المربع إذا كنتم تريدون حذف حسابكم فعلًا.
account-delete-prove = متابعة
account-leaving = سيُحذف حسابكم
account-leaving-date = يُحذف في
account-leaving-keep = الاحتفاظ بحسابي
account-leaving-note = إذا غيّرتم رأيكم فسجّلوا الدخول قبل ذلك اليوم، ثم اختاروا «الاحتفاظ بحسابي».
account-leaving-sign-in = تسجيل الدخول للاحتفاظ به
account-done-kept = يبقى حسابكم. يمكنكم استخدامه كما في السابق.
account-export = نسخة من بياناتكم
account-export-note = أرشيف بكل ما يُحفظ عنكم: ملفات للبرامج وصفحة للقراءة وتوقيع يُثبت مصدره.
account-export-submit = تجهيز نسخة
account-export-making = قيد التجهيز: { $percent } %
account-export-mail = تصلكم رسالة بريد عندما تصبح جاهزة.
account-export-again = تحديث الصفحة
account-export-ready = جاهزة: { $kilobytes } كيلوبايت
account-export-until = للتنزيل حتى { $day }
account-export-download = تنزيل
account-done-export = يجري تجهيز نسختكم. تبقى هنا لمدة أسبوع.
activity-export-requested = طلبتم نسخة من بياناتكم.
activity-export-ready = أصبحت نسخة بياناتكم جاهزة.
activity-exported = تم تنزيل نسخة من بياناتكم.

## أرقام الهاتف
account-section-phones = أرقام الهاتف
account-phones = أرقام الهاتف
account-phones-lead = تُرسل الرموز النصية إلى الرقم الرئيسي.
account-phones-sign-in = يمكن لهذا الرمز أن يسجّل دخولكم.
account-phones-second = ويمكن أن يكون الخطوة الثانية لتسجيل الدخول.
account-phones-none = لا يوجد رقم بعد.
account-phone-primary = الرقم الرئيسي
account-phone-add = إضافة رقم
account-phone-confirm = أكّدوا رقمكم
account-phone-confirm-lead = أدخلوا الرمز الذي أُرسل إلى
account-phone-confirm-submit = تأكيد الرقم
account-phone-yours = هذا الرقم لكم بالفعل.
account-phone-too-many = لديكم أكبر عدد ممكن من الأرقام. احذفوا واحدًا أولًا.
account-phone-unproven = أكّدوا هذا الرقم أولًا.
account-phone-main = يبقى الرقم الرئيسي. اجعلوا رقمًا آخر رئيسيًا أولًا.
account-phone-last-factor = هذا الرقم هو خطوتكم الثانية الوحيدة، وهي مطلوبة هنا. أضيفوا طريقة أخرى أولًا.
account-phone-last-way-in = لا شيء آخر يسجّل دخولكم. أضيفوا طريقة أخرى أولًا.
account-done-phone-added = تم تأكيد الرقم.
account-done-phone-primary = تُرسل الرموز الآن إلى رقمكم الرئيسي الجديد.
account-done-phone-removed = حُذف الرقم.

## Security keys
account-card-security-keys = مفاتيح الأمان
account-card-security-keys-none = لم يُضف أي مفتاح
account-card-security-keys-count =
    { $count ->
        [zero] لم يُضف أي مفتاح
        [one] أُضيف مفتاح واحد
        [two] أُضيف مفتاحان
        [few] أُضيفت { $count } مفاتيح
        [many] أُضيف { $count } مفتاحًا
       *[other] أُضيف { $count } مفتاح
    }
account-security-keys-lead = مفاتيح تُدخلونها في جهازكم أو تقرّبونها منه، وتلمسونها كخطوة ثانية.
account-security-keys-none = لا يحمي حسابكم أي مفتاح أمان بعد.
account-security-key-lead = أبقوا المفتاح في متناول يدكم. يخبركم متصفحكم متى تلمسونه.
account-security-key-too-many = بلغتم الحد الأقصى لعدد المفاتيح. أزيلوا مفتاحًا أولًا.
account-security-key-over = استغرق ذلك وقتًا طويلًا. ابدؤوا من جديد لإضافة مفتاح.
account-done-security-key-added = أُضيف مفتاح الأمان. أضيفوا مفتاحًا ثانيًا تحسّبًا لفقدان هذا المفتاح.
account-done-security-key-removed = أُزيل مفتاح الأمان. لم يعد صالحًا لتسجيل الدخول.
activity-security-key-added = أُضيف مفتاح أمان.
activity-security-key-removed = أُزيل مفتاح أمان.
activity-security-key-renamed = تغيّر اسم مفتاح أمان.
activity-security-key-clone = بدا أن مفتاح أمان منسوخ، فرُفض.
