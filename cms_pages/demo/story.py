"""The story of the model case, told through the services in the order in which it happened."""

from __future__ import annotations

import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from wagtail.log_actions import LogContext

from annotations.models import OutboxMail, State
from annotations.services import confirming, disposing, following, moderating, submitting
from annotations.services.moments import happening_at
from cms_pages.demo.places import Places, changes_of
from cms_pages.services.importing import VersionDetails, import_draft
from versioning.services.changes import explain_changes, unexplained_in
from versioning.services.decisions import record_decision
from versioning.services.documents import NewDocument
from versioning.services.freezing import published_at
from versioning.services.gate import submit_version
from versioning.services.signing import sign_version
from versioning.services.waiving import waive_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from annotations.models import Annotation
    from cms_pages.demo.fixture import Fixture
    from cms_pages.demo.people import People
    from cms_pages.models import ParticipationProcessPage, StrategyDraftPage
    from versioning.models import Change, Submission, Version

    Say = Callable[[str], None]

READING = timedelta(minutes=4)
"""How long somebody takes to open the mail and confirm."""
HIDING = timedelta(minutes=40)
HANDING_OVER = timedelta(hours=3)
"""How long after a version came out it is handed over."""
GROUNDS = {
    "hidden": "Beleidigt andere Teilnehmende. Bitte sachlich bleiben.",
    "spam": "Werbung, ohne Bezug zum Text.",
}
_TOKEN = re.compile(r"/confirm/([^/\s]+)/")


