"""What hostile and careless people type: constant, so that a failure can be repeated."""

from __future__ import annotations

MARK = "__pwn"
"""Every script here would set it; wherever it stands in code, something ran."""

SCRIPTS = [
    "<script>window.__pwn=1</script>",
    "</script><script>window.__pwn=1</script>",
    "<img src=x onerror=window.__pwn=1>",
    "<svg/onload=window.__pwn=1>",
    '"><svg onload=window.__pwn=1>',
    "' autofocus onfocus=window.__pwn=1 x='",
    '" onmouseover="window.__pwn=1" x="',
    "</textarea><img src=x onerror=window.__pwn=1>",
    "</title><img src=x onerror=window.__pwn=1>",
    "<!--<img src='--><img src=x onerror=window.__pwn=1>'>",
    "<math><mtext><table><mglyph><style><img src=x onerror=window.__pwn=1>",
    "<iframe srcdoc='<script>parent.__pwn=1</script>'></iframe>",
    "<a href='javascript:window.__pwn=1'>hier</a>",
    "[hier](javascript:window.__pwn=1)",
    "<a href='java\tscript:window.__pwn=1'>hier</a>",
    "<a href='\x01javascript:window.__pwn=1'>hier</a>",
    "<form action='javascript:window.__pwn=1'><button>hier</button></form>",
    "<meta http-equiv=refresh content='0;url=javascript:window.__pwn=1'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/__pwn.css'>",
    "<object data='data:text/html,<script>parent.__pwn=1</script>'></object>",
    "<p style='background:url(https://evil.example/__pwn)'>x</p>",
    "<template><script>window.__pwn=1</script></template>",
    "<noscript><p title='</noscript><img src=x onerror=window.__pwn=1>'>",
    "＜script＞window.__pwn=1＜/script＞",
    "<scr\x00ipt>window.__pwn=1</scr\x00ipt>",
    "<plaintext>window.__pwn=1",
    "&lt;script&gt;window.__pwn=1&lt;/script&gt;",
    "&#60;img src=x onerror=window.__pwn=1&#62;",
]

NAUGHTY = [
    "{{ 7|add:7 }}{% debug %}{{ request.user.email }}",
    "{% load i18n %}{{ settings.SECRET_KEY }}",
    "${7*7} #{7*7} <%= 7*7 %>",
    "%(name)s %s %n %d {0} {name} {}",
    "\u202eTXET SIHT EVERSER\u202c und weiter",
    "\u2067\u2066rechts nach links",
    "עברית ואנגלית und العربية",
    "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢L̠ͨͧͩ͘G̴̻͈͍͔̹̑͗̎̅͛́Ǫ̵̹̻̝̳͂̌̌͘!͖̬̰̙̗̿̋ͥͥ̂ͣ̐́́͜͞",
    "👨‍👩‍👧‍👦 👩🏽‍💻 🇩🇪 \U0001f9d1\u200d\u2695\ufe0f",
    "\u200b\u200c\u200d\ufeff",
    "Null\x00byte und \x07Glocke \x1b[31mrot",
    "Zeile\u2028zwei\u2029drei\x85vier",
    "ﬁnden ½ № ℡ ﷽ ﷺ",
    "İstanbul ıi ǅ ß ẞ",
    "'; DROP TABLE synopse_annotations_annotation; --",
    "' OR 1=1 --",
    "../../../../etc/passwd",
    "=cmd|' /C calc'!A0",
    "-1 0 1/0 1e309 NaN Infinity 0x41 1_000 १२३",
    "true false null undefined None",
    "\ufdd0\ufffe\uffff",
]

HOSTILE = [*SCRIPTS, *NAUGHTY]

VALUES = ["-1", str(10**20), "9" * 5_000, "%00", "%ED%A0%80%5B%5D"]
"""Values of parameters in addresses, as they stand there."""
