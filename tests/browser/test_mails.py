"""Mails in a browser: readable in light and dark, nothing runs, nothing comes from elsewhere."""

from __future__ import annotations

import re

from django.core import mail
from playwright.sync_api import expect

from annotations.services import outbox
from annotations.services.letters import body_of
from annotations.services.posting import Message, post
from tests.browser import scenes
from tests.browser.test_accessibility import assert_fits

BASE = "http://testserver"
HOSTILE = (
    "<script>window.__pwn = 1</script><img src=http://fremd.example/x onerror=alert(1)>\n"
    "</blockquote><style>*{display:none}</style> &amp; <a href='javascript:alert(1)'>hier</a>"
)


def test_the_html_of_a_mail_is_harmless_and_its_foot_leads_to_the_wishes_of_a_guest(
    person, assert_accessible
):
    stage = scenes.open_stage()
    body = body_of(
        "disposition",
        "de",
        title=HOSTILE,
        outcome="Übernommen",
        reason=HOSTILE,
        url=BASE + stage.url,
    )
    post(Message("disposition", "gast@example.org", "Antwort", body, "de", BASE, HOSTILE))
    outbox.send_due()
    html, _kind = mail.outbox[-1].alternatives[0]

    reader = person(color_scheme="dark", viewport={"width": 320, "height": 640})
    asked: list[str] = []
    reader.on("request", lambda request: asked.append(request.url))
    reader.set_content(html)
    expect(reader.get_by_role("blockquote")).to_contain_text("window.__pwn")
    assert reader.evaluate("window.__pwn") is None
    assert asked == []
    assert_accessible(reader)
    assert_fits(reader)

    guest = person(java_script_enabled=False)
    path = re.search(r"https?://[^/\s]+(/\S*/annotations/mails/[^/\s]+/)\s", mail.outbox[-1].body)
    assert path is not None
    guest.goto(path[1])
    guest.get_by_label("Neues von dem, was ich abonniert habe").uncheck()
    guest.get_by_label("Einmal am Tag, alle in einer E-Mail").check()
    guest.get_by_role("button", name="Speichern").click()
    expect(guest.get_by_role("status").first).to_contain_text("Gespeichert")
    expect(guest.get_by_label("Neues von dem, was ich abonniert habe")).not_to_be_checked()