class Story:
    """One process of the demo, version by version."""

    def __init__(
        self, *, fixture: Fixture, people: People, process: ParticipationProcessPage, say: Say
    ) -> None:
        """Read what happens."""
        self.fixture = fixture
        self.people = people
        self.process = process
        self.say = say
        self.waiting_mails: list[int] = []
        self._annotations: dict[str, Annotation] = {}
        self._places: dict[str, Places] = {}
        self._written = fixture.read("annotations")
        self._answers = fixture.read("dispositions")
        self._reasons = fixture.read("reasons")
        self._plans = [p for p in fixture.read("versions") if p.get("loaded", True)]

    def tell(self, stage: dict[str, Any]) -> StrategyDraftPage:
        """Publish the versions of a stage one after another, with all that was said about them.

        Args:
            stage: A stage of ``process.json``.

        Returns:
            The draft with its newest version.
        """
        page: StrategyDraftPage | None = None
        before: Places | None = None
        for plan in self._plans:
            if plan["key"].partition(".")[0] == stage["key"]:
                page, version = self._publish(plan, stage, page)
                places = self._places[plan["key"]]
                if before is not None:
                    self._answer(places, before, key=plan["key"])
                self._collect(page, version, plan["key"])
                before = places
        if page is None or before is None:
            msg = f"The demo has no version of {stage['key']}."
            raise LookupError(msg)
        self._answer_early(page, before)
        if stage.get("submission"):
            self._submit(stage["submission"])
        return page

    def _publish(
        self, plan: dict[str, Any], stage: dict[str, Any], page: StrategyDraftPage | None
    ) -> tuple[StrategyDraftPage, Version]:
        moment = self.fixture.begin(plan["published"])
        assert moment is not None  # noqa: S101  # the files say so of every version that is loaded
        document = self.fixture.document(plan["key"])
        with published_at(moment), happening_at(moment):
            done = import_draft(
                document=document,
                actor=self.people.user("redaktion"),
                page=page,
                parent=self.process,
                title=stage["title"],
                intro=f"<p>{stage['intro']}</p>",
                publish=VersionDetails(
                    label=plan["label"],
                    summary=plan["summary"],
                    kind=plan["kind"],
                    opens=moment if plan["opens"] else None,
                    closes=self.fixture.end(plan["closes"]),
                ),
                folder=self.fixture.folder,
            )
        assert done.version is not None  # noqa: S101  # every text of the demo differs
        self._places[plan["key"]] = Places(done.version, document)
        self.say(f"   {stage['title']}, {done.version.name}")
        return done.page, done.version

    def _collect(self, page: StrategyDraftPage, version: Version, key: str) -> None:
        """Take the annotations and replies on a version, in the order of their time."""
        written = [a for a in self._written if a["version"] == key]
        written.sort(key=self.fixture.ago)
        for entry in written:
            settings = {"moderation": "before"} if entry["state"] == State.PENDING else {}
            with self._settings_of(page, **settings):
                self._annotations[entry["key"]] = self._write(entry, version)
        if written:
            self.say(f"     {len(written)} annotations and replies")

    def _write(self, entry: dict[str, Any], version: Version) -> Annotation:
        moment = self.fixture.ago(entry)
        known_mails = set(OutboxMail.objects.values_list("pk", flat=True))
        with happening_at(moment):
            annotation = self._submit_words(entry, version)
        if annotation.state == State.UNCONFIRMED:
            mail = OutboxMail.objects.exclude(pk__in=known_mails).get(annotation=annotation)
            if entry["state"] == State.UNCONFIRMED:
                self.waiting_mails.append(mail.pk)
                return annotation
            with happening_at(moment + READING):
                annotation = confirming.confirm_annotation(token=token_of(mail))
        return self._moderate(entry, annotation, moment + HIDING)

    def _submit_words(self, entry: dict[str, Any], version: Version) -> Annotation:
        author = self.people.author(entry["author"])
        common = {"body": entry["body"], "idempotency_key": f"demo-{entry['key']}", **author}
        if entry["parent"]:
            return submitting.submit_reply(
                parent=self._annotations[entry["parent"]], base_url=self.people.base_url, **common
            )
        passage = self._places[entry["version"]].passage(entry["block"], entry["ordinal"])
        return submitting.submit_annotation(
            version=version,
            passage=passage,
            motivation=entry["motivation"],
            quote=entry["quote"] or "",
            proposed=entry["proposed"] or "",
            base_hash=passage.text_hash if entry["proposed"] else "",
            base_url=self.people.base_url,
            **common,
        )

    def _moderate(
        self, entry: dict[str, Any], annotation: Annotation, moment: datetime
    ) -> Annotation:
        with happening_at(moment):
            if entry["state"] in GROUNDS:
                return moderating.hide_annotation(
                    annotation=annotation,
                    actor=self.people.user("moderation"),
                    ground=GROUNDS[entry["state"]],
                    state=entry["state"],
                )
            if entry["state"] == State.WITHDRAWN:
                return moderating.withdraw_annotation(
                    annotation=annotation, actor=self.people.user(entry["author"])
                )
        return annotation

    def _answer(self, new: Places, old: Places, *, key: str) -> None:
        """Answer what was said about the version before, and give every change its reason."""
        moment = new.version.published_at
        with happening_at(moment):
            for answer in self._answers:
                first = self._annotations.get(answer["annotations"][0])
                if first is not None and first.version_id == old.version.pk:
                    self._dispose(answer, self._changes(answer, new, old))
            for reason in self._reasons:
                if reason["version"] == key:
                    changes = changes_of(reason["block"], new, old)
                    explain_changes(
                        changes=changes,
                        reason=reason["reason"],
                        actor=self.people.user("redaktion"),
                    )
            following.follow(version_id=new.version.pk)
        left = unexplained_in([new.version]).count()
        self.say(f"     answered, {left} changes without a reason")

    def _changes(self, answer: dict[str, Any], new: Places, old: Places) -> list[Change]:
        return [change for block in answer["changes"] for change in changes_of(block, new, old)]

    def _answer_early(self, page: StrategyDraftPage, newest: Places) -> None:
        """Answer what was said about the newest version; some answers are public at once."""
        for answer in self._answers:
            annotation = self._annotations.get(answer["annotations"][0])
            if annotation is None or annotation.version_id != newest.version.pk:
                continue
            settings = {"dispositions_public": "at_once"} if answer["published"] else {}
            moment = annotation.created_at + (self.fixture.now - annotation.created_at) / 2
            with self._settings_of(page, **settings), happening_at(moment):
                self._dispose(answer, [])

    def _dispose(self, answer: dict[str, Any], changes: list[Change]) -> None:
        disposing.dispose_annotations(
            annotations=[self._annotations[key] for key in answer["annotations"]],
            outcome=answer["outcome"],
            reason=answer["reason"],
            internal_note=answer["internal_note"],
            office=answer["office"],
            changes=changes,
            actor=self.people.user("redaktion"),
        )

    def _submit(self, submission: dict[str, Any]) -> Submission:
        version, actor = self._places[submission["version"]].version, self.people.user("senat")
        self._sign(version, submission["signatures"])
        moment = version.published_at + HANDING_OVER
        for key, reason in submission["left_open"].items():
            waive_line(version=version, key=key, reason=reason, actor=actor, now=moment)
        done = submit_version(
            version=version,
            actor=actor,
            planned={
                step["body"]: self.fixture.day(step["planned"]) for step in submission["steps"]
            },
            now=moment,
        )
        self.say(f"     handed over: {submission['title']}")
        self._decide(done, submission["steps"])
        return done

    def _sign(self, version: Version, signatures: list[dict[str, Any]]) -> None:
        """Let the departments sign, some minutes after the version came out."""
        for entry in signatures:
            sign_version(
                version=version,
                department=entry["department"],
                verdict=entry["verdict"],
                actor=self.people.user(entry["by"]),
                content_hash=version.content_hash,
                remarks=entry.get("remarks", ""),
                now=version.published_at + timedelta(minutes=entry["minutes"]),
            )
        self.say(f"     signed by {len(signatures)} departments")

    def _decide(self, submission: Submission, plans: list[dict[str, Any]]) -> None:
        """Record what the bodies have decided, each on its day."""
        decided = {plan["body"]: plan for plan in plans if plan.get("decided")}
        for step in submission.steps.order_by("position"):
            if (plan := decided.get(step.body)) is None:
                return
            moment = self.fixture.end(plan["decided"])
            record_decision(
                step=step,
                outcome=plan["outcome"],
                decided_on=self.fixture.day(plan["decided"]),  # type: ignore[arg-type]  # the file has a day
                actor=self.people.user("senat"),
                reference=plan["reference"],
                note=plan["note"],
                documents=self._documents(plan),
                now=moment,
            )

    def _documents(self, plan: dict[str, Any]) -> list[NewDocument]:
        entry = plan.get("document")
        if entry is None:
            return []
        content = (self.fixture.folder / entry["file"]).read_bytes()
        return [NewDocument(entry["file"], content, entry["title"])]

    @contextmanager
    def _settings_of(self, page: StrategyDraftPage, **settings: str) -> Iterator[None]:
        """Change settings of a page for a while, by publishing it; the text stays as it is."""
        before = {name: getattr(page, name) for name in settings}
        if settings:
            self._set(page, settings)
        try:
            yield
        finally:
            if settings:
                self._set(page, before)

    def _set(self, page: StrategyDraftPage, settings: dict[str, str]) -> None:
        draft = page.get_latest_revision_as_object()
        for name, value in settings.items():
            setattr(draft, name, value)
        editor = self.people.user("redaktion")
        with LogContext(user=editor):
            draft.save_revision(user=editor).publish(user=editor)
        page.refresh_from_db()


def token_of(mail: OutboxMail) -> str:
    """Return the token that a mail holds, as its reader would."""
    found = _TOKEN.search(mail.text)
    if found is None:
        msg = "The mail holds no link to confirm."
        raise LookupError(msg)
    return found.group(1)
