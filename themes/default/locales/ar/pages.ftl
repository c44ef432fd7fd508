# نصوص الصفحات، بحسب الصفحات. مخاطبة رسمية بلا لوم.

# Every page
# The language's own name.
language-name = العربية
language-label = اللغة
skip-link = الانتقال إلى الجزء الرئيسي
nav-label = الأقسام
error-title-prefix = خطأ:
error-summary-title = تحققوا مما يلي وحاولوا مرة أخرى
footer-terms = الشروط
footer-privacy = الخصوصية
footer-help = المساعدة
lead-continue-to = للمتابعة إلى
app-terms = الشروط
app-privacy = إشعار الخصوصية
app-home = الموقع

# Identifier
identify-title = تسجيل الدخول
identify-label-email = البريد الإلكتروني
identify-label-username = اسم المستخدم
identify-label-phone = رقم الهاتف
identify-label-email-username = البريد الإلكتروني أو اسم المستخدم
identify-label-email-phone = البريد الإلكتروني أو رقم الهاتف
identify-label-username-phone = اسم المستخدم أو رقم الهاتف
identify-label-any = البريد الإلكتروني أو اسم المستخدم أو رقم الهاتف
identify-submit = متابعة
identify-required = أدخلوا ما تسجّلون به الدخول، مثل بريدكم الإلكتروني.
identify-malformed = لا يمكن أن يكون هذا حسابًا هنا. تحققوا من الكتابة.

# Password
password-title = أدخلوا كلمة المرور
password-label = كلمة المرور
password-show = إظهار
password-hide = إخفاء
password-not-you = لستم أنتم؟
password-submit = تسجيل الدخول
password-required = أدخلوا كلمة المرور.
password-wrong = كلمة المرور لا تطابق هذا الحساب. تحققوا منهما وحاولوا مرة أخرى.
password-too-long = هذه أطول مما يمكن أن تكون عليه كلمة المرور.
password-unexpected-account = يطلب التطبيق حسابًا آخر. اختاروا «لستم أنتم؟» لتسجيل الدخول به.

# Why somebody who is signed in is asked again
reason-step-up = يطلب التطبيق أن تؤكدوا أنكم أنتم.
reason-account = أكّدوا أنكم أنتم قبل تغيير أي شيء في حسابكم.

# Account chooser
choose-account-title = اختاروا حسابًا
choose-account-signed-in = تم تسجيل الدخول
choose-account-another = استخدام حساب آخر

# Consent
consent-title = يطلب { $app } الوصول إلى حسابكم
consent-verified = موثّق
consent-unverified = غير موثّق
consent-unverified-note = لم يتحقق أحد هنا من هذا التطبيق. اسمحوا له فقط إذا كنتم تثقون بوجهته.
consent-destination = الوجهة:
consent-scopes = سيكون بإمكانه
consent-always = (مطلوب دائمًا)
consent-no-scopes = معرفة أن لديكم حسابًا هنا
consent-remembered = نحتفظ بإجابتكم كي لا نسألكم مرة أخرى عن الوصول نفسه.
consent-accept = السماح
consent-deny = عدم السماح
consent-none-chosen = اختاروا نوعًا واحدًا من الوصول على الأقل، أو لا تسمحوا به.

# Scopes as sentences
scope-openid = معرفة هويتكم من خلال رقم حساب
scope-profile = رؤية اسمكم وملفكم الشخصي
scope-email = رؤية بريدكم الإلكتروني
scope-phone = رؤية رقم هاتفكم
scope-address = رؤية عنوانكم البريدي
scope-offline_access = الاحتفاظ بهذا الوصول أثناء غيابكم
scope-other = استخدام «{ $scope }»

# Slowed
slowed-title = محاولات كثيرة
slowed-retry-seconds =
    { $count ->
        [zero] يمكنكم المحاولة مرة أخرى الآن.
        [one] يمكنكم المحاولة مرة أخرى بعد ثانية واحدة.
        [two] يمكنكم المحاولة مرة أخرى بعد ثانيتين.
        [few] يمكنكم المحاولة مرة أخرى بعد { $count } ثوانٍ.
        [many] يمكنكم المحاولة مرة أخرى بعد { $count } ثانية.
       *[other] يمكنكم المحاولة مرة أخرى بعد { $count } ثانية.
    }
slowed-retry-minutes =
    { $count ->
        [zero] يمكنكم المحاولة مرة أخرى الآن.
        [one] يمكنكم المحاولة مرة أخرى بعد دقيقة واحدة.
        [two] يمكنكم المحاولة مرة أخرى بعد دقيقتين.
        [few] يمكنكم المحاولة مرة أخرى بعد { $count } دقائق.
        [many] يمكنكم المحاولة مرة أخرى بعد { $count } دقيقة.
       *[other] يمكنكم المحاولة مرة أخرى بعد { $count } دقيقة.
    }
