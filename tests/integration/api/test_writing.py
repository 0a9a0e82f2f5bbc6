"""Writing, mending and withdrawing through the interface, by the rules of the form."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from annotations.models import Annotation, ApiToken
from annotations.services import moderating
from tests.factories import make_draft, make_user, publish
from tests.factories.annotations import annotate, answer, next_version, open_version
from tests.integration.api.calls import (
    BASE,
    Program,
    address,
    container,
    links,
    methods,
    permalink,
    problem,
    quoting,
    replying,
)
from versioning.models import Version

pytestmark = pytest.mark.django_db


def written(response) -> Annotation:
    """Return what was stored by a request that succeeded."""
    assert response.status_code == 201, response.content
    return Annotation.objects.select_related("version").get(
        uuid=response["Location"].rpartition("/")[2]
    )


# New annotations


def test_an_annotation_is_stored_and_given_back_with_its_address(version, program, user):
    response = program.post(container(version), quoting(version, "Stadt"))
    made = written(response)
    assert response["Location"] == BASE + address(made)
    found = json.loads(response.content)
    assert found["id"] == response["Location"]
    assert found == json.loads(program.get(address(made)).content)
    assert response["ETag"] == program.get(address(made))["ETag"]
    assert (made.user, made.state, made.comment) == (user, "public", "Ein Wort dazu.")
    assert (made.passage.position, made.start, made.end, made.exact) == (1, 4, 9, "Stadt")


def test_what_was_read_can_be_written_again(version, program):
    first = annotate(
        version, "jede Stunde", position=2, proposed="alle zehn Minuten", body="Öfter."
    )
    found = json.loads(program.get(address(first)).content)
    second = written(program.post(container(version), found))
    names = ("passage_id", "start", "end", "exact", "prefix", "suffix", "proposed", "motivation")
    assert [getattr(second, n) for n in names] == [getattr(first, n) for n in names]
    assert second.pk != first.pk
    assert second.via == [BASE + address(first)]


@pytest.mark.parametrize(
    ("body", "motivation", "expected"),
    [
        ({"type": "TextualBody", "value": "Ja."}, None, ("commenting", "Ja.", "")),
        ([{"type": ["TextualBody"], "value": "Ja."}], "oa:questioning", ("questioning", "Ja.", "")),
        (
            [
                {"type": "TextualBody", "value": "Gemeinde", "purpose": "editing"},
                {"type": "TextualBody", "value": "Genauer.", "purpose": ["commenting"]},
            ],
            None,
            ("editing", "Genauer.", "Gemeinde"),
        ),
        ({"value": "Ja.", "format": "text/plain; charset=utf-8"}, ["commenting"],
         ("commenting", "Ja.", "")),
    ],
)  # fmt: skip
def test_bodies_and_motivations_of_many_forms_are_understood(
    version, program, body, motivation, expected
):
    data = quoting(version, "Stadt", body=body, motivation=motivation)
    data["body"] = body
    made = written(program.post(container(version), data))
    assert (made.motivation, made.comment, made.proposed) == expected


def test_a_body_value_is_a_comment(version, program):
    data = quoting(version, "Stadt", bodyValue="Kurz gesagt.")
    del data["body"]
    assert written(program.post(container(version), data)).comment == "Kurz gesagt."


def test_places_of_many_forms_are_understood(version, program):
    passage = version.passages.get(position=1)
    fragment = {"type": "FragmentSelector", "value": f"#p-{passage.uid}"}
    quote = {"type": "TextQuoteSelector", "exact": "Stadt  gehört", "prefix": "Die "}
    position = {"type": "TextPositionSelector", "start": 4, "end": 9}
    here, page = permalink(version), BASE + version.page.get_url()
    other_language = here.replace("/de/", "/en/")
    cases = [
        ({"source": here, "selector": fragment}, (None, None)),
        ({"source": f"{here}#p-{passage.uid}"}, (None, None)),
        (f"{here}#p-{passage.uid}", (None, None)),
        ({"source": {"id": here}, "selector": [fragment, position]}, (4, 9)),
        ({"source": here, "selector": {**fragment, "refinedBy": quote}}, (4, 16)),
        ({"source": here, "selector": [quote, {"type": "XPathSelector", "value": "/p"}]}, (4, 16)),
        ([{"source": other_language, "selector": quote}], (4, 16)),
        ({"source": page, "selector": quote}, (4, 16)),
        ({"source": version.get_absolute_url(), "selector": quote}, (4, 16)),
    ]
    for target, expected in cases:
        made = written(
            program.post(container(version), {**quoting(version, "x"), "target": target})
        )
        assert (made.passage, (made.start, made.end)) == (passage, expected), target


def test_words_that_stand_twice_are_found_by_their_surroundings(root, program):
    version = open_version("<p>Der Park, der See.</p><p>Der Park, der Fluss.</p><p>Der Wald</p>")
    data = quoting(version, "der")
    assert problem(program.post(container(version), data))["field"] == "target.selector"
    data["target"]["selector"]["suffix"] = " Fluss"
    assert written(program.post(container(version), data)).passage.position == 1


def test_a_reply_names_the_annotation_it_answers(version, program):
    made = annotate(version)
    reply = written(program.post(container(version), replying(made)))
    assert (reply.reply_to, reply.motivation) == (made, "replying")
    deeper = replying(made, target=BASE + reply.get_absolute_url())
    assert written(program.post(container(version), deeper)).reply_to == reply
    assert json.loads(program.get(address(reply)).content)["target"] == BASE + address(made)


def test_addresses_elsewhere_are_kept(version, program):
    data = quoting(version, "Stadt", id="https://other.example/7", canonical="urn:uuid:7",
                   via="https://third.example/a")  # fmt: skip
    found = json.loads(program.post(container(version), data).content)
    assert found["canonical"] == "urn:uuid:7"
    assert found["via"] == ["https://third.example/a", "https://other.example/7"]
    assert found["id"].startswith(BASE + container(version))


def test_where_moderators_look_first_only_the_author_sees_it(root, program, stranger):
    version = publish(make_draft(moderation="before"), closes=timezone.now() + timedelta(days=1))
    response = program.post(container(version), quoting(version, "Stadt"))
    made = written(response)
    assert json.loads(response.content)["synopse:state"] == "pending"
    assert program.get(address(made)).status_code == 200
    for other in (stranger, Program(make_user()), Program(make_user("moderator"))):
        assert problem(other.get(address(made)))["status"] == 404
        assert problem(other.delete(address(made)))["status"] in {401, 404}
    assert json.loads(program.get(container(version)).content)["total"] == 0
    moderating.release_annotation(annotation=made, actor=make_user("moderator"))
    assert stranger.get(address(made)).status_code == 200


def test_a_request_that_is_sent_twice_makes_one_annotation(version, program):
    data = quoting(version, "Stadt")
    first = program.post(container(version), data, Idempotency_Key="eins")
    second = program.post(container(version), data, Idempotency_Key="eins")
    assert (first.status_code, first["Location"]) == (second.status_code, second["Location"])
    assert first.content == second.content
    program.post(container(version), data, Idempotency_Key="zwei")
    assert Annotation.objects.count() == 2


def test_nobody_gets_the_annotation_of_another_by_a_known_key(version, program):
    first = program.post(container(version), quoting(version, "Stadt"), Idempotency_Key="eins")
    other = Program(make_user())
    second = other.post(container(version), quoting(version, "Stadt"), Idempotency_Key="eins")
    assert written(second).user != written(first).user


# Refusals


BAD = {
    "no type": ({"type": "Note"}, "type"),
    "no target": ({"target": None}, "target"),
    "two targets": ({"target": ["/a", "/b"]}, "target"),
    "a foreign host": ({"target": "https://other.example/de/versions/1/1/"}, "target"),
    "a broken address": ({"target": {"source": "http://[x"}}, "target"),
    "an address of something else": ({"target": "/accounts/login/"}, "target"),
    "another motivation": ({"motivation": "highlighting"}, "motivation"),
    "a motivation of another type": ({"motivation": {"a": 1}}, "motivation"),
    "no words": ({"body": []}, "body"),
    "only spaces": ({"body": {"type": "TextualBody", "value": " \u200b"}}, "body"),
    "too many words": ({"body": {"type": "TextualBody", "value": "x" * 3_001}}, "body"),
    "html": ({"body": {"type": "TextualBody", "value": "x", "format": "text/html"}}, "body"),
    "an image": ({"body": {"type": "Image", "id": "https://a.example/x.png"}}, "body"),
    "an address as body": ({"body": "https://a.example/"}, "body"),
    "three bodies": ({"body": [{"type": "TextualBody", "value": "x"}] * 3}, "body"),
    "body and bodyValue": ({"bodyValue": "x"}, "bodyValue"),
    "a reply to a version": ({"motivation": "replying"}, "target"),
    "a bad canonical": ({"canonical": "javascript:alert(1)"}, "canonical"),
    "a bad via": ({"via": ["http://x y"]}, "via"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_does_not_fit_is_said_at_its_field(version, program, name):
    change, field = BAD[name]
    told = problem(program.post(container(version), {**quoting(version, "Stadt"), **change}))
    assert (told["status"], told["field"]) == (422, field)
    assert told["errors"][0]["detail"]
    assert not Annotation.objects.exists()


@pytest.mark.parametrize(
    "selector",
    [
        {"type": "TextQuoteSelector", "exact": "steht hier nicht"},
        {"type": "TextQuoteSelector", "exact": 7},
        {"type": "TextPositionSelector", "start": 0, "end": 3},
        {"type": "XPathSelector", "value": "/p"},
        {"type": "FragmentSelector", "value": "p-1"},
        {"type": "FragmentSelector", "value": 1},
        "https://a.example/selector",
        [],
    ],
)
def test_words_that_are_not_found_are_refused(version, program, selector):
    data = quoting(version, "Stadt")
    data["target"]["selector"] = selector
    told = problem(program.post(container(version), data))
    assert told["status"] in {409, 422}
    assert told["field"].startswith("target")


def test_offsets_outside_the_passage_are_refused(version, program):
    uid = version.passages.get(position=1).uid
    for start, end in ((0, 10**6), (-1, 3), (5, 5), (7, 2), (0, 10**30), (True, 3), ("0", 3)):
        data = quoting(version, "x")
        data["target"]["selector"] = [
            {"type": "FragmentSelector", "value": f"p-{uid}"},
            {"type": "TextPositionSelector", "start": start, "end": end},
        ]
        assert problem(program.post(container(version), data))["status"] == 422, (start, end)


def test_problems_are_told_in_the_language_of_the_reader(version, program):
    data = quoting(version, "Stadt", motivation="highlighting")
    german = problem(program.post(container(version), data, Accept_Language="de"))
    english = problem(program.post(container(version), data, Accept_Language="en"))
    assert "Bitte" in german["detail"]
    assert "Please" in english["detail"]


def test_strangers_wrong_keys_and_sessions_without_a_token_write_nothing(version, stranger, user):
    url, data = container(version), quoting(version, "Stadt")
    response = stranger.post(url, data)
    assert problem(response)["status"] == 401
    assert response["WWW-Authenticate"] == "Bearer"
    for wrong in (
        "Bearer x",
        "Bearer ",
        "bearer synopse_",
        "Bearer \ud800".encode("utf-8", "replace").decode(),
    ):
        assert problem(stranger.post(url, data, Authorization=wrong))["status"] == 401
    assert problem(stranger.get(url, Authorization="Bearer x"))["status"] == 401
    session = Program(enforce_csrf_checks=True)
    session.client.force_login(user)
    assert problem(session.post(url, data))["status"] == 403
    assert problem(session.post(url, data, Origin="https://evil.example"))["status"] == 403
    assert not Annotation.objects.exists()


def test_a_session_writes_with_the_token_of_its_page(version, user):
    session = Program(enforce_csrf_checks=True)
    session.client.force_login(user)
    form = session.client.get(version.page.get_url() + "")
    token = session.client.cookies.get("csrftoken")
    if token is None:
        session.client.get("/accounts/email/")
        token = session.client.cookies["csrftoken"]
    assert form.status_code == 200
    response = session.post(container(version), quoting(version, "Stadt"), X_CSRFToken=token.value)
    made = written(response)
    assert made.user == user
    deleted = session.delete(address(made), X_CSRFToken=token.value)
    assert deleted.status_code == 204


def test_a_key_needs_no_token_and_beats_a_session(version, user):
    other = make_user()
    program = Program(user, enforce_csrf_checks=True)
    program.client.force_login(other)
    assert written(program.post(container(version), quoting(version, "Stadt"))).user == user


def test_a_key_ends_with_its_time_and_notes_only_writing(version, program, user):
    program.get(container(version))
    assert ApiToken.objects.get().used_at is None
    program.post(container(version), quoting(version, "Stadt"))
    assert ApiToken.objects.get().used_at is not None
    with time_machine.travel(timezone.now() + timedelta(days=31)):
        assert problem(program.get(container(version)))["status"] == 401
    user.is_active = False
    user.save()
    assert problem(program.get(container(version)))["status"] == 401


def test_the_window_holds_for_programs_too(version, program):
    data = quoting(version, "Stadt")
    Version.objects.filter(pk=version.pk).update(closes=timezone.now())
    told = problem(program.post(container(version), data))
    assert told["status"] == 409
    open_version_two = next_version(version, "<p>Die Stadt gehört allen, immer.</p>")
    assert problem(program.post(container(version), data))["status"] == 409
    data["target"]["source"] = permalink(open_version_two)
    written(program.post(container(version), data))


def test_what_is_no_json_is_refused(version, program):
    url = container(version)
    broken = ["{", "[1]", '"text"', "null", '{"a": NaN}', '{"type": "\\ud800"}', "[" * 100_000]
    broken += ['{"a":' * 5_000, b"\xff\xfe", b"\x00", '{"a": ' + "9" * 5_000 + "}"]
    for body in broken:
        assert problem(program.post(url, body))["status"] == 400, body[:20]
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "x", ""):
        assert problem(program.call("POST", url, "{}", Content_Type=kind))["status"] == 415
    for kind in ("application/json", "application/ld+json; profile=x; charset=utf-8"):
        assert problem(program.call("POST", url, "{}", Content_Type=kind))["status"] == 422


def test_a_megabyte_is_too_long(version, program):
    body = json.dumps(quoting(version, "Stadt", body="x" * 1_000_001))
    response = program.post(container(version), body)
    assert problem(response)["status"] == 413
    assert "http://www.w3.org/ns/ldp#constrainedBy" in links(response)


# Mending


@pytest.fixture
def own(version, user):
    return annotate(version, "Stadt", position=1, user=user, body="Erste Worte.")


def edited(program, made, **changes):
    response = program.get(address(made))
    data = json.loads(response.content)
    data["body"]["value"] = "Bessere Worte."
    return program.put(address(made), {**data, **changes}, If_Match=response["ETag"])


def test_the_author_mends_words_and_gets_the_new_state(program, own):
    before = program.get(address(own))["ETag"]
    response = edited(program, own)
    assert response.status_code == 200
    assert response["ETag"] != before
    found = json.loads(response.content)
    assert found["body"]["value"] == "Bessere Worte."
    assert found == json.loads(program.get(address(own)).content)
    own.refresh_from_db()
    assert (own.comment, own.exact) == ("Bessere Worte.", "Stadt")


def test_an_update_without_or_with_an_old_etag_is_refused(program, own):
    data = json.loads(program.get(address(own)).content)
    old = program.get(address(own))["ETag"]
    assert problem(program.put(address(own), data))["status"] == 428
    assert edited(program, own).status_code == 200
    for stale in (old, '"x"', "nonsense", f"W/{old}"):
        assert problem(program.put(address(own), data, If_Match=stale))["status"] == 412
    own.refresh_from_db()
    assert own.comment == "Bessere Worte."
    assert program.put(address(own), data, If_Match="*").status_code == 200


def test_after_a_quarter_of_an_hour_or_a_reply_words_stay(program, own):
    with time_machine.travel(timezone.now() + timedelta(minutes=16)):
        assert problem(edited(program, own))["status"] == 409
    answer(own)
    assert problem(edited(program, own))["status"] == 409
    assert methods(program.get(address(own))) == {"GET", "HEAD", "OPTIONS", "DELETE"}


def test_an_annotation_keeps_its_place_and_its_addresses(program, own, version):
    target = {
        "source": permalink(version),
        "selector": {"type": "TextQuoteSelector", "exact": "Busse"},
    }
    assert problem(edited(program, own, target=target))["status"] == 409
    Annotation.objects.filter(pk=own.pk).update(canonical="urn:a:1", via=["https://a.example/"])
    assert edited(program, own).status_code == 200
    assert problem(edited(program, own, canonical="urn:a:2"))["status"] == 409
    assert problem(edited(program, own, via=["https://b.example/"]))["status"] == 409
    assert json.loads(program.get(address(own)).content)["canonical"] == "urn:a:1"


def test_a_reply_is_mended_and_stays_one(program, user, version):
    reply = answer(annotate(version), user=user)
    assert edited(program, reply).status_code == 200
    elsewhere = BASE + address(annotate(version))
    assert problem(edited(program, reply, target=elsewhere))["status"] == 409


def test_others_neither_mend_nor_withdraw(own, stranger):
    for role in ("citizen", "editor", "moderator", "superuser"):
        other = Program(make_user(role))
        assert problem(edited(other, own))["status"] == 403
        assert problem(other.delete(address(own)))["status"] == 403
    assert problem(edited(stranger, own))["status"] == 401
    assert problem(stranger.delete(address(own)))["status"] == 401


# Withdrawing


def test_a_withdrawn_annotation_is_gone_and_its_page_says_so(program, own, stranger, version):
    reply = answer(own)
    etag = program.get(address(own))["ETag"]
    assert problem(program.delete(address(own), If_Match='"x"'))["status"] == 412
    response = program.delete(address(own), If_Match=etag)
    assert (response.status_code, response.content) == (204, b"")
    for caller in (program, stranger):
        assert problem(caller.get(address(own)))["status"] == 410
    assert problem(program.delete(address(own)))["status"] == 410
    assert problem(edited_gone(program, own))["status"] == 410
    listed = json.loads(stranger.get(container(version)).content)
    assert listed["total"] == 1
    assert [item["id"] for item in listed["first"]["items"]] == [BASE + address(reply)]
    public = Client().get(own.get_absolute_url())
    assert public.status_code == 410
    assert "Erste Worte." not in public.content.decode()


def edited_gone(program, made):
    return program.put(address(made), {}, If_Match="*")


def test_a_key_that_made_what_was_withdrawn_does_not_bring_it_back(version, program):
    data = quoting(version, "Stadt")
    made = written(program.post(container(version), data, Idempotency_Key="eins"))
    program.delete(address(made))
    again = program.post(container(version), data, Idempotency_Key="eins")
    assert problem(again)["status"] == 410
