# نصوص تسجيل الدخول وإنشاء الحساب والاستعادة، بحسب الصفحات. مخاطبة رسمية بلا لوم.

# Ways to sign in, as buttons
method-password = استخدام كلمة المرور
method-email-code = إرسال رمز بالبريد الإلكتروني
method-phone-code = إرسال رمز برسالة نصية
method-passkey = استخدام مفتاح مرور
method-security-key = استخدام مفتاح الأمان
method-totp = استخدام تطبيق المصادقة
method-recovery-code = استخدام رمز استرداد
method-other = استخدام { $method }
ways-or = أو
ways-other = طرق أخرى
ways-last-used = آخر طريقة مستخدمة
ways-provider = المتابعة عبر { $provider }
ways-sign-up = إنشاء حساب
ways-sign-up-question = هل هذه زيارتكم الأولى؟
ways-recover = هل نسيتم كلمة المرور؟
ways-restart = استخدام حساب آخر

# Account named on a page
account-as = تسجيل الدخول باسم

# Codes: every kind
code-label = الرمز
code-submit = متابعة
code-resend = إرسال رمز جديد
code-required = أدخلوا الرمز.
code-wrong = لم يعمل هذا الرمز. تحققوا منه وحاولوا مرة أخرى.
code-expired = هذا الرمز قديم جدًا. اطلبوا رمزًا جديدًا.
code-too-many = محاولات كثيرة بهذا الرمز. اطلبوا رمزًا جديدًا.
code-attempts-left =
    { $count ->
        [zero] لم تبق أي محاولة بهذا الرمز
        [one] بقيت محاولة واحدة بهذا الرمز
        [two] بقيت محاولتان بهذا الرمز
        [few] بقيت { $count } محاولات بهذا الرمز
        [many] بقيت { $count } محاولة بهذا الرمز
       *[other] بقيت { $count } محاولة بهذا الرمز
    }
remember-device =
    { $days ->
        [zero] عدم السؤال على هذا الجهاز
        [one] عدم السؤال على هذا الجهاز لمدة يوم واحد
        [two] عدم السؤال على هذا الجهاز لمدة يومين
        [few] عدم السؤال على هذا الجهاز لمدة { $days } أيام
        [many] عدم السؤال على هذا الجهاز لمدة { $days } يومًا
       *[other] عدم السؤال على هذا الجهاز لمدة { $days } يوم
    }
remember-device-hint = ضعوا علامة فقط على جهاز لا يستعمله أحد غيركم. يمكنكم التراجع عن ذلك في حسابكم.
code-other-address = استخدام عنوان آخر

# Code by e-mail
email-code-title = تحققوا من بريدكم
email-code-lead = أرسلنا رمزًا إلى { $to }.
email-code-hint = الرمز صالح لمدة 10 دقائق. ابحثوا أيضًا في مجلد الرسائل غير المرغوب فيها.
email-code-hint-link = أدخلوا الرمز، أو افتحوا الرابط الوارد في الرسالة في هذا المتصفح. كلاهما صالح لمدة 10 دقائق.

# Code by text message
phone-code-title = تحققوا من هاتفكم
phone-code-lead = أرسلنا رمزًا برسالة نصية إلى { $to }.
phone-code-hint = الرمز صالح لمدة 10 دقائق.

# Authenticator app
totp-title = أدخلوا الرمز
totp-lead = افتحوا تطبيق المصادقة وأدخلوا الرمز الذي يعرضه.

# Recovery code
recovery-code-title = استخدام رمز استرداد
recovery-code-lead = أدخلوا أحد الرموز التي حفظتموها عند حماية هذا الحساب.
recovery-code-hint = كل رمز يعمل مرة واحدة.

# Verifying an address or a number
verify-email-title = أكّدوا عنوانكم
verify-phone-title = أكّدوا رقم هاتفكم

