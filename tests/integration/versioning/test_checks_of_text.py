"""Lines of the checklist about the text itself: translations, links, images, accessibility."""

import pytest
from django.core.files.base import ContentFile
from wagtail.documents import get_document_model
from wagtail.images import get_image_model
from wagtail.images.tests.utils import get_test_image_file
from wagtail.models import (
    CollectionViewRestriction,
    Locale,
    PageViewRestriction,
)

from cms_pages.services.translating import publish_translation, translate_object
from tests.factories import make_process, make_version, publish
from tests.factories.gate import english_of, line
from versioning.services.checklist import checklist

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("root")]

FIRST = "<h1>Leitbild</h1><p>Die Stadt gehört allen, die hier leben.</p><p>Busse fahren oft.</p>"
SECOND = FIRST.replace("oft", "immer")


@pytest.fixture(scope="module")
def shared_version(shared_root):
    return make_version(FIRST)


# Translations


def facts(version):
    return {fact.rpartition(":")[0] for fact in line(version, "translations").all_facts()}


def test_a_translation_is_missing_until_it_is_public(version):
    assert line(version, "translations").facts == {"missing:en"}
    page = english_of(version)
    assert line(version, "translations").facts == {"missing:en"}
    texts = "<h1>Vision</h1><p>The city belongs to all who live here.</p><p>Buses run often.</p>"
    publish(page, html=texts)
    assert line(version, "translations").done


def test_a_translation_is_outdated_once_the_text_is_newer(version):
    page = english_of(version)
    texts = "<h1>Vision</h1><p>The city belongs to all who live here.</p><p>Buses run often.</p>"
    translated = publish(page, html=texts)
    new = publish(version.page.specific, html=SECOND)
    assert line(new, "translations").facts == {f"outdated:en:{new.number}"}
    assert line(translated, "translations").blocks
    publish(page, html=texts.replace("often", "always"))
    assert line(new, "translations").done


def test_a_paragraph_too_few_is_outdated_whenever_it_was_published(version):
    publish(english_of(version), html="<h1>Vision</h1><p>The city belongs to all.</p>")
    assert facts(version) == {"outdated:en"}


def test_what_is_not_translated_is_named_by_paragraph(version):
    publish(english_of(version))
    found = line(version, "translations")
    assert len(found.facts) == 3
    assert all(fact.startswith("passage:en:") for fact in found.facts)
    assert all("/versions/" in url or "#p-" in url for _text, url in found.missing)


def test_wagtail_localize_tells_from_when_the_source_is(version):
    english = Locale.objects.get(language_code="en")
    source = version.page.specific
    strings = {"Leitbild": "Vision", "Busse fahren oft.": "Buses run often."}
    strings["Die Stadt gehört allen, die hier leben."] = "The city belongs to all."

    def translate():
        made = translate_object(source=source, locale=english, strings=strings, actor=None)
        return publish_translation(translation=made, actor=None)

    page = translate()
    assert line(version, "translations").done

    new = publish(source, html=SECOND)
    page.specific.save_revision().publish()  # out after the text, but made from the one before
    assert facts(new) == {"outdated:en"}

    strings["Busse fahren immer."] = "Buses run always."
    source.refresh_from_db()
    translate()
    assert line(new, "translations").done


def test_a_site_with_one_language_has_no_such_line(version, settings):
    settings.WAGTAIL_CONTENT_LANGUAGES = [("de", "Deutsch")]
    assert "translations" not in {one.key for one in checklist(version)}


# Links and images


def linking(inner):
    return f"<p>Siehe {inner} im Text.</p>"


def page_link(page):
    return linking(f'<a linktype="page" id="{page.pk}">die Satzung</a>')


def test_a_link_to_a_page_holds_while_everybody_may_read_it():
    target = make_process(title="Satzung")
    version = make_version(page_link(target))
    assert line(version, "links").done
    hidden = PageViewRestriction.objects.create(page=target, restriction_type="login")
    (found,) = line(version, "links").missing
    assert "nicht öffentlich" in found[0]
    assert f"#p-{version.passages.get().uid}" in found[1]
    hidden.delete()
    target.unpublish()
    assert line(version, "links").blocks


def test_a_link_to_a_document_holds_while_its_file_is_there_for_all():
    document = get_document_model().objects.create(
        title="Plan", file=ContentFile(b"x", name="plan.pdf")
    )
    link = f'<a linktype="document" id="{document.pk}">der Plan</a>'
    version = make_version(linking(link) + linking(link).replace("Siehe", "Auch"))
    assert line(version, "links").done
    shut = CollectionViewRestriction.objects.create(
        collection=document.collection, restriction_type="login"
    )
    assert len(line(version, "links").missing) == 2
    shut.delete()
    document.file.storage.delete(document.file.name)
    assert len(line(version, "links").missing) == 2


def test_an_image_holds_while_its_file_is_there():
    image = get_image_model().objects.create(title="Hafen", file=get_test_image_file())
    version = make_version(
        f'<embed embedtype="image" format="left" id="{image.pk}" alt="Der Hafen am Abend"/>'
    )
    assert version.passages.get().image_id == image.pk
    assert line(version, "links").done
    image.file.storage.delete(image.file.name)
    ((text, _url),) = line(version, "links").missing
    assert "Datei des Bildes" in text


@pytest.mark.parametrize(
    ("href", "is_sound"),
    [
        ("https://example.org/plan", True),
        ("https://intranet/plan", False),
        ("mailto:post@example.org", True),
        ("#p-nichts", False),
        ("/de/gibt-es-nicht/", False),
        ("/gibt-es-nicht.html", False),
        ("/media/fehlt.png", False),
        ("/healthz", True),
    ],
)
def test_addresses_are_judged_without_any_request(href, is_sound):
    version = make_version(linking(f'<a href="{href}">die Satzung</a>'))
    assert line(version, "links").done is is_sound


def test_a_path_to_a_public_page_is_sound_and_to_a_hidden_one_is_not():
    target = make_process(title="Satzung")
    path = target.get_url()
    version = make_version(linking(f'<a href="{path}?a=1#b">die Satzung</a>'))
    assert line(version, "links").done
    target.unpublish()
    assert line(version, "links").blocks


# Accessibility


def test_obstacles_are_named_with_their_passage():
    version = make_version('<h2>A</h2><p>Mehr <a href="https://example.org">hier</a></p>')
    found = line(version, "accessibility")
    ((text, url),) = found.missing
    assert "„hier“" in text
    assert url.endswith(f"#p-{version.passages.get(kind='paragraph').uid}")
    assert found.may_be_waived


def test_what_is_missing_tells_no_words_that_may_have_to_leave():
    version = make_version('<p>Mehr <a href="https://example.org">www.geheim.de</a></p>')
    facts = line(version, "accessibility").facts
    assert not any("geheim" in fact for fact in facts)
