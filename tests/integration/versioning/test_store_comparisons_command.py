"""The command that stores comparisons that are missing or outdated."""

import io
from copy import deepcopy

import pytest
from django.core.management import CommandError, call_command

from tests.factories import make_draft, publish
from versioning.management.commands import store_comparisons as command
from versioning.models import StoredComparison
from versioning.services.storing import store_comparison

pytestmark = pytest.mark.django_db

HTML = "<p>Die Stadt gehört allen.</p>"


@pytest.fixture(scope="module")
def shared_versions(shared_root):
    draft = make_draft(html=HTML)
    return [publish(draft, html=HTML + f"<p>Fassung {n}</p>") for n in range(3)]


@pytest.fixture
def versions(shared_versions):
    return deepcopy(shared_versions)


def run(*arguments):
    out = io.StringIO()
    call_command("store_comparisons", *arguments, stdout=out)
    return [int(number) for number in out.getvalue().replace(".", " ").split() if number.isdigit()]


def test_what_is_missing_is_stored_once(versions):
    store_comparison(old=versions[0], new=versions[1])
    assert run() == [2, 1, 0]
    assert run() == [0, 3, 0]
    assert StoredComparison.objects.count() == 3


def test_what_is_outdated_is_stored_again(versions):
    run()
    outdated = StoredComparison.objects.filter(old=versions[0])
    outdated.filter(new=versions[1]).update(engine_version="0")
    outdated.filter(new=versions[2]).update(digest="")
    assert run() == [2, 1, 0]


def test_all_is_computed_anew_where_asked_for(versions):
    run()
    before = StoredComparison.objects.earliest("computed_at").computed_at
    assert run("--all") == [3, 0, 0]
    assert StoredComparison.objects.earliest("computed_at").computed_at > before


def test_only_one_page_where_asked_for(versions):
    other = make_draft(html=HTML)
    publish(other)
    publish(other, html=HTML * 2)
    other.refresh_from_db()
    for name in (str(other.pk), other.url_path, other.get_url(), other.url_path.strip("/")):
        StoredComparison.objects.all().delete()
        assert run("--page", name) == [1, 0, 0], name
    assert StoredComparison.objects.get().new.page_id == other.pk


@pytest.mark.parametrize("name", ["0", "99999999999999999999", "/nirgends/", "²", "%00"])
def test_a_page_that_does_not_exist_is_refused_with_words(versions, name):
    with pytest.raises(CommandError) as refused:
        run("--page", name)
    assert refused.value.returncode == 2
    assert name in str(refused.value)


def test_what_fails_is_named_and_does_not_stop_the_others(versions, monkeypatch, capsys):
    def storing(*, old, new, anew):
        if (old, new) == (versions[0], versions[1]):
            raise RecursionError("zu tief")
        return store_comparison(old=old, new=new, anew=anew)

    monkeypatch.setattr(command, "store_comparison", storing)
    out, err = io.StringIO(), io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("store_comparisons", stdout=out, stderr=err)
    assert ended.value.code == 1
    assert "zu tief" in err.getvalue()
    assert str(versions[0].page_id) in err.getvalue()
    assert StoredComparison.objects.count() == 2