# Passkey
passkey-title = استخدموا مفتاح المرور
passkey-lead = يطلب جهازكم بصمة الإصبع أو الوجه أو قفل الشاشة.
passkey-submit = المتابعة بمفتاح المرور
passkey-sign-in = تسجيل الدخول بمفتاح مرور
passkey-waiting = تابعوا على جهازكم
passkey-unsupported = لا يدعم هذا المتصفح مفاتيح المرور. اختاروا طريقة أخرى أدناه.
passkey-noscript = تحتاج مفاتيح المرور إلى نصوص برمجية، وهي معطّلة في هذا المتصفح. كل الطرق الأخرى تعمل بدونها.
passkey-cancelled = لم يُستخدم أي مفتاح مرور. حاولوا مرة أخرى أو اختاروا طريقة أخرى.
passkey-not-created = لم يُنشأ أي مفتاح مرور. حاولوا مرة أخرى.
passkey-failed = لم يعمل مفتاح المرور هذا هنا. حاولوا مرة أخرى أو اختاروا طريقة أخرى.
passkey-exists = يوجد على هذا الجهاز مفتاح مرور لحسابكم.

# Security key
security-key-title = استخدموا مفتاح الأمان
security-key-lead = أدخلوا المفتاح في جهازكم أو قرّبوه منه، ثم المسوه.
security-key-submit = المتابعة بمفتاح الأمان
security-key-waiting = المسوا مفتاح الأمان
security-key-unsupported = لا يدعم هذا المتصفح مفاتيح الأمان. اختاروا طريقة أخرى.
security-key-noscript = تحتاج مفاتيح الأمان إلى نصوص برمجية، وهي معطّلة في هذا المتصفح. كل الطرق الأخرى تعمل بدونها.
security-key-cancelled = لم يُستخدم أي مفتاح أمان. حاولوا مرة أخرى أو اختاروا طريقة أخرى.
security-key-failed = لم يعمل مفتاح الأمان هذا هنا. حاولوا مرة أخرى أو اختاروا طريقة أخرى.
security-key-unknown = مفتاح الأمان هذا غير معروف هنا. إنه يخص حسابًا آخر، أو أُزيل من حسابكم.
security-key-exists = مفتاح الأمان هذا موجود في حسابكم.

# Link in an e-mail
confirm-link-title = إتمام تسجيل الدخول
confirm-link-lead = فتحتم الرابط الذي أرسلناه إليكم.
confirm-link-verify-title = أكّدوا عنوانكم
confirm-link-recover-title = اختيار كلمة مرور جديدة
confirm-link-recover-submit = متابعة
confirm-link-submit = تسجيل الدخول
confirm-link-verify-submit = تأكيد
confirm-link-not-you = إذا لم تطلبوا ذلك فأغلقوا هذه الصفحة. لن يحدث شيء.
show-code-title = أدخلوا هذا الرمز على جهازكم الآخر
show-code-lead = فتحتم الرابط في متصفح غير الذي بدأتم فيه.
show-code-hint =
    { $minutes ->
        [zero] أدخلوه في الصفحة التي بدأتم منها. تنتهي صلاحيته الآن.
        [one] أدخلوه في الصفحة التي بدأتم منها. وهو صالح لمدة دقيقة واحدة.
        [two] أدخلوه في الصفحة التي بدأتم منها. وهو صالح لمدة دقيقتين.
        [few] أدخلوه في الصفحة التي بدأتم منها. وهو صالح لمدة { $minutes } دقائق.
        [many] أدخلوه في الصفحة التي بدأتم منها. وهو صالح لمدة { $minutes } دقيقة.
       *[other] أدخلوه في الصفحة التي بدأتم منها. وهو صالح لمدة { $minutes } دقيقة.
    }
show-code-warning = لا تقرؤوا هذا الرمز لأي شخص.

# Choosing a method
choose-method-title = كيف تودّون المتابعة؟
choose-method-help = لا يمكنني استخدام أي منها

# Sign-up
sign-up-title = أنشئوا حسابكم
sign-up-one-contact = يكفي عنوان بريد أو رقم هاتف. املؤوا أحد الحقلين.
sign-up-not-invited = استخدموا العنوان الذي أُرسلت إليه دعوتكم.
sign-up-submit = إنشاء الحساب
sign-up-sign-in-question = هل لديكم حساب؟
sign-up-sign-in = تسجيل الدخول
sign-up-password = كلمة المرور
sign-up-password-optional = يمكنكم تركها فارغة وتسجيل الدخول برمز.
password-hint-length =
    { $min ->
        [zero] بضع كلمات عشوائية تكوّن كلمة مرور قوية.
        [one] حرف واحد على الأقل. بضع كلمات عشوائية تكوّن كلمة مرور قوية.
        [two] حرفان على الأقل. بضع كلمات عشوائية تكوّن كلمة مرور قوية.
        [few] { $min } أحرف على الأقل. بضع كلمات عشوائية تكوّن كلمة مرور قوية.
        [many] { $min } حرفًا على الأقل. بضع كلمات عشوائية تكوّن كلمة مرور قوية.
       *[other] { $min } حرف على الأقل. بضع كلمات عشوائية تكوّن كلمة مرور قوية.
    }