slowed-disabled = أُوقف تسجيل الدخول بكلمة المرور هذه بعد محاولات كثيرة. اطلبوا المساعدة للحصول على كلمة جديدة.
slowed-network-seconds =
    { $count ->
        [zero] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى الآن.
        [one] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد ثانية واحدة.
        [two] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد ثانيتين.
        [few] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد { $count } ثوانٍ.
        [many] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد { $count } ثانية.
       *[other] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد { $count } ثانية.
    }
slowed-network-minutes =
    { $count ->
        [zero] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى الآن.
        [one] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد دقيقة واحدة.
        [two] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد دقيقتين.
        [few] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد { $count } دقائق.
        [many] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد { $count } دقيقة.
       *[other] جرت من شبكتكم عمليات تسجيل دخول كثيرة. يمكنكم المحاولة مرة أخرى بعد { $count } دقيقة.
    }
slowed-restart = البدء من جديد

# Sign out
confirm-logout-title = تسجيل الخروج؟
confirm-logout-app = يطلب { $app } تسجيل خروجكم.
confirm-logout-note = سيتعين عليكم تسجيل الدخول مرة أخرى لاستخدام تطبيقاتكم.
confirm-logout-confirm = تسجيل الخروج
confirm-logout-cancel = البقاء مسجّلين
signed-out-title = تم تسجيل خروجكم
signed-out-note = انتهت جلستكم في { $realm } في هذا المتصفح.
signed-out-back = العودة إلى { $app }
signed-out-again = تسجيل الدخول مرة أخرى

# Failed
failed-title = يتعذّر تسجيل دخولكم
failed-denied = لم تسمحوا بالوصول، لذلك لم تتم مشاركة أي شيء.
failed-account-inactive = لا يمكن استخدام هذا الحساب حاليًا. اطلبوا المساعدة إذا كنتم ترون أنه ينبغي أن يعمل.
failed-unmet = يطلب التطبيق نوعًا من تسجيل الدخول غير متاح هنا.
failed-leaving = سيُحذف هذا الحساب قريبًا. للاحتفاظ به، افتحوا حسابكم وسجّلوا الدخول ثم اختاروا الاحتفاظ به.
failed-leaving-open = فتح حسابي
failed-back = العودة إلى { $app }
failed-back-plain = العودة

# Continue
continue-title = جارٍ الانتقال إلى { $app }
continue-title-plain = جارٍ المتابعة
continue-note = إذا لم يحدث شيء فاستخدموا الزر.
continue-submit = متابعة

# Error
error-code = الرمز
error-reference = المرجع
error-time = الوقت
error-developer = للمطوّرين
error-start-again = البدء من جديد
error-back-to-sign-in = العودة إلى تسجيل الدخول

# Realm home
home-title = مرحبًا
home-signed-in = أنتم مسجّلون
home-signed-in-note = لهذا المتصفح جلسة في { $realm }.
home-signed-out-note = سجّلوا الدخول إلى حسابكم في { $realm }.
home-sign-in = تسجيل الدخول
home-sign-out = تسجيل الخروج
home-apps = تطبيقاتكم

# First operator
setup-title = إنشاء المشغّل الأول
setup-note = يدير المشغّل كل النطاقات في هذا التثبيت. يعمل هذا الرابط مرة واحدة.
setup-email = البريد الإلكتروني
setup-name = الاسم (اختياري)
setup-password = كلمة المرور
setup-password-hint =
    { $min ->
        [zero] بضع كلمات لا صلة بينها تكوّن كلمة مرور جيدة.
        [one] حرف واحد على الأقل. بضع كلمات لا صلة بينها تكوّن كلمة مرور جيدة.
        [two] حرفان على الأقل. بضع كلمات لا صلة بينها تكوّن كلمة مرور جيدة.
        [few] { $min } أحرف على الأقل. بضع كلمات لا صلة بينها تكوّن كلمة مرور جيدة.
        [many] { $min } حرفًا على الأقل. بضع كلمات لا صلة بينها تكوّن كلمة مرور جيدة.
       *[other] { $min } حرف على الأقل. بضع كلمات لا صلة بينها تكوّن كلمة مرور جيدة.
    }
setup-submit = إنشاء المشغّل
setup-done-title = المشغّل جاهز
setup-done-note = سجّلوا الدخول بالعنوان { $email } وكلمة المرور التي اخترتموها.
setup-done-sign-in = تسجيل الدخول
setup-email-invalid = أدخلوا بريدًا إلكترونيًا كاملًا، مثل ada@example.com.
setup-email-taken = يوجد مشغّل بهذا البريد الإلكتروني. استخدموا بريدًا آخر.
setup-name-invalid = يحتوي هذا الاسم على أحرف لا يمكن استخدامها.
setup-password-short = الحد الأدنى لعدد الأحرف: { $min }.
setup-password-long = الحد الأقصى لعدد الأحرف: { $max }.
setup-password-common = كثيرون يستخدمون كلمة المرور هذه. اختاروا كلمة لا تخطر إلا ببالكم.
setup-password-context = لا تكوّنوا كلمة المرور من اسمكم أو عنوانكم أو اسم هذه الخدمة.
