"""A reader of our own PDFs, which knows nothing of who wrote them: objects, fonts, what is shown.

It goes from the pages to their fonts, and from each code that is shown to the character that the
font's `ToUnicode` names, as a program does that copies text out of a file. `pdftotext`, where it
is there, is asked besides.
"""

import re
import shutil
import subprocess

_OBJECT = re.compile(rb"(\d+) 0 obj(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)endstream", re.DOTALL)
_SHOWN = re.compile(
    rb"BT 1 0 0 1 ([-.\d]+) ([-.\d]+) Tm /(\S+) [.\d]+ Tf [.\d]+ TL "
    rb"\(((?:[^()\\]|\\.)*)\) Tj T\* ET",
    re.DOTALL,
)
_SHOWS = re.compile(rb"\bT[jJ]\b")
_ESCAPED = re.compile(rb"\\([0-7]{1,3}|.)", re.DOTALL)
_PLAIN = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pieces(made):
    """Of each page in its order what it shows: (x, y from below, text), as it is drawn."""
    objects = {int(number): body for number, body in _OBJECT.findall(made)}
    tree = next(body for body in objects.values() if b"/Type /Pages" in body)
    kids = re.search(rb"/Kids \[(.*?)\]", tree, re.DOTALL)[1]
    return [_page(objects, int(one)) for one in re.findall(rb"(\d+) 0 R", kids)]


def _page(objects, number):
    page = objects[number]
    named = objects[_reference(page, b"Font")]
    fonts = {
        name: _characters(objects, int(at)) for name, at in re.findall(rb"/(\S+) (\d+) 0 R", named)
    }
    content = _STREAM.search(objects[_reference(page, b"Contents")])[1]
    shown = _SHOWN.findall(content)
    assert len(shown) == len(_SHOWS.findall(content)), "it shows text in a way that is not read"
    return [
        (float(x), float(y), "".join(fonts[font][code] for code in _codes(said)))
        for x, y, font, said in shown
    ]


def _reference(body, name):
    return int(re.search(rb"/" + name + rb" (\d+) 0 R", body)[1])


def _characters(objects, number):
    """By code; None for a font of which nothing is shown."""
    if b"/ToUnicode" not in objects[number]:
        return None
    table = _STREAM.search(objects[_reference(objects[number], b"ToUnicode")])[1]
    return {
        int(code, 16): bytes.fromhex(text.decode()).decode("utf-16-be")
        for code, text in re.findall(rb"<([0-9A-F]{2})> <([0-9A-F]{4,})>", table)
    }


def _codes(said):
    def meant(found):
        return bytes([int(found[1], 8)]) if found[1].isdigit() else _PLAIN.get(found[1], found[1])

    return _ESCAPED.sub(meant, said)


def by_pdftotext(made, path, *, box=None):
    """Word by word as poppler finds them; None where it is not installed."""
    if shutil.which("pdftotext") is None:
        return None
    path.write_bytes(made)
    within = [] if box is None else ["-x", box[0], "-y", box[1], "-W", box[2], "-H", box[3]]
    command = ["pdftotext", "-layout", "-r", "72", *map(str, within), str(path), "-"]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
