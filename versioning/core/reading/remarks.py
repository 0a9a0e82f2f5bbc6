"""What of a file was not taken as it is, in words that a page can say."""

from __future__ import annotations

KINDS = (
    "changes_accepted",
    "changes_refused",
    "footnotes",
    "text_boxes",
    "headers",
    "contents",
    "objects",
    "images_of_foreign_formats",
    "images_elsewhere",
    "images_undescribed",
    "images_too_many",
)
"""What a reader may remark, in the order in which it is told:

- tracked changes counted as accepted, or as refused;
- notes at the foot of a page or the end, which stand behind their chapter;
- text boxes, whose words stand behind their paragraph;
- words in headers and footers, and lines of tables of contents, which are left out;
- charts, diagrams and embedded objects, which are left out;
- images of formats that browsers cannot show, whose words alone are taken;
- images that are not in the file, whose words alone are taken;
- images that nobody has described: the name that the program gave them stands for it;
- images beyond the number that can be taken from one file.
"""
