"""The notebook runs on a real export, and its pictures show something."""

import json
import os
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from base64 import b64decode
from pathlib import Path

import nbformat
import pytest

import annotator
from annotator.dataset import export

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "who-says-what.ipynb"
DESK = Path(__file__).parent / "data" / "desk"


# In a process of its own: the kernel's client leaves sockets to the garbage collector, and warnings are errors here.
RUN = """
import sys
import nbformat
from jupyter_client import AsyncKernelManager
from nbclient import NotebookClient

notebook, done, folder, sockets = sys.argv[1:]
# Unix sockets, because a free port may be taken before the kernel binds it.
manager = AsyncKernelManager(kernel_name="tests", transport="ipc", connection_file=sockets + "/kernel.json")
client = NotebookClient(
    nbformat.read(notebook, as_version=4),
    km=manager,
    timeout=300,
    startup_timeout=300,
    resources={"metadata": {"path": folder}},
)
nbformat.write(client.execute(), done)
"""


def execute(parquet, tmp_path):
    """The notebook after a run from its own folder, in a kernel of this interpreter and of no other."""
    kernel = tmp_path / "jupyter" / "kernels" / "tests"
    kernel.mkdir(parents=True)
    command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    spec = {"argv": command, "display_name": "tests", "language": "python"}
    (kernel / "kernel.json").write_text(json.dumps(spec), encoding="utf-8")
    environment = os.environ | {
        "JUPYTER_PATH": str(tmp_path / "jupyter"),
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "PYTHONPATH": str(Path(annotator.__file__).parents[1]),
        "ANNOTATOR_EXPORT": str(parquet),
    }
    done = tmp_path / "done.ipynb"
    # The path of a Unix socket must be short, and tmp_path is not.
    with tempfile.TemporaryDirectory() as sockets:
        run = subprocess.run(
            [sys.executable, "-c", RUN, NOTEBOOK, done, NOTEBOOK.parent, sockets],
            env=environment | {"JUPYTER_RUNTIME_DIR": sockets},
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stderr
    return nbformat.read(done, as_version=4)


def exported(tmp_path, *without):
    folder = Path(shutil.copytree(DESK, tmp_path / "desk"))
    for name in without:
        (folder / f"{name}.jsonl").unlink()
    export(folder, tmp_path / "parquet")
    return tmp_path / "parquet"


def outputs(notebook, mime):
    return [
        output["data"][mime]
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if mime in output.get("data", {})
    ]


def printed(notebook, stream):
    found = [o for cell in notebook.cells for o in cell.get("outputs", []) if o["output_type"] == "stream"]
    return "".join(o["text"] for o in found if o["name"] == stream)


def colours(png):
    """The different pixels of an eight-bit RGB(A) picture, by undoing nothing but the compression and filter bytes."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert depth == 8
    size = {2: 3, 6: 4}[kind]
    data, at = b"", 8
    while at < len(png):
        length, name = struct.unpack(">I4s", png[at : at + 8])
        data += png[at + 8 : at + 8 + length] if name == b"IDAT" else b""
        at += 12 + length
    raw = zlib.decompress(data)
    assert len(raw) == height * (1 + width * size)
    return len({raw[i : i + size] for i in range(0, len(raw) - size, size)})


def test_it_is_committed_without_outputs():
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert code
    assert all(cell.outputs == [] and cell.execution_count is None for cell in code)


def test_it_shows_who_says_what_about_whom(tmp_path):
    notebook = execute(exported(tmp_path), tmp_path)
    pictures = [b64decode(picture) for picture in outputs(notebook, "image/png")]
    assert len(pictures) == 5
    # A blank picture has one colour, empty axes a handful of greys.
    assert all(colours(picture) > 50 for picture in pictures)
    assert printed(notebook, "stderr") == ""
    text = "\n".join(outputs(notebook, "text/plain"))
    assert "5 documents, 14 attributions; annotations: 1 machine, 2 human, 1 gold" in text
    counted = {
        row.split("┆")[0].strip(" │"): row.split("┆")[1].strip(" │")
        for row in text.splitlines()
        if "┆" in row
    }
    assert (counted["Tomas Krell"], counted["nobody named"]) == ("3", "1")
    assert {k: counted[k] for k in ("added", "other values", "stayed", "taken out")} == {
        "added": "2",
        "other values": "1",
        "stayed": "7",
        "taken out": "2",
    }


@pytest.mark.parametrize(
    ("without", "pictures"),
    [(("human", "gold", "studio", "register"), 4), (("annotations", "human", "gold", "studio"), 0)],
)
def test_it_runs_where_layers_are_missing(tmp_path, without, pictures):
    notebook = execute(exported(tmp_path, *without), tmp_path)
    assert "Nobody has corrected anything yet" in printed(notebook, "stdout")
    assert printed(notebook, "stderr") == ""
    assert len(outputs(notebook, "image/png")) == pictures
