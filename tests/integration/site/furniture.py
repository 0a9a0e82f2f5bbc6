"""What Wagtail's own views show and change, beside the pages of the small site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.utils import timezone
from wagtail.admin.models import EditingSession
from wagtail.contrib.redirects.models import Redirect
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    Locale,
    Page,
    PageViewRestriction,
    UploadedFile,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)
from wagtail_localize.models import StringSegment, Translation

from cms_pages.models import ReusableText
from tests.factories import UserFactory, make_draft

if TYPE_CHECKING:
    from tests.factories.world import World


def furnish(world: World) -> dict[str, Any]:
    """Return what stands for each parameter of an address.

    Keys are ``view:parameter``, ``namespace:parameter`` or the parameter alone; the name of a view
    alone has its whole address.
    """
    page = world.drafts["open"]
    reviewed = _in_review(world)
    state = reviewed.current_workflow_state
    image = get_image_model().objects.create(title="Bild", file=get_test_image_file())
    document = get_document_model().objects.create(
        title="Blatt", file=ContentFile(b"Blatt", name="blatt.txt")
    )
    translation = Translation.objects.exclude(source__specific_content_type=None).first()
    segment = StringSegment.objects.filter(source=translation.source).first()
    redirect = Redirect.objects.create(old_path="/alt", redirect_page=page)
    session = EditingSession.objects.create(
        user=world.users["editor"], content_object=page, last_seen_at=timezone.now()
    )
    upload = UploadedFile.objects.create(
        file=ImageFile(get_test_image_file(), name="neu.png"),
        uploaded_by_user=world.users["editor"],
    )
    restriction = PageViewRestriction.objects.filter(restriction_type="password").first()
    spare = UserFactory(username="uebrig")
    text = ReusableText.objects.create(title="Rest", text="<p>x</p>", locale=page.locale)
    return {
        "page_id": page.pk,
        "parent_page_id": world.process.pk,
        "page_to_move_id": page.pk,
        "destination_id": world.process.get_parent().pk,
        "page_pk": reviewed.pk,
        "workflow_pk": state.workflow_id,
        "task_id": state.current_task_state.task_id,
        "task_state_id": state.current_task_state_id,
        "workflow_state_id": state.pk,
        "revision_id": Page.objects.get(pk=page.pk).latest_revision_id,
        "revision_id_a": "earliest",
        "revision_id_b": "latest",
        "content_type_app_name": "synopse_pages",
        "content_type_model_name": "strategydraftpage",
        "app_label": "synopse_pages",
        "app_name": "synopse_pages",
        "model_name": "strategydraftpage",
        "action_name": "approve",
        "object_id": str(page.pk),
        "session_id": session.pk,
        "image_id": image.pk,
        "document_id": document.pk,
        "doc_id": document.pk,
        "uploaded_file_id": upload.pk,
        "filter_spec": "original",
        "collection_id": Collection.objects.get(depth=1).pk,
        "redirect_id": redirect.pk,
        "translation_id": translation.pk,
        "translation_source_id": translation.source_id,
        "string_segment_id": segment.pk,
        "overridable_segment_id": 1,
        "restriction_id": 1,
        "page_view_restriction_id": restriction.pk,
        "uidb64": "MQ",
        "token": "x",
        "wagtail_serve": "/de/",
        "wagtaildocs_serve": f"/documents/{document.pk}/{document.filename}",
        "django.views.generic.base": "/admin/test404/",
        "wagtail.admin.views.home": "/admin/nichts/davon/",
        "wagtail_localize:preview_translation": (
            f"/admin/localize/translate/{translation.pk}/preview/"
        ),
        "wagtail_bulk_action": f"/admin/bulk/wagtailcore/page/publish/?id={page.pk}",
        "wagtailadmin_tag_model_autocomplete:app_name": "taggit",
        "wagtailadmin_tag_model_autocomplete:model_name": "tag",
        "wagtailadmin_pages:workflow_action:page_id": reviewed.pk,
        "wagtailadmin_pages:collect_workflow_action_data:page_id": reviewed.pk,
        "wagtailadmin_pages:confirm_workflow_cancellation:page_id": reviewed.pk,
        "wagtailadmin_pages:workflow_preview:page_id": reviewed.pk,
        "wagtailadmin_pages:workflow_history:page_id": reviewed.pk,
        "wagtailadmin_pages:workflow_history_detail:page_id": reviewed.pk,
        "wagtailadmin_api:pages:pk": page.pk,
        "wagtailadmin_api:pages:action_name": "publish",
        "wagtailadmin_api:images:pk": image.pk,
        "wagtailadmin_api:documents:pk": document.pk,
        "wagtailadmin_pages:pk": page.pk,
        "wagtailadmin_collections:pk": Collection.objects.get(depth=1).add_child(name="Rest").pk,
        "wagtailadmin_workflows:pk": state.workflow_id,
        "wagtailadmin_workflows:app_label": "wagtailcore",
        "wagtailadmin_workflows:model_name": "groupapprovaltask",
        "wagtail_localize:pk": world.text.pk,
        "wagtail_localize:model_name": "reusabletext",
        "wagtailsettings:pk": 1,
        "wagtailsnippets_synopse_pages_reusabletext:pk": text.pk,
        "wagtailsnippetchoosers_synopse_pages_reusabletext:pk": text.pk,
        "wagtaillocales:pk": Locale.objects.get(language_code="en").pk,
        "wagtailsites:pk": 1,
        "wagtailusers_users:pk": spare.pk,
        "wagtailusers_groups:pk": Group.objects.create(name="Übrig").pk,
        "wagtaildocs_chooser:pk": document.pk,
        "wagtailimages_chooser:pk": image.pk,
    }


def _in_review(world: World) -> Any:
    """Return a draft that waits for the approval of the editors."""
    workflow = Workflow.objects.create(name="Prüfen")
    task = GroupApprovalTask.objects.create(name="Freigeben")
    task.groups.set(Group.objects.filter(name="Redaktion"))
    WorkflowTask.objects.create(workflow=workflow, task=task, sort_order=0)
    draft = make_draft(title="In Prüfung", process=world.process)
    WorkflowPage.objects.create(workflow=workflow, page=Page.objects.get(pk=draft.pk))
    draft.save_revision(user=world.users["editor"])
    workflow.start(draft, world.users["editor"])
    return type(draft).objects.get(pk=draft.pk)
