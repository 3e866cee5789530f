"""What comes in as stories, and what is told and left out."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from datetime import date, datetime

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from annotator import store
from annotator.errors import BadArgument, BadDocument
from annotator.model import Document
from annotator.reader import prepare, read

SENTENCE = "The Harbour Board said on Monday that it would close the north gate."
OTHER = "Union officials accused the Board of hiding the cost of the closure."
GERMAN = "Der Bürgermeister sagte am Montag, dass die Steuern in diesem Jahr nicht steigen werden."
RUSSIAN = "Мэр сообщил в понедельник, что налоги в этом году повышаться не будут."


def documents(*inputs, **options) -> list[Document]:
    found = list(read(inputs, **options))
    assert not [x for x in found if isinstance(x, BadDocument)]
    return found


def told(*inputs, **options) -> list[tuple[str, str]]:
    """The name of the place and the reason of each reject."""
    found = [x for x in read(inputs, **options) if isinstance(x, BadDocument)]
    return [(bad.where.rsplit("/", 1)[-1], bad.reason) for bad in found]


def write(path, content: str | bytes):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


# --- canonical text


@pytest.mark.parametrize(
    "raw",
    [
        b"\xef\xbb\xbfOne said.\r\nTwo said.\rThree said.\n",
        "One said.\r\nTwo said.\nThree said.\n".encode("utf-16"),
        "\ufeffOne said.\nTwo said.\nThree said.\n".encode("utf-32"),
        b"One\x00 said.\nTwo said.\n\x00Three said.\n",
    ],
)
def test_text_is_made_canonical_once(tmp_path, raw):
    (document,) = documents(write(tmp_path / "a.txt", raw))
    assert document.text == "One said.\nTwo said.\nThree said.\n"


@given(st.text(st.characters(exclude_categories=["Cs"])))
@settings(deadline=None)
def test_canonical_text_stays_as_it_is(text):
    document = prepare("x", f"{text}.")
    again = prepare("x", document.text)
    assert again.text == document.text
    assert again.paragraphs == document.paragraphs
    assert not set(document.text) & {"\r", "\0"}


def test_offsets_are_code_points(tmp_path):
    text = "🌉🌉\n\ne\u0301 שלום said.\n"
    (document,) = documents(write(tmp_path / "a.txt", text))
    assert [p.span.of(document.text) for p in document.paragraphs] == ["🌉🌉", "e\u0301 שלום said."]


def test_what_is_read_can_be_written_and_read(tmp_path):
    rows = [
        {"text": f"{SENTENCE} 👩‍👩‍👧", "n": float("nan"), "deep": {"x": [1, None, "é"]}},
        {"text": OTHER, "n": 2},
    ]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    found = documents(path)
    store.write_lines(tmp_path / "documents.jsonl", map(store.document_to_json, found))
    assert list(store.read_documents(tmp_path / "documents.jsonl")) == found
    assert found[0].meta == {"n": None, "deep": {"x": [1, None, "é"]}}


def test_documents_that_were_written_can_be_read_as_input(tmp_path):
    first = documents(write(tmp_path / "a.jsonl", json.dumps({"text": SENTENCE, "id": "x", "paper": "HW"})))
    store.write_lines(tmp_path / "documents.jsonl", map(store.document_to_json, first))
    assert documents(tmp_path / "documents.jsonl") == first


# --- formats


def test_a_text_file_takes_its_headline_as_title(tmp_path):
    (document,) = documents(write(tmp_path / "gate.v2.txt", f"Board shuts gate\n\n{SENTENCE}\n"))
    assert (document.id, document.title, document.lang) == ("gate.v2", "Board shuts gate", "en")
    assert [p.kind for p in document.paragraphs] == ["headline", "body"]
    (plain,) = documents(write(tmp_path / "b.txt", SENTENCE))
    assert plain.title is None


PAGE = """<!doctype html><html><head><title>Ferry crews walk out in Varna | Harbour Weekly</title>
<meta name="author" content="Ana Ode"><meta property="article:published_time" content="2016-05-04T09:30:00Z">
<meta property="og:site_name" content="Harbour Weekly">
<link rel="canonical" href="https://weekly.example/2016/ferry"></head><body>
<nav><a href="/">Home</a> | <a href="/news">News</a></nav><article><h1>Ferry crews walk out in Varna</h1>
<p>Ferry crews in Varna walked out on Monday after the Harbour Board said it would cut <b>two</b> night boats,
union officials&nbsp;said.</p><script>track("said")</script>
<p>“We were told nothing,” said <a href="/kb">Kofi Brandt</a>, who leads the union. “The Board has lied.”</p>
<h2>A long dispute</h2><ul><li>The union says that pay has fallen.</li><li>The Board denies it.</li></ul>
<p>The Board accused the union of scaring passengers, and said the cuts had been announced in March.</p>
<p>Read also: Bridge closed for a week</p></article>
<aside><h3>Most read</h3><a href="/x">Mayor says no</a></aside>
<footer>Copyright 2016 Harbour Weekly</footer></body></html>
"""


def test_a_page_gives_its_story(tmp_path):
    (document,) = documents(write(tmp_path / "ferry.html", PAGE))
    blocks = [(p.kind, p.span.of(document.text)) for p in document.paragraphs]
    assert blocks[0] == ("headline", "Ferry crews walk out in Varna")
    assert blocks[1][1].endswith("would cut two night boats, union officials said.")
    assert blocks[2][1].startswith("“We were told nothing,” said Kofi Brandt, who")
    assert ("headline", "A long dispute") in blocks
    assert ("body", "The Board denies it.") in blocks
    assert blocks[-1] == ("teaser", "Read also: Bridge closed for a week")
    assert not [text for _, text in blocks if "track" in text or "Copyright" in text or "Most read" in text]
    assert document.text.count("Ferry crews walk out in Varna") == 1
    assert (document.title, document.date) == ("Ferry crews walk out in Varna", "2016-05-04")
    assert document.url == "https://weekly.example/2016/ferry"
    assert document.meta["author"] == "Ana Ode"
    assert document.meta["extractor"].startswith("trafilatura 2.")


def test_a_date_is_not_guessed_from_the_foot_of_a_page(tmp_path):
    page = PAGE.replace('<meta property="article:published_time" content="2016-05-04T09:30:00Z">', "")
    (document,) = documents(write(tmp_path / "ferry.htm", page.replace("/2016/", "/")))
    assert document.date is None


def test_a_page_in_another_code_says_so_or_is_rejected(tmp_path):
    declared = PAGE.replace("<head>", '<head><meta charset="windows-1252">').encode("cp1252")
    (document,) = documents(write(tmp_path / "a.html", declared))
    assert "“We were told nothing,”" in document.text
    assert told(write(tmp_path / "b.html", PAGE.encode("cp1252"))) == [("b.html", told_reason(PAGE))]
    wrong = PAGE.replace("<head>", '<head><meta charset="klingon">').encode("cp1252")
    assert told(write(tmp_path / "c.html", wrong)) == [("c.html", "not klingon, as the page says it is")]


def told_reason(page: str) -> str:
    return f"not utf-8: byte {page.encode('cp1252').index(0x93):,} cannot be decoded"


@pytest.mark.parametrize("page", ["<html><body></body></html>", "<p>", "no page"])
def test_a_page_without_a_story_is_rejected(tmp_path, page):
    assert told(write(tmp_path / "a.html", page)) == [("a.html", "no story found in the page")]


ROW = {
    "id": "s1",
    "text": SENTENCE,
    "title": "Gate",
    "url": "https://w.example/1",
    "date": "2016-05-04",
    "lang": "en",
}


def in_every_table(tmp_path, rows):
    write(tmp_path / "jsonl" / "t.jsonl", "\n".join(map(json.dumps, rows)))
    (tmp_path / "csv").mkdir()
    pl.DataFrame(rows).write_csv(tmp_path / "csv" / "t.csv")
    (tmp_path / "parquet").mkdir()
    pl.DataFrame(rows).write_parquet(tmp_path / "parquet" / "t.parquet")
    return [tmp_path / kind / f"t.{kind}" for kind in ("jsonl", "csv", "parquet")]


def test_the_tables_give_the_same_stories(tmp_path):
    rows = [ROW | {"paper": "HW"}, {**ROW, "id": None, "text": OTHER, "title": "", "paper": "HT"}]
    found = [documents(path) for path in in_every_table(tmp_path, rows)]
    first = Document(**ROW, meta={"paper": "HW"}, paragraphs=prepare("", SENTENCE).paragraphs)
    assert [stories[0] for stories in found] == [first] * 3
    assert [stories[1].id for stories in found] == ["t-2"] * 3
    assert [stories[1].title for stories in found] == [None] * 3


def test_numbers_serve_as_ids_and_other_fields_are_kept(tmp_path):
    line = {"id": 17, "text": SENTENCE, "words": 12, "meta": {"desk": "ports"}, "tags": ["a", "b"]}
    (document,) = documents(write(tmp_path / "a.jsonl", json.dumps(line)))
    assert document.id == "17"
    assert document.meta == {"desk": "ports", "words": 12, "tags": ["a", "b"]}


def test_parquet_keeps_what_other_columns_hold(tmp_path):
    frame = pl.DataFrame(
        {
            "text": [SENTENCE],
            "date": [date(2016, 5, 4)],
            "seen": [datetime(2016, 5, 4, 9, 30)],  # noqa: DTZ001 - a column without a zone
            "score": [float("inf")],
            "tags": [["a", "b"]],
            "author": [{"name": "Ana Ode", "age": None}],
            "raw": [b"\xff"],
        }
    )
    frame.write_parquet(tmp_path / "a.parquet")
    (document,) = documents(tmp_path / "a.parquet")
    assert document.date == "2016-05-04"
    assert document.meta["seen"] == "2016-05-04T09:30:00"
    assert document.meta["score"] is None
    assert document.meta["tags"] == ["a", "b"]
    assert document.meta["author"] == {"name": "Ana Ode", "age": None}
    json.dumps(store.document_to_json(document), allow_nan=False)


def test_a_long_parquet_file_is_read_in_order(tmp_path):
    count = 1100
    pl.DataFrame({"text": [f"{SENTENCE} {i}" for i in range(count)]}).write_parquet(tmp_path / "a.parquet")
    found = list(read([tmp_path / "a.parquet"], any_language=True))
    assert [d.id for d in found] == [f"a-{i + 1}" for i in range(count)]
    assert found[1030].text.endswith(" 1030")


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_may_be_cut_by_commas_semicolons_or_tabs(tmp_path, delimiter):
    text = f'id{delimiter}Text\nx{delimiter}"{SENTENCE}\n\nShe said ""no{delimiter}""."\n'
    (document,) = documents(write(tmp_path / "a.csv", b"\xef\xbb\xbf" + text.encode()))
    assert document.id == "x"
    assert document.text == f'{SENTENCE}\n\nShe said "no{delimiter}".'


def test_a_csv_holds_long_stories_and_tells_its_bad_rows(tmp_path):
    long = f"{SENTENCE} " * 3000
    lines = ["text,id", f'"{long}",long', "too,many,fields", f'"{OTHER}\n",second', "", "Short one.,third"]
    path = write(tmp_path / "a.csv", "\n".join(lines))
    assert [d.id for d in read([path]) if isinstance(d, Document)] == ["long", "second", "third"]
    assert told(path) == [("a.csv:3", "3 fields under 2 columns")]


def test_one_undecodable_row_of_a_csv_is_rejected_alone(tmp_path):
    path = write(tmp_path / "a.csv", f"text\n{SENTENCE}\n".encode() + b"Caf\xe9 said no.\n" + OTHER.encode())
    assert [d.id for d in read([path]) if isinstance(d, Document)] == ["a-1", "a-3"]
    assert told(path) == [
        ("a.csv:3", "holds bytes that are not UTF-8, or half a character (a lone surrogate)")
    ]


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_a_table_without_texts_is_a_bad_argument_if_named_and_a_reject_if_found(tmp_path, suffix):
    path = tmp_path / f"list.{suffix}"
    getattr(pl.DataFrame({"id": ["x"], "body": ["y"]}), f"write_{suffix}")(path)
    write(tmp_path / "story.txt", SENTENCE)
    with pytest.raises(BadArgument, match=rf'list\.{suffix}: no column "text" among: id, body$'):
        read([path])
    assert told(tmp_path) == [(f"list.{suffix}", 'no column "text" among: id, body')]
    assert told(tmp_path / "*") == [(f"list.{suffix}", 'no column "text" among: id, body')]


@pytest.mark.parametrize("name", ["a.csv", "a.parquet", "a.jsonl", "a.txt", "a.html"])
def test_an_empty_file_is_told(tmp_path, name):
    write(tmp_path / "story.txt", SENTENCE)
    write(tmp_path / name, b"")
    found = list(read([tmp_path]))
    assert [d.id for d in found if isinstance(d, Document)] == ["story"]
    assert len(found) == 2 or name == "a.jsonl"  # a file of no lines holds no story that could be missing


def test_what_is_no_parquet_is_told(tmp_path):
    ((where, reason),) = told(write(tmp_path / "a.parquet", b"PAR1 not really"))
    assert where == "a.parquet"
    assert reason.startswith("no parquet: ")
    assert "\n" not in reason


# --- folders, globs, ids


@pytest.fixture
def tree(tmp_path):
    for name in (
        "b.txt",
        "a.txt",
        "2016/may/c.txt",
        "2016/d.html",
        ".hidden.txt",
        ".git/e.txt",
        "x.jpg",
        "2016/README",
    ):
        write(tmp_path / name, PAGE if name.endswith("html") else f"{SENTENCE} {name}")
    return tmp_path


def test_a_folder_is_read_below_in_order_without_hidden_files(tree):
    assert [d.id for d in documents(tree)] == ["2016/d", "2016/may/c", "a", "b"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.txt", ["a", "b"]),
        ("**/*.txt", ["2016/may/c", "a", "b"]),
        ("2016/**/*.txt", ["may/c"]),
        ("20*", ["2016/d", "2016/may/c"]),
        ("[ab].txt", ["a", "b"]),
    ],
)
def test_a_glob_gives_ids_below_its_fixed_part(tree, pattern, expected):
    assert [d.id for d in documents(tree / pattern)] == expected


def test_paths_may_begin_at_home_or_here(tree, monkeypatch):
    monkeypatch.setenv("HOME", str(tree))
    monkeypatch.chdir(tree / "2016")
    assert [d.id for d in documents("~/a.txt", "~/2016/*/c.txt", "may", "*.html")] == ["a", "may/c", "c", "d"]


def test_the_same_story_twice_comes_once_and_another_text_with_its_id_is_rejected(tree):
    write(tree / "other" / "a.txt", OTHER)
    found = list(read([tree / "a.txt", tree / "a.txt", tree / "other" / "a.txt", tree / "b.txt"]))
    assert [x.id for x in found if isinstance(x, Document)] == ["a", "b"]
    assert told(tree / "a.txt", tree / "other" / "a.txt") == (
        [("a.txt", 'the id "a" was there before with another text')]
    )


def test_a_file_name_may_hold_anything(tmp_path):
    os.makedirs(tmp_path / "[x]")  # noqa: PTH103 - a folder that looks like a wildcard
    write(tmp_path / "[x]" / "what? *.txt", SENTENCE)
    assert [d.id for d in documents(tmp_path / "[x]")] == ["what? *"]
    assert [d.id for d in documents(tmp_path / "[x]" / "what? *.txt")] == ["what? *"]


def test_a_file_name_that_is_no_unicode_is_told(tmp_path):
    (tmp_path / os.fsdecode(b"caf\xe9.txt")).write_text(SENTENCE)
    ((where, reason),) = told(tmp_path)
    assert where == "caf\\udce9.txt"
    assert "not UTF-8" in reason


# --- bad input


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("gone.txt", "there is no such file or folder"),
        ("gone/*.txt", "nothing matches"),
        ("~nobody-at-all/x", "gone|no such|home"),
        ("", "there is no such file or folder"),
        ("x" * 5000, "File name too long"),
        ("x\0y", "there is no such file or folder"),
    ],
)
def test_a_path_that_is_not_there_is_a_bad_argument_at_once(tree, monkeypatch, given, message):
    monkeypatch.chdir(tree)
    with pytest.raises(BadArgument, match=message) as caught:
        read([str(tree / "a.txt"), given])
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("inputs", [[], ["."], [".", "*.jpg"]])
def test_a_folder_without_stories_is_a_bad_argument_at_once(tmp_path, monkeypatch, inputs):
    write(tmp_path / "x.jpg", b"\xff\xd8")
    write(tmp_path / ".hidden.txt", SENTENCE)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(BadArgument, match=r"no story in .*: .*\.txt, \.html"):
        read(inputs)


def test_a_limit_without_sense_is_a_bad_argument(tree):
    with pytest.raises(BadArgument, match="--max-chars"):
        read([tree], max_chars=0)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\xc2\xa0\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\0\0", "binary, not text"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\1\0\0\0\1\0\x08\6\0\0\0", "binary, not text"),
        (bytes(range(256)) * 3, "binary, not text"),
        ("a little text".encode("utf-16-le"), "binary, not text"),
        (b"The caf\xe9 said no.", "not utf-8: byte 7 cannot be decoded"),
        (b"\xff\xfeA", "not utf-16: byte 2 cannot be decoded"),
        (b"half a pair \xed\xa0\x80", "not utf-8: byte 12 cannot be decoded"),
        (GERMAN.encode(), "looks like de, not English; --any-language takes it all the same"),
        (RUSSIAN.encode(), "looks like ru, not English; --any-language takes it all the same"),
        ((SENTENCE * 20).encode(), "1,360 characters, more than the 1,000 of --max-chars"),
        (b"a" * 5000, "5,000 bytes, too long for the limit of --max-chars"),
    ],
)
def test_a_bad_file_is_told_and_the_run_goes_on(tmp_path, content, reason):
    write(tmp_path / "a.txt", content)
    write(tmp_path / "b.txt", SENTENCE)
    bad, good = read([tmp_path], max_chars=1000)
    assert isinstance(bad, BadDocument)
    assert (bad.reason, bad.where, bad.stage) == (reason, str(tmp_path / "a.txt"), "read")
    assert good.text == SENTENCE


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"text": "half', "not a whole line of JSON"),
        (b'["text"]', "not a JSON object"),
        (b'{"id": "x"}', "no text"),
        (b'{"text": null}', "no text"),
        (b'{"text": 7}', "the text is not a string"),
        (b'{"text": ""}', "empty"),
        (b'{"text": "No, she said.", "title": ["x"]}', "title is not a string"),
        (b'{"text": "No, she said.", "id": {"x": 1}}', "id is not a string"),
        (b'{"text": "Caf\xe9"}', "not UTF-8"),
        (
            b'{"text": "half \\ud83d"}',
            "holds bytes that are not UTF-8, or half a character (a lone surrogate)",
        ),
        (
            b'{"text": "No.", "k": "\\ud83d"}',
            "holds bytes that are not UTF-8, or half a character (a lone surrogate)",
        ),
        (
            b'{"text": "No, she said.", "lang": "fr"}',
            "in fr, not English; --any-language takes it all the same",
        ),
        (b'{"text": "No", "x": ' + b"[" * 5000 + b"]" * 5000 + b"}", "not a whole line of JSON"),
        (b'{"text": "No", "x": ' + b"[" * 600 + b"]" * 600 + b"}", "fields within fields without end"),
        (b'{"text": "' + b"a" * 200_000 + b'"}', "a line too long for the limit of --max-chars"),
    ],
)
def test_a_bad_line_is_told_with_file_and_line_and_the_run_goes_on(tmp_path, line, reason):
    good = json.dumps({"text": SENTENCE}).encode()
    path = write(tmp_path / "a.jsonl", good + b"\n\n" + line + b"\n" + good.replace(b"Monday", b"Friday"))
    assert told(path, max_chars=1000) == [("a.jsonl:3", reason)]
    assert [x.id for x in read([path], max_chars=1000) if isinstance(x, Document)] == ["a-1", "a-4"]


def test_a_row_with_the_id_of_another_text_is_told_with_its_line(tmp_path):
    rows = [{"id": "x", "text": SENTENCE}, {"id": "x", "text": OTHER}, {"id": "x", "text": SENTENCE}]
    path = write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows)))
    assert told(path) == [("a.jsonl:2", 'the id "x" was there before with another text')]
    assert len(list(read([path]))) == 2


def test_links_to_nothing_pipes_and_sockets_with_a_storys_name_are_told(tmp_path, monkeypatch):
    (tmp_path / "a.txt").symlink_to(tmp_path / "gone")
    os.mkfifo(tmp_path / "b.txt")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)
        server.bind("c.txt")
        write(tmp_path / "d.txt", SENTENCE)
        found = told(tmp_path)
    assert [where for where, _ in found] == ["a.txt", "b.txt", "c.txt"]
    assert found[0][1] == "cannot be read: No such file or directory"
    assert found[1][1].startswith("no file that can be read")


def test_a_file_of_another_kind_is_told_if_named(tmp_path):
    path = write(tmp_path / "photo.jpg", b"\xff\xd8")
    ((where, reason),) = told(path, write(tmp_path / "a.txt", SENTENCE))
    assert where == "photo.jpg"
    assert ".parquet" in reason


UNREADABLE = """
import os, sys
from annotator.reader import prepare, read
prepare("x", "Nothing is left to import.")
os.setuid(65534)
for found in read([sys.argv[1]], any_language=True):
    print(type(found).__name__, getattr(found, "reason", ""), sep="|")