password-hint-leaks = تُرفض كلمات المرور المعروفة من التسريبات.
sign-up-terms = أوافق على:
sign-up-terms-required = وافقوا للمتابعة.
field-optional = (اختياري)
field-choose = اختيار…
field-required = هذه المعلومة مطلوبة.
field-invalid = لا يبدو هذا صحيحًا. تحققوا من الكتابة.
field-email = البريد الإلكتروني
field-username = اسم المستخدم
field-name = الاسم
field-given-name = الاسم الأول
field-family-name = اسم العائلة
field-birthdate = تاريخ الميلاد
field-middle-name = الاسم الأوسط
field-nickname = الكنية
field-preferred-username = اسم المستخدم المفضل
field-profile = صفحة الملف الشخصي
field-picture = عنوان صورة
field-website = الموقع الإلكتروني
field-gender = الجنس
field-zoneinfo = المنطقة الزمنية
sign-up-taken-username = اسم المستخدم هذا محجوز.
sign-up-domain = لا يمكن استخدام عناوين هذا المزوّد هنا. استخدموا عنوانًا آخر.

# What the profile lacks, at a later sign-in
complete-profile-title = أكملوا ملفكم الشخصي
complete-profile-lead = ما زالت بعض المعلومات ناقصة. يمكنكم تغييرها في حسابكم في أي وقت.
complete-profile-needed = بعض المعلومات مطلوبة قبل أن تتابعوا. يمكنكم تغييرها لاحقًا في حسابكم.
complete-profile-submit = حفظ ومتابعة
complete-profile-skip = ليس الآن

# Recovery
recover-title = إعادة تعيين كلمة المرور
recover-lead = أدخلوا ما تسجّلون به الدخول. سنرسل رمزًا إلى عنوان ذلك الحساب.
recover-submit = إرسال رمز
recover-back = العودة إلى تسجيل الدخول
recover-sent-title = تحققوا من بريدكم
recover-sent-lead = إذا كان هناك حساب باسم { $to } فقد أرسلنا إليه رمزًا.
new-password-title = اختاروا كلمة مرور جديدة
new-password-label = كلمة المرور الجديدة
new-password-submit = حفظ كلمة المرور
new-password-ends-sessions = يؤدي الحفظ إلى تسجيل خروجكم من كل مكان آخر.

