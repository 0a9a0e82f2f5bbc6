"""Which tests show that what must hold does hold: the table behind ``docs/reference/trust.md``.

``python -m tests.trust`` writes the page; a contract test compares both and looks for each test.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "reference" / "trust.md"

SITE = "tests/integration/site"
NOTES = "tests/integration/annotations"
VERSIONS = "tests/integration/versioning"
API = "tests/integration/api"
PAGES = "tests/integration/cms_pages"
UNIT = "tests/unit"
BROWSER = "tests/browser"
COUNTS = "tests/contract/test_query_counts.py"
FAULTS = "tests/faults"


class Row(NamedTuple):
    """One requirement.

    Attributes:
        key: Its id: S security, R reliability, D privacy, L moderation and law, A accessibility.
        words: What must hold, in plain words.
        tests: Node ids of the tests that show it.
    """

    key: str
    words: str
    tests: tuple[str, ...]


def _row(key: str, words: str, *tests: str) -> Row:
    return Row(key, words, tests)


GROUPS = {"S": "Security", "R": "Reliability", "D": "Privacy", "L": "Moderation and law",
          "A": "Accessibility"}  # fmt: skip

ROWS = (
    _row(
        "S1",
        "Whatever is typed into any field is shown as words and never runs, in pages, "
        "comparisons, the admin, mails, feeds and files.",
        f"{SITE}/test_hostile.py::test_words_in_every_field_of_every_public_form_stay_words",
        f"{SITE}/test_hostile.py::test_words_in_the_forms_of_accounts_stay_words",
        f"{SITE}/test_hostile.py::test_hostile_words_that_were_stored_are_shown_as_words_everywhere",
        f"{SITE}/test_hostile.py::test_mails_with_hostile_words_are_plain_text",
        f"{UNIT}/versioning/test_sanitizing.py::test_any_html_becomes_inline_marks_alone",
        f"{NOTES}/test_exports.py::test_words_of_strangers_are_words_in_a_feed",
        f"{BROWSER}/test_hostile.py::test_hostile_words_do_not_run_on_any_public_page",
        f"{BROWSER}/test_hostile.py::test_hostile_words_do_not_run_in_the_admin",
    ),
    _row(
        "S2",
        "A strict content security policy and all other headers on every answer, errors and media "
        "too; cookies are closed to scripts and to other sites.",
        f"{SITE}/test_headers.py::test_every_public_answer_carries_the_strict_policy_and_runs_nothing_inline",
        f"{SITE}/test_headers.py::test_our_own_failure_keeps_policy_and_words",
        f"{SITE}/test_headers.py::test_the_cookies_of_a_session_are_closed_to_scripts_and_other_sites",
        f"{BROWSER}/test_policy.py::test_no_public_page_breaks_the_policy_or_asks_another_host",
        f"{BROWSER}/test_policy.py::test_the_policy_stops_what_is_not_ours",
    ),
    _row(
        "S3",
        "Html in the words of a version stays words in comparisons, and both texts come back.",
        f"{UNIT}/versioning/test_comparing.py::test_html_in_a_text_is_compared_as_text",
        f"{VERSIONS}/test_comparison_runs.py::test_runs_are_only_ins_del_and_hidden_words_and_give_both_texts_back",
        f"{UNIT}/versioning/test_comparing.py::test_runs_give_any_text_back_and_cut_no_grapheme",
    ),
    _row(
        "S4",
        "Every address and method opens for exactly the roles that the table names; what is not "
        "public reaches nobody, by no way.",
        f"{SITE}/test_permissions.py::test_every_view_stands_in_the_table",
        f"{SITE}/test_permissions.py::test_each_role_opens_and_does_on_our_views_what_the_table_says",
        f"{SITE}/test_permissions.py::test_each_role_opens_and_does_on_wagtails_views_what_the_table_says",
        f"{SITE}/test_leaks.py::test_a_stranger_who_follows_every_link_meets_no_secret",
        f"{SITE}/test_leaks.py::test_no_address_of_a_hidden_page_tells_strangers_anything",
        f"{SITE}/test_file_leaks.py::test_hidden_pages_have_neither_files_nor_feeds",
    ),
    _row(
        "S5",
        "Looking changes nothing, and nothing is taken without the token of our form; a link in a "
        "mail only shows a button.",
        f"{SITE}/test_methods.py::test_looking_at_any_address_changes_no_row",
        f"{SITE}/test_methods.py::test_nothing_is_taken_without_the_token_of_our_form",
        f"{NOTES}/test_thread_views.py::test_looking_at_a_confirmation_link_changes_nothing",
    ),
    _row(
        "S6",
        "Links in mails are random, work once, for 48 hours and for one purpose; only a hash is "
        "stored, and the address holds nothing about a person.",
        f"{NOTES}/test_confirming.py::test_a_token_works_once",
        f"{NOTES}/test_confirming.py::test_the_stored_hash_is_no_token",
        f"{NOTES}/test_confirming.py::test_a_token_of_another_purpose_is_refused",
        f"{NOTES}/test_confirming.py::test_a_token_expires_after_48_hours",
        f"{NOTES}/test_races.py::test_of_six_who_open_the_same_link_one_confirms",
        f"{SITE}/test_limits.py::test_a_link_in_a_mail_holds_nothing_about_the_person",
    ),
    _row(
        "S7",
        "Files that are imported are bounded and read without entities; nothing of an archive is "
        "written elsewhere.",
        f"{UNIT}/versioning/test_reading.py::test_a_hostile_or_empty_word_file_is_refused_quickly",
        f"{UNIT}/versioning/test_reading.py::test_a_hostile_or_empty_odt_file_is_refused",
        f"{UNIT}/versioning/test_reading.py::test_names_that_climb_out_of_the_archive_write_nothing",
        f"{SITE}/test_hostile.py::test_a_broken_or_hostile_file_is_imported_as_words_or_refused_in_words",
    ),
    _row(
        "S8",
        "Lengths, depths and sizes have limits, and what is too much is refused in words.",
        f"{NOTES}/test_submitting.py::test_text_of_3000_characters_is_stored_and_one_more_refused",
        f"{NOTES}/test_submitting.py::test_a_long_quote_keeps_its_ends",
        f"{SITE}/test_limits.py::test_five_megabytes_are_refused_with_words",
        f"{SITE}/test_limits.py::test_settings_hold_the_limits_that_the_rules_name",
        f"{UNIT}/versioning/test_sanitizing.py::test_hundred_kilobytes_of_hostile_html_take_no_hostile_time",
    ),
    _row(
        "S9",
        "Contributions, mails, searches, comparisons and log-ins are limited by person and "
        "network, in all processes together; 429 says when there is room again.",
        f"{FAULTS}/test_together.py::test_a_limit_holds_for_all_processes_together",
        f"{NOTES}/test_limits.py::test_too_much_is_answered_with_429_the_time_and_the_text",
        f"{NOTES}/test_limits.py::test_a_network_has_a_limit_whoever_writes",
        f"{NOTES}/test_limits.py::test_searches_are_limited_by_network_and_reading_is_not",
        f"{SITE}/test_login_limits.py::test_the_door_shuts_after_some_failures_and_opens_by_itself",
    ),
    _row(
        "S10",
        "Whatever comes from outside is answered, never with an error of our own.",
        f"{API}/test_fuzz.py::test_any_json_is_answered",
        f"{API}/test_fuzz.py::test_any_bytes_are_answered",
        f"{SITE}/test_garbage.py::test_no_number_in_an_address_breaks_a_page",
        f"{SITE}/test_garbage.py::test_no_parameter_of_an_address_breaks_a_page",
        f"{SITE}/test_garbage.py::test_garbage_ranges_and_keys_are_refused_or_ignored",
        f"{NOTES}/test_views.py::test_hostile_input_is_refused_or_taken_but_never_an_error",
    ),
    _row(
        "S11",
        "Redirects lead to our own pages alone.",
        f"{SITE}/test_redirects.py::test_signing_in_leads_only_to_our_own_pages",
        f"{SITE}/test_redirects.py::test_every_other_next_leads_only_to_our_own_pages",
        f"{SITE}/test_redirects.py::test_the_report_form_takes_over_only_paths_of_this_site",
    ),
    _row(
        "S12",
        "A file that somebody uploaded runs nothing, whatever it is named.",
        f"{SITE}/test_headers.py::test_an_uploaded_file_runs_nothing",
        f"{SITE}/test_headers.py::test_no_file_outside_the_media_folder_is_served",
    ),
    _row(
        "S13",
        "No cell of an export is taken for a formula.",
        f"{UNIT}/annotations/test_cells.py::test_no_cell_begins_like_a_formula_however_it_is_cut",
        f"{NOTES}/test_exports.py::test_no_cell_runs_and_the_workbook_keeps_every_word",
    ),
    _row(
        "S15",
        "No input adds a header to a mail, and what nobody has confirmed is mailed to nobody else.",
        f"{SITE}/test_limits.py::test_no_input_adds_a_header_to_a_mail",
        f"{SITE}/test_limits.py::test_an_unconfirmed_answer_reaches_nobody_by_mail",
        f"{NOTES}/test_outbox.py::test_line_breaks_in_subject_and_address_add_no_header",
        f"{NOTES}/test_submitting.py::test_a_fourth_mail_within_an_hour_is_refused_and_nothing_is_stored",
    ),
    _row(
        "S17",
        "The site does not start in public with known secrets, with DEBUG or with an account of "
        "the demonstration; the checks for deployment find nothing.",
        f"{SITE}/test_production.py::test_the_start_is_refused_with_a_word_on_what_is_wrong",
        f"{SITE}/test_production.py::test_debug_cannot_be_switched_on_from_outside",
        f"{SITE}/test_production.py::test_the_checks_for_deployment_find_nothing",
        f"{SITE}/test_production.py::test_an_account_of_the_demo_closes_the_site",
    ),
    _row(
        "R1",
        "Of two editors the second never overwrites the first unknowingly: the editor says so, "
        "shows what differs, and both texts are kept. What is saved while somebody publishes waits "
        "for its turn.",
        f"{VERSIONS}/test_stale_saves.py::test_a_stale_form_changes_neither_draft_nor_public_text",
        f"{VERSIONS}/test_stale_saves.py::test_both_texts_are_shown_and_mine_is_kept_beside_the_draft",
        f"{VERSIONS}/test_races.py::test_what_the_editor_saves_by_itself_does_not_take_back_what_is_being_published",
    ),
    _row(
        "R2",
        "A form that is sent twice stores one thing.",
        f"{NOTES}/test_races.py::test_eight_sendings_of_one_form_store_one_annotation",
        f"{NOTES}/test_races.py::test_eight_sendings_of_a_guest_make_one_mail",
        f"{NOTES}/test_views.py::test_a_form_sent_twice_stores_one_annotation",
        f"{NOTES}/test_reports.py::test_sent_twice_it_is_one_report",
    ),
    _row(
        "R3",
        "A process that is killed in the middle leaves all of an act or nothing; what was "
        "acknowledged is there, and mails go out exactly for what is stored.",
        f"{FAULTS}/test_server_killed.py::test_posting_and_confirming",
        f"{FAULTS}/test_killed.py::test_disposing",
        f"{FAULTS}/test_killed.py::test_publishing_a_version",
        f"{FAULTS}/test_killed.py::test_handing_a_version_over",
        f"{FAULTS}/test_killed.py::test_sending_mails",
        f"{FAULTS}/test_together.py::test_workers_at_one_queue_do_each_task_once",
    ),
    _row(
        "R4",
        "One command finds whatever does not fit together.",
        f"{VERSIONS}/test_integrity.py::test_all_is_well_after_a_life_of_splits_moves_and_merges",
        f"{VERSIONS}/test_integrity.py::test_a_live_page_without_a_version_is_named",
        f"{VERSIONS}/test_integrity.py::test_a_change_whose_words_do_not_stand_at_its_place_is_named",
        f"{SITE}/test_laws.py::test_the_laws_hold_whatever_people_do",
    ),
    _row(
        "R5",
        "While PostgreSQL restarts, people are told to come again, and the next request works; on "
        "SQLite four writers wait for each other and lose nothing.",
        f"{FAULTS}/test_postgres_restarted.py::test_restarts_under_load",
        f"{FAULTS}/test_together.py::test_four_writing_processes_on_sqlite_store_everything",
        f"{SITE}/test_unavailable.py::test_without_the_database_pages_say_when_to_come_again",
        f"{SITE}/test_unavailable.py::test_words_that_could_not_be_stored_are_given_back",
    ),
    _row(
        "R6",
        "On a full disk what cannot be stored is refused in words, everything can be read, and no "
        "half file is left.",
        f"{FAULTS}/test_disk_full.py::test_an_upload_that_has_no_room_leaves_nothing",
        f"{FAULTS}/test_disk_full.py::test_a_database_that_has_no_room_can_still_be_read",
        f"{FAULTS}/test_disk_full.py::test_a_file_that_has_no_room_is_said_to_have_failed",
    ),
    _row(
        "R7",
        "Pages ask the database as often for many annotations, replies and versions as for few, "
        "and show a bounded part of them.",
        f"{COUNTS}::test_fifty_annotations_need_as_many_queries_as_five",
        f"{COUNTS}::test_a_long_thread_is_read_and_hidden_with_as_many_queries_as_a_short_one",
        f"{COUNTS}::test_the_pages_of_a_long_thread_show_each_reply_once",
        f"{NOTES}/test_reading.py::test_hundreds_of_annotated_passages_stay_a_bounded_page",
    ),
    _row(
        "R8",
        "An annotation quotes its words on every version, says that they changed, or is shown as "
        "removed; never on foreign words.",
        f"{UNIT}/annotations/test_placing.py::test_placed_mark_quotes_its_words_or_says_that_they_changed_or_is_removed",
        f"{UNIT}/annotations/test_placing.py::test_words_of_a_removed_passage_are_removed_and_pinned_to_no_foreign_text",
        f"{UNIT}/annotations/test_ranges.py::test_describing_and_finding_gives_the_range_back",
        f"{NOTES}/test_reading.py::test_an_annotation_on_removed_words_stands_at_the_end",
    ),
    _row(
        "R9",
        "A comparison comes to an end, however large, repetitive or unrelated the texts are.",
        f"{UNIT}/versioning/test_hostile_comparisons.py::test_twenty_unrelated_passages_of_100_000_characters_on_each_side_come_to_an_end",
        f"{UNIT}/versioning/test_hostile_comparisons.py::test_a_million_repeated_characters_come_back_exactly",
        f"{UNIT}/versioning/test_hostile_comparisons.py::test_a_passage_as_large_as_a_file_may_be_comes_to_an_end",
    ),
    _row(
        "R10",
        "A mail server that is away, hangs or refuses loses no mail and holds up nothing else.",
        f"{FAULTS}/test_mail_server.py::test_a_silent_server_keeps_mails_and_holds_up_nothing_else",
        f"{FAULTS}/test_mail_server.py::test_a_server_that_is_away_for_days_loses_no_mail",
        f"{NOTES}/test_outbox.py::test_a_refusing_server_loses_nothing",
        f"{NOTES}/test_admin.py::test_addresses_of_authors_are_shown_nowhere",
    ),
    _row(
        "R13",
        "Moving, copying, unpublishing, deleting and translating a page loses no annotation and "
        "gives none to the copy.",
        f"{SITE}/test_page_life.py::test_a_moved_page_takes_its_annotations_along",
        f"{SITE}/test_page_life.py::test_a_copy_has_none_of_the_annotations_and_an_alias_no_rows_of_its_own",
        f"{SITE}/test_page_life.py::test_an_unpublished_page_hides_its_annotations_and_shows_them_again",
        f"{SITE}/test_page_life.py::test_a_page_with_annotations_is_not_deleted",
        f"{SITE}/test_page_life.py::test_a_translation_has_no_annotations_of_its_own_and_shows_those_of_the_same_passages",
    ),
    _row(
        "D1",
        "Nothing of a guest is seen or mailed before it is confirmed; what nobody confirms is "
        "gone after 48 hours.",
        f"{NOTES}/test_submitting.py::test_what_a_guest_writes_waits_for_confirmation",
        f"{NOTES}/test_reading.py::test_an_unconfirmed_annotation_is_not_shown",
        f"{NOTES}/test_confirming.py::test_after_48_hours_words_address_token_and_mail_are_gone",
        f"{NOTES}/test_following_news.py::test_what_nobody_confirms_is_deleted_with_its_address",
    ),
    _row(
        "D2",
        "No address of a network is stored, no other host is asked, and limits know networks by a "
        "hash of the day.",
        f"{SITE}/test_leaks.py::test_no_address_of_a_network_is_stored_whatever_people_do",
        f"{SITE}/test_leaks.py::test_every_field_for_addresses_of_networks_is_empty",
        f"{NOTES}/test_limits.py::test_no_address_of_a_network_is_stored_and_counts_leave_after_a_day",
        f"{BROWSER}/test_policy.py::test_no_public_page_breaks_the_policy_or_asks_another_host",
        f"{BROWSER}/test_policy.py::test_the_admin_asks_no_other_host",
    ),
    _row(
        "D3",
        "Whoever leaves takes all along that leads to them; the record of the process stays.",
        f"{NOTES}/test_erasing.py::test_no_canary_is_left",
        f"{NOTES}/test_erasing.py::test_contributions_stay_with_their_answers",
        f"{NOTES}/test_erasing.py::test_links_of_old_mails_answer_410",
        f"{NOTES}/test_erasing.py::test_every_session_ends",
    ),
    _row(
        "D4",
        "Everybody gets all data of their own as a file, and nobody else's.",
        f"{NOTES}/test_my_page.py::test_the_export_holds_everything_of_oneself_and_nothing_of_others",
        f"{NOTES}/test_my_page.py::test_an_answer_that_is_not_public_is_in_no_export",
        f"{NOTES}/test_consents.py::test_the_export_says_to_what_somebody_agreed",
    ),
    _row(
        "D5",
        "One table says how long what is kept; a command deletes it, a dry run nothing.",
        f"{NOTES}/test_erasing.py::test_the_command_counts_first_and_deletes_then",
        f"{NOTES}/test_erasing.py::test_words_of_long_ago_are_forgotten_and_a_dry_run_forgets_nothing",
        f"{NOTES}/test_erasing.py::test_who_reported_is_forgotten_once_nobody_can_appeal",
        f"{NOTES}/test_outbox.py::test_sent_mails_are_deleted_after_a_week_and_others_stay",
    ),
    _row(
        "D6",
        "What is public carries no mail address, no number of an account and nobody who reported.",
        f"{SITE}/test_leaks.py::test_a_stranger_who_follows_every_link_meets_no_secret",
        f"{SITE}/test_file_leaks.py::test_no_file_of_a_public_page_holds_a_secret",
        f"{NOTES}/test_reports.py::test_who_reported_shows_to_nobody_but_those_who_decide",
        f"{NOTES}/test_voice_views.py::test_the_reading_page_holds_nothing_personal",
    ),
    _row(
        "L1",
        "Everybody can report any contribution without an account and gets receipt and decision.",
        f"{NOTES}/test_reports.py::test_a_guest_reports_a_contribution_and_gets_number_and_receipt",
        f"{NOTES}/test_reports.py::test_what_the_law_asks_for_has_to_be_there",
        f"{NOTES}/test_reports.py::test_of_sexual_abuse_of_children_one_tells_without_a_name",
        f"{NOTES}/test_reports.py::test_an_upheld_report_hides_with_reasons_and_tells_both",
        f"{NOTES}/test_reports.py::test_a_report_that_is_not_upheld_leaves_the_words_and_says_why",
        f"{BROWSER}/test_moderation.py::test_a_report_is_decided_and_an_appeal_by_somebody_else",
    ),
    _row(
        "L2",
        "At the moment of hiding the author is told fact, ground, whether a program decided, and "
        "how to appeal; the words are kept for the appeal and forgotten later.",
        f"{NOTES}/test_reasons.py::test_the_mail_says_fact_ground_decider_and_redress",
        f"{NOTES}/test_reasons.py::test_the_page_behind_the_link_says_the_same_without_signing_in",
        f"{NOTES}/test_erasing.py::test_hidden_words_stay_while_somebody_may_appeal_or_an_appeal_is_open",
        f"{NOTES}/test_moderation_log.py::test_nothing_in_the_log_is_changed_or_deleted",
    ),
    _row(
        "L4",
        "Imprint, privacy, accessibility, easy language and sign language are linked from every "
        "page; barriers can be reported; a check names what is missing or too old.",
        f"{PAGES}/test_standard_pages.py::test_every_page_links_the_pages_that_the_law_asks_for",
        f"{PAGES}/test_standard_pages.py::test_a_check_names_pages_that_are_missing",
        f"{PAGES}/test_standard_pages.py::test_a_check_names_a_statement_that_is_older_than_a_year",
        f"{PAGES}/test_pages.py::TestReports::test_a_report_is_stored_and_the_editors_get_a_mail",
    ),
    _row(
        "A1",
        "No page has a fault that axe finds: narrow, dark, empty, with errors, in both languages.",
        f"{BROWSER}/test_accessibility.py::test_every_page_is_free_of_faults_and_fits_on_a_narrow_screen",
        f"{BROWSER}/test_accessibility.py::test_important_pages_are_free_of_faults_in_every_look",
        f"{BROWSER}/test_accessibility.py::test_the_checks_see_faults",
    ),
    _row(
        "A2",
        "Everything can be done with the keyboard alone, choosing words too.",
        f"{BROWSER}/test_keyboard.py::test_a_citizen_signs_in_and_annotates_by_keyboard",
        f"{BROWSER}/test_keyboard.py::test_words_are_chosen_by_keys_from_the_button_of_a_passage",
        f"{BROWSER}/test_keyboard.py::test_a_citizen_replies_reports_and_signs_out_by_keyboard",
        f"{BROWSER}/test_without_javascript.py::test_people_mean_certain_sentences_without_javascript",
    ),
    _row(
        "A3",
        "Insertions and deletions are told by shape and in words, not by colour alone.",
        f"{BROWSER}/test_reviewer.py::test_the_marks_differ_by_shape_and_not_by_colour_alone",
        f"{BROWSER}/test_reviewer.py::test_screen_readers_hear_what_is_inserted_and_deleted",
        f"{BROWSER}/test_reviewer.py::test_a_reviewer_finds_what_changed_where_and_why_by_keyboard",
    ),
    _row(
        "A4",
        "Words lead to their cards and back, the focus is seen, and what happens is said aloud.",
        f"{BROWSER}/test_choosing.py::test_a_card_leads_to_its_words_and_back",
        f"{BROWSER}/test_choosing.py::test_a_click_on_words_lists_all_annotations_that_stand_on_them",
        f"{BROWSER}/test_reviewer.py::test_the_bar_follows_the_reading_and_hides_no_focus",
    ),
    _row(
        "A5",
        "Everything can be read and said without JavaScript, and fits on 320 pixels.",
        f"{BROWSER}/test_without_javascript.py::test_people_annotate_confirm_and_reply_without_javascript",
        f"{BROWSER}/test_without_javascript.py::test_people_compare_and_follow_an_annotation_without_javascript",
        f"{BROWSER}/test_accessibility.py::test_every_page_is_free_of_faults_and_fits_on_a_narrow_screen",
    ),
    _row(
        "A6",
        "Pages, quotes and translations say their language; words that run from right to left move "
        "nothing beside them.",
        f"{BROWSER}/test_reviewer.py::test_strange_texts_fit_on_a_narrow_screen_with_wide_spacing",
        f"{NOTES}/test_languages.py::test_it_stands_at_the_same_passage_and_is_about_all_of_it",
        f"{VERSIONS}/test_version_pages.py::test_words_that_are_not_translated_yet_keep_their_language",
        f"{PAGES}/test_pages.py::test_pages_are_shown_in_both_languages",
    ),
    _row(
        "A7",
        "Forms have labels, say what is wrong at the field, keep what was typed, and ask for no "
        "riddle.",
        f"{NOTES}/test_forms.py::test_helps_and_errors_are_linked_to_their_fields",
        f"{BROWSER}/test_without_javascript.py::test_wrong_entries_are_said_at_the_field_and_the_text_is_kept",
        f"{NOTES}/test_views.py::test_a_form_filled_in_by_a_machine_is_not_taken",
        f"{NOTES}/test_reports.py::test_an_account_writes_neither_name_nor_address_again",
    ),
)  # fmt: skip

HEAD = """\
# What must hold, and what shows it

Every requirement of trust that may not be broken (P0), in plain words, with tests that fail when
it is. `python -m tests.trust` writes this page from the table in `tests/trust.py`; a contract test
compares both and looks for each test. The fault runs in their long form are `make test-faults`, see
[When something fails](../how-to/faults.md).
"""
COLUMNS = "| Id | What must hold | Tests |\n| --- | --- | --- |\n"


def as_markdown() -> str:
    """Return the page."""
    parts = [HEAD]
    for letter, title in GROUPS.items():
        rows = "".join(map(_line, (row for row in ROWS if row.key.startswith(letter))))
        parts.append(
            f"\n## {title}\n\n| Id | What must hold | Tests |\n| --- | --- | --- |\n{rows}"
        )
    return "".join(parts)


def _line(row: Row) -> str:
    tests = "<br>".join(f"`{test.removeprefix('tests/')}`" for test in row.tests)
    return f"| {row.key} | {row.words} | {tests} |\n"


if __name__ == "__main__":
    PAGE.write_text(as_markdown())
    sys.stdout.write(f"{PAGE}\n")
