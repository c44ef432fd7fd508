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
account-done-session = تم تسجيل خروج ذلك الجهاز.
account-done-sessions = تم تسجيل خروجكم من كل مكان آخر.
account-gone-session = كان ذلك الجهاز قد سجّل خروجه من قبل.
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