# Setting up a second step
choose-enrolment-title = احموا حسابكم
choose-enrolment-required = يحتاج هذا الحساب إلى خطوة ثانية عند تسجيل الدخول.
choose-enrolment-recommended = موصى به
enrol-passkey-button = إنشاء مفتاح مرور
enrol-passkey-note = بصمة الإصبع أو الوجه أو قفل الشاشة. لا حاجة إلى كتابة شيء.
enrol-security-key-button = إضافة مفتاح أمان
enrol-security-key-note = مفتاح تُدخلونه في جهازكم أو تقرّبونه منه، ثم تلمسونه.
enrol-security-key-title = أضيفوا مفتاح أمان
enrol-security-key-lead = من الآن فصاعدًا يُطلب منكم لمسه أيضًا عند تسجيل الدخول.
enrol-security-key-submit = إضافة مفتاح الأمان
enrol-security-key-point-spare = يمكنكم إضافة مفتاح ثانٍ لاحقًا تحسّبًا لفقدان هذا المفتاح
enrol-totp-button = إعداد تطبيق مصادقة
enrol-totp-note = ستة أرقام من تطبيق على هاتفكم.
enrol-phone-button = إضافة رقم هاتف
enrol-phone-note = رمز برسالة نصية. أقل أمانًا من الطرق الأخرى.
enrol-totp-title = أعدّوا تطبيق المصادقة
enrol-totp-scan = امسحوا هذه الصورة بالتطبيق.
enrol-totp-qr = رمز QR لتطبيق المصادقة
enrol-totp-manual = هل يتعذّر المسح؟
enrol-totp-key = أدخلوا هذا المفتاح في التطبيق
enrol-totp-open = فتح تطبيق على هذا الجهاز
enrol-totp-code = أدخلوا الرمز الذي يعرضه التطبيق.
enrol-totp-submit = تأكيد
enrol-totp-wrong = لم يعمل هذا الرمز. تحققوا من ضبط ساعة هاتفكم.
enrol-passkey-title = أنشئوا مفتاح مرور
enrol-passkey-lead = في المرة القادمة تسجّلون الدخول ببصمة الإصبع أو الوجه أو قفل الشاشة.
enrol-passkey-submit = إنشاء مفتاح مرور
enrol-passkey-point-fast = لا شيء لتتذكروه ولا شيء لتكتبوه
enrol-passkey-point-safe = يعمل هنا فقط، لذلك لا يمكن التصيّد به
enrol-passkey-point-local = بصمتكم أو وجهكم لا يغادر جهازكم أبدًا
recovery-codes-title = احفظوا رموز الاسترداد
recovery-codes-lead = إذا فقدتم جهازكم فكل رمز من هذه الرموز يُدخلكم مرة واحدة.
recovery-codes-store = احفظوها مع أوراقكم المهمة، لا في بريدكم.
recovery-codes-download = تنزيل
recovery-codes-copy = نسخ
recovery-codes-copied = تم النسخ
recovery-codes-file = recovery-codes.txt
recovery-codes-saved = حفظت هذه الرموز
recovery-codes-saved-required = احفظوا الرموز أولًا ثم ضعوا علامة في المربع.
recovery-codes-submit = متابعة

# Connecting an account of a provider
link-account-title = لديكم حساب هنا
link-account-lead = أثبتوا أنه لكم، وعندها يمكنكم تسجيل الدخول عبر { $provider } من الآن فصاعدًا.
link-account-here = حسابكم هنا
link-account-password = كلمة مرور حسابكم هنا
link-account-submit = ربط ومتابعة
link-account-prove = أثبتوا أنه لكم
sign-up-connects = في المرة القادمة يمكنكم تسجيل الدخول عبر { $provider }.

# What the flow refuses
password-too-short = هذه قصيرة جدًا. استخدموا أحرفًا أكثر؛ بضع كلمات عشوائية يسهل تذكّرها.
password-common = كثيرون يستخدمون كلمة المرور هذه. اختاروا كلمة لا تخطر إلا ببالكم.
password-context = لا تكوّنوا كلمة المرور من اسمكم أو عنوانكم أو اسم هذه الخدمة.
sign-up-already-registered = يوجد حساب بهذا العنوان. عودوا وسجّلوا الدخول.

# Passkey
passkey-expired = استغرق ذلك وقتًا طويلًا. حاولوا مرة أخرى.
passkey-unknown = مفتاح المرور هذا غير معروف هنا. إنه يخص موقعًا آخر، أو أُزيل من حسابكم.

# Setting up a second step
offer-passkey-title = سجّلوا الدخول أسرع في المرة القادمة
offer-passkey-skip = ليس الآن

## رقم يُضاف، ورقم يُطلب له رمز.
phone-label = رقم الهاتف
phone-hint = مع رمز البلد، مثل { $example }.
phone-send = إرسال رمز برسالة نصية
phone-required = أدخلوا رقم هاتفكم.
phone-malformed = لا يبدو هذا رقم هاتف. اكتبوه مع رمز البلد.
phone-country = لا نرسل رسائل نصية إلى أرقام هذا البلد. استخدموا رقمًا آخر أو طريقة أخرى.
phone-unavailable = لا يمكننا الآن إرسال رسالة نصية إلى هذا الرقم. استخدموا طريقة أخرى.
phone-taken = هذا الرقم يخص حسابًا آخر.
phone-code-lead-account = إن كان للحساب { $to } رقم هاتف، فقد أرسلنا إليه رمزًا برسالة نصية.
enrol-phone-risk = قد تقع الرسائل النصية في أيدي آخرين، مثلًا إذا استولى أحد على رقمكم. التطبيق أو مفتاح المرور أكثر أمانًا.
phone-other = استخدام رقم آخر
