# The page in a copy of somebody's data.
export-lead = تعرض هذه الصفحة ما كان محفوظًا عنكم وقت إنشاء النسخة.
export-programs = الملفات المرافقة التي تنتهي أسماؤها بـ ‎.json تحوي البيانات نفسها وكل ما عداها للبرامج.
export-proof = يُثبت الملف manifest.jws مصدر هذه النسخة وأن شيئًا فيها لم يتغير.
export-made = تاريخ الإنشاء
export-sections = أقسام هذه الصفحة
export-empty = لا شيء محفوظ هنا.
export-account = ما يُعرف به حسابكم.
export-number = رقم الحساب
export-created = تاريخ إنشاء الحساب
export-address = العنوان البريدي
export-yes = نعم
export-no = لا
export-more-values =
    { $count ->
        [zero] لا توجد قيم أخرى في account.json.
        [one] توجد قيمة واحدة تحفظها التطبيقات مع حسابكم في account.json فقط.
        [two] توجد قيمتان تحفظهما التطبيقات مع حسابكم في account.json فقط.
        [few] توجد { $count } قيم تحفظها التطبيقات مع حسابكم في account.json فقط.
        [many] توجد { $count } قيمة تحفظها التطبيقات مع حسابكم في account.json فقط.
       *[other] توجد { $count } قيمة تحفظها التطبيقات مع حسابكم في account.json فقط.
    }
export-factors = طرق تسجيل الدخول
export-factors-lead = ما تسجّلون به الدخول. أما كلمات المرور والرموز والمفاتيح نفسها فليست في أي نسخة.
export-kind = النوع
export-device = الجهاز
export-ip = عنوان IP
export-trusted-since = موثوق منذ
export-app = التطبيق
export-scopes = ما يمكنه فعله
export-own-app = أحد تطبيقات { $realm }، وهي لا تطلب إذنًا.
export-provider = الجهة
export-told = ما أبلغت به
export-subject = رقم الحساب لديها
export-email-verified = العنوان مؤكَّد لديها
export-what = ما حدث
export-more-entries =
    { $count ->
        [zero] لا توجد إدخالات تقنية أخرى في activity.json.
        [one] يوجد إدخال تقني واحد، مثل الرموز التي حصل عليها تطبيق، في activity.json فقط.
        [two] يوجد إدخالان تقنيان، مثل الرموز التي حصلت عليها التطبيقات، في activity.json فقط.
        [few] توجد { $count } إدخالات تقنية، مثل الرموز التي حصلت عليها التطبيقات، في activity.json فقط.
        [many] يوجد { $count } إدخالًا تقنيًا، مثل الرموز التي حصلت عليها التطبيقات، في activity.json فقط.
       *[other] يوجد { $count } إدخال تقني، مثل الرموز التي حصلت عليها التطبيقات، في activity.json فقط.
    }
