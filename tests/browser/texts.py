"""The words of the texts that the scenes show, and their blocks."""

from __future__ import annotations

import uuid
from typing import Any

TITLE = "Die Stadt am Fluss"
CITY = "Die Stadt gehört allen, die in ihr wohnen."
BUSES = "Busse fahren in jedem Viertel jede Stunde, auch am Sonntag."
BUSES_NOW = "Busse fahren in jedem Viertel alle zehn Minuten, auch am Sonntag."
TIMETABLE = "in jedem Viertel jede Stunde"
GONE = "Der Hafen bleibt, wie er ist."
LIGHT = "Laternen leuchten nur, wenn jemand kommt."
LIBRARY = "Bibliotheken öffnen sonntags, und wer mag, liest dort bis in den Abend."
RULE = "Für jede Veröffentlichung ist eine Person zuständig."
TREES = (
    "Bäume geben Schatten, z. B. am Markt. Sie kühlen die Luft. Jedes Jahr kommen hundert hinzu."
)
RIVER = "Der Fluss bekommt Ufer, an denen man sitzen kann."
MEASURE = {
    "title": "Neue Bänke",
    "goal": "Man kann sich überall setzen.",
    "responsible": "Amt für Grün",
    "involved": "",
    "period": "2027",
    "status": "",
    "contact": "",
    "criterion": "",
}
FILLING = [
    f"Straße Nummer {number} wird gepflegt, begrünt und beleuchtet." for number in range(1, 6)
]


def first_text() -> list[dict]:
    return [
        block("eins", "chapter", "Zusammen wohnen"),
        block("wohnen", "text", f"<p>{CITY}</p><p>{BUSES}</p><p>{GONE}</p>"),
        block("zitat", "quote", {"quote": "Wir bleiben hier.", "source": "Eine Anwohnerin"}),
        block("strassen", "text", "".join(f"<p>{words}</p>" for words in FILLING)),
        block("zwei", "chapter", "Licht und Wasser"),
        block("licht", "text", f"<p>{LIGHT}</p><ul><li>im Park</li><li>am Ufer</li></ul>"),
        block("buecher", "text", f"<p>{LIBRARY}</p>"),
        table(),
        block("massnahme", "measure", MEASURE),
    ]


def second_text() -> list[dict]:
    blocks = {block["id"]: block for block in first_text()}
    moved = blocks.pop(block_id("buecher"))
    now = f"<p>{CITY}</p><p>{BUSES_NOW}</p><p>{RIVER}</p>"
    blocks[block_id("wohnen")] = {**blocks[block_id("wohnen")], "value": now}
    light = blocks[block_id("licht")]
    light["value"] = light["value"].replace(LIGHT, f"<b>{LIGHT}</b>")
    blocks[block_id("tabelle")] = table(trees="250")
    return [moved, *blocks.values()]


def block_id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name))


def block(name: str, kind: str, value: Any) -> dict:
    return {"type": kind, "value": value, "id": block_id(name)}


def table(*, trees: str = "200") -> dict:
    value = {
        "columns": [{"type": "text", "heading": "Jahr"}, {"type": "text", "heading": "Bäume"}],
        "rows": [{"values": ["2027", "100"]}, {"values": ["2028", trees]}],
        "caption": "Wie viele Bäume gepflanzt werden",
    }
    return block("tabelle", "table", value)
