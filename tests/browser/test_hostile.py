"""Words that want to run stay words in Chromium (S1)."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.urls import reverse
from django.utils import timezone

from annotations.models import Annotation
from annotations.services.submitting import submit_annotation, submit_reply
from annotations.services.subscribing import Topic, follow_topic
from tests.browser.conftest import sign_in
from tests.browser.snapshots import made_once
from tests.factories import make_draft, make_process, publish
from tests.factories.annotations import dispose, passage
from tests.factories.vectors import NAUGHTY, SCRIPTS
from tests.factories.world import build_world
from versioning.services.windows import change_window

PASSWORD = "geheim-123"


@pytest.fixture
def hostile(strategy_site):
    return hostile_world()


@made_once
def hostile_world():
    """Return a version whose text, annotations, names and answers are all hostile."""
    world = build_world()
    texts = [f"<p>{vector}</p>" for vector in SCRIPTS if "plaintext" not in vector]
    words = [f"<p>{vector.replace('<', '&lt;')}</p>" for vector in SCRIPTS]
    process = make_process(title=SCRIPTS[2], parent=world.process.get_parent())
    draft = make_draft(title=SCRIPTS[0], html=[*texts, *words], process=process)
    window = {"closes": timezone.now() + timedelta(days=7)}
    publish(draft, label=SCRIPTS[2], **window)
    version = publish(
        draft, html=[*words, *reversed(texts), "<p>Neu</p>"], label=SCRIPTS[4],
        summary=" ".join(SCRIPTS[:5]), **window,
    )  # fmt: skip
    made = [_annotation(world, version, number) for number in range(0, len(SCRIPTS), 4)]
    answered = dispose(*made[:2], actor=world.users["editor"], outcome="not_adopted",
                       reason=" ".join(SCRIPTS))  # fmt: skip
    type(answered).objects.filter(pk=answered.pk).update(public_at=timezone.now())
    change_window(
        version=version, opens=None, closes=timezone.now() + timedelta(days=9),
        reason=" ".join(SCRIPTS), actor=world.users["editor"],
    )  # fmt: skip
    return world, version, made


def _annotation(world, version, number: int) -> Annotation:
    some = [*SCRIPTS, *NAUGHTY][number : number + 4]
    arguments = {"user": world.users["citizen"], "base_url": "http://testserver"}
    made = submit_annotation(
        version=version, passage=passage(version, number), body=" ".join(some),
        proposed=" ".join(reversed(some)), idempotency_key=f"a{number}", **arguments,
    )  # fmt: skip
    submit_reply(parent=made, body=some[0], idempotency_key=f"r{number}", **arguments)
    name = some[0][:50].replace("\x00", "")
    Annotation.objects.filter(root=made).update(user_name=name)
    Annotation.objects.filter(pk=made.pk).update(user_name=name)
    return made


@pytest.fixture
def reader(person):
    """Return a window that notes every dialog that a script would open."""
    page = person()
    page.on("dialog", lambda dialog: pytest.fail(f"a dialog opened: {dialog.message}"))
    return page


def assert_nothing_ran(page, url: str) -> None:
    assert page.evaluate("window.__pwn") is None, url


def test_hostile_words_do_not_run_on_any_public_page(reader, hostile):
    _world, version, made = hostile
    comparison = reverse("versioning:comparison", args=[version.page_id, 1, 2])
    listing = reverse("annotations:list", args=[version.page_id])
    urls = [
        "/de/",
        version.page.get_parent().get_url(),
        version.page.get_url(),
        version.get_absolute_url(),
        reverse("versioning:versions", args=[version.page_id]),
        f"{comparison}?show=all",
        f"{comparison}?view=inline&show=all",
        *(one.get_absolute_url() for one in made[:4]),
        reverse("annotations:reply", args=[made[0].uuid]),
        reverse("annotations:passage", args=[version.page_id, 2, made[0].passage.uid]),
        reverse("annotations:support", args=[made[2].uuid]),
        reverse("annotations:follow_thread", args=[made[2].uuid]),
        reverse("annotations:follow_document", args=[version.page_id]),
        *(f"{listing}?{urlencode({'q': one, 'order': one})}" for one in (*SCRIPTS[:4], "script")),
    ]
    for url in urls:
        reader.goto(url)
        reader.wait_for_load_state("load")
        assert_nothing_ran(reader, url)
        for link in reader.locator("main a").evaluate_all("all => all.map(a => a.protocol)"):
            assert link in {"http:", "https:", "mailto:"}, url
    sign_in(reader, "citizen", PASSWORD)
    reader.goto(version.page.get_url())
    reader.locator("a.syn-passage__button:visible").first.click()
    body = reader.locator("textarea[name=body]").first
    body.fill(" ".join(SCRIPTS[:8]))
    body.press("Tab")
    reader.reload()
    reader.locator("a.syn-passage__button:visible").first.click()
    body = reader.locator("textarea[name=body]").first
    body.fill(" ".join(SCRIPTS[:8]))
    sent = Annotation.objects.count()
    with reader.expect_response(lambda response: response.request.method == "POST"):
        reader.locator("form:has(textarea[name=body]) button[type=submit]").first.click()
    reader.wait_for_load_state("networkidle")
    assert_nothing_ran(reader, "what the browser module puts in")
    assert Annotation.objects.count() == sent + 1


def test_hostile_words_do_not_run_where_they_are_ones_own(reader, hostile):
    world, version, _made = hostile
    citizen = world.users["citizen"]
    type(version.page.specific).objects.filter(pk=version.page_id).update(moderation="before")
    arguments = {"user": citizen, "base_url": "http://testserver", "idempotency_key": "own"}
    waits = submit_annotation(
        version=type(version).objects.get(pk=version.pk), passage=passage(version, 0),
        body=" ".join(SCRIPTS[:6]), proposed=" ".join(SCRIPTS[6:9]), **arguments,
    )  # fmt: skip
    assert waits.state == "pending"
    follow_topic(topic=Topic(version), user=citizen)
    sign_in(reader, "citizen", PASSWORD)
    for url in (
        version.page.get_url(),
        waits.get_absolute_url(),
        reverse("annotations:edit", args=[waits.uuid]),
        reverse("annotations:withdraw", args=[waits.uuid]),
        reverse("annotations:following"),
        f"{reverse('annotations:list', args=[version.page_id])}?mine=1&q=script",
    ):
        reader.goto(url)
        reader.wait_for_load_state("networkidle")
        assert_nothing_ran(reader, url)
    reader.goto(version.page.get_url())
    reader.locator(".syn-waiting").first.wait_for()


def test_hostile_words_do_not_run_in_the_admin(reader, hostile):
    _world, version, made = hostile
    sign_in(reader, "editor", PASSWORD)
    for url in (
        "/admin/",
        reverse("synopse_annotations:index"),
        reverse("synopse_annotations:detail", args=[made[0].pk]),
        f"{reverse('synopse_annotations:dispose')}?annotation={made[3].pk}",
        reverse("synopse_versions:page", args=[version.page_id]),
        reverse("synopse_versions:changes", args=[version.pk]),
        reverse("synopse_versions:gate", args=[version.pk]),
    ):
        reader.goto(url)
        reader.wait_for_load_state("load")
        assert_nothing_ran(reader, url)


def test_the_oracle_hears_what_runs(reader, strategy_site):
    reader.goto("/de/")
    reader.evaluate("window.__pwn = 1")
    with pytest.raises(AssertionError):
        assert_nothing_ran(reader, "/de/")
