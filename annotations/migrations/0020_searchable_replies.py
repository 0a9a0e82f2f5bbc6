"""Fold the words of public replies, too: the list of annotations finds them now."""

from django.db import migrations

from annotations.core.finding import fold

BATCH = 500


def fill(apps, schema_editor):
    Annotation = apps.get_model("synopse_annotations", "Annotation")
    public = Annotation.objects.filter(state="public").exclude(reply_to=None)
    keys = list(public.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(keys), BATCH):
        rows = list(
            Annotation.objects.filter(pk__in=keys[at : at + BATCH]).select_related("passage")
        )
        for row in rows:
            proposed = "" if row.passage.withheld_at else row.proposed
            words = (row.comment, row.exact, proposed, row.user_name)
            row.searchable = fold("\n".join(words))
        Annotation.objects.bulk_update(rows, ["searchable"])


class Migration(migrations.Migration):
    dependencies = [("synopse_annotations", "0019_seen_objections")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