"""


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody who may not read")
def test_files_and_folders_that_may_not_be_read_are_told(tmp_path):
    write(tmp_path / "a.txt", SENTENCE).chmod(0o000)
    write(tmp_path / "b" / "c.txt", SENTENCE).parent.chmod(0o000)
    write(tmp_path / "d.txt", SENTENCE)
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    command = [sys.executable, "-c", UNREADABLE, str(tmp_path)]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert lines[0] == "BadDocument|cannot be read: Permission denied"
    assert lines[1].startswith("BadDocument|no file that can be read")
    assert lines[2] == "Document|"


# --- language


@pytest.mark.parametrize("text", [GERMAN, RUSSIAN])
def test_any_language_is_taken_on_demand(tmp_path, text):
    (document,) = documents(write(tmp_path / "a.txt", text), any_language=True)
    assert document.lang is None


@pytest.mark.parametrize("lang", ["en", "EN", "en-GB", "en_US", "eng", "English"])
def test_the_language_that_the_input_declares_is_believed(tmp_path, lang):
    (document,) = documents(write(tmp_path / "a.jsonl", json.dumps({"text": GERMAN, "lang": lang})))
    assert document.lang == lang


@pytest.mark.parametrize("text", ["No comment.", "Ilse Varga et Kofi Asante", "12:30 — 14:45", "Oui."])
def test_a_text_too_short_to_tell_is_taken(tmp_path, text):
    assert documents(write(tmp_path / "a.txt", text))


# --- weight


def test_reading_text_loads_nothing_heavy():
    code = (
        "import sys; from annotator.reader import prepare; prepare('x', 'He said so.');"
        "print([m for m in ('trafilatura', 'lxml', 'py3langid', 'polars', 'torch', 'stanza') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_file_far_too_long_is_not_read_into_memory(tmp_path):
    path = tmp_path / "a.txt"
    with path.open("wb") as handle:
        handle.truncate(50_000_000_000)  # a hole in the disk, not bytes on it
    assert told(path) == [("a.txt", "50,000,000,000 bytes, too long for the limit of --max-chars")]
