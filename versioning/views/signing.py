"""The form with which members of departments sign beside the text that they have read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from versioning.forms import SignForm
from versioning.services.signing_state import can_be_signed, groups_of, own_states

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from versioning.models import Version
    from versioning.services.signing_state import DepartmentState


@dataclass(frozen=True, slots=True)
class SignBox:
    """A form with which somebody signs for one department.

    Attributes:
        state: Where the department stands.
        form: Fields whose ids are unique on the page.
        place: Which of the boxes on the page it is, from 1.
    """

    state: DepartmentState
    form: SignForm
    place: int


def signing_boxes(request: HttpRequest, version: Version) -> list[SignBox]:
    """Return a form for each department for which a reader can sign a version now.

    Nothing is asked for readers without an account, whose pages are kept for everybody.
    """
    user = request.user
    if not user.is_authenticated or not groups_of(user):
        return []
    if not user.has_perm("wagtailadmin.access_admin") or not can_be_signed(version):
        return []
    return boxes_of(own_states(user, version), back=request.get_full_path())


def boxes_of(
    states: Sequence[DepartmentState], *, back: str = "", sent: SignForm | None = None
) -> list[SignBox]:
    """Return the forms of some departments.

    Args:
        states: Where they stand.
        back: Where whoever has signed is led.
        sent: A form that was refused; it takes the place of that of its department.
    """
    department = sent.data.get("department") if sent is not None else None
    return [
        SignBox(state, _form(state, place, back, sent if state.name == department else None), place)
        for place, state in enumerate(states, start=1)
    ]


def _form(state: DepartmentState, place: int, back: str, sent: SignForm | None) -> SignForm:
    auto_id = f"sign-{place}-%s"
    if sent is not None:
        sent.auto_id = auto_id
        return sent
    initial = {
        "department": state.name,
        "content_hash": state.version.content_hash,
        "next": back,
    }
    if state.signature is not None:
        initial |= {"verdict": state.signature.verdict, "remarks": state.signature.remarks}
    return SignForm(initial=initial, auto_id=auto_id)
