"""The knowledge of a handset as a drawing."""

from __future__ import annotations

from xml.etree import ElementTree

from click.testing import CliRunner

from diagnose.authoring.explaining.graph import Edge, graph_of
from diagnose.authoring.explaining.graph_drawn import crossings, mermaid, svg
from diagnose.cli.group import diagnose
from diagnose.knowledge import catalogue


def drawn(bench, around: str = ""):
    return graph_of(catalogue.load(bench.root, "acme-one").knowledge, "en", around)


def test_faults_hang_on_what_they_show_and_on_what_cures_them(bench):
    edges = drawn(bench).edges
    assert Edge(("symptom", "dull"), ("fault", "contacts"), "shows") in edges
    assert Edge(("symptom", "dull"), ("fault", "board"), "shows") not in edges, "it never shows it"
    assert Edge(("fault", "board"), ("remedy", "swap"), "cures") in edges


def test_policy_hangs_on_the_facts_it_looks_at_and_on_the_remedies_it_rules(bench):
    edges = drawn(bench).edges
    assert Edge(("symptom", "bought"), ("policy", "young-is-exchanged"), "looks_at") in edges
    assert Edge(("policy", "old-is-not"), ("remedy", "swap"), "forbids") in edges


def test_around_a_part_only_its_neighbours_are_drawn(bench):
    nodes = {n for column in drawn(bench, "board").columns for n in column}
    assert nodes == {("fault", "board"), ("symptom", "cuts_out"), ("remedy", "swap")}


def test_the_svg_is_well_formed_and_names_every_part_once(bench):
    graph = drawn(bench)
    root = ElementTree.fromstring(svg(graph))
    boxes = [g for g in root.findall("{http://www.w3.org/2000/svg}g") if g.get("class") is None]
    assert len(boxes) == sum(len(c) for c in graph.columns)
    paths = root.findall("{http://www.w3.org/2000/svg}path")
    assert len(paths) == len(graph.edges)


def test_mermaid_keeps_quotes_and_brackets_out_of_labels(bench):
    bench.replace("parts/power.yaml", "name: {en: Board broken,", 'name: {en: "Board <broken> \\"twice\\"",')
    text = mermaid(drawn(bench))
    assert 'fault0["' in text
    assert "Board #lt;broken#gt; #quot;twice#quot;" in text


def test_the_columns_are_ordered_so_that_fewer_edges_cross(bench):
    kb = catalogue.load(bench.root, "acme-one").knowledge
    assert crossings(graph_of(kb)) == 0


def test_the_command_writes_a_file_or_prints_mermaid(bench, tmp_path):
    base = ["--knowledge", str(bench.root)]
    run = CliRunner().invoke(diagnose, ["graph", "acme-one", "--svg", str(tmp_path / "a.svg"), *base])
    assert run.exit_code == 0
    assert (tmp_path / "a.svg").read_text("utf-8").startswith("<svg ")
    run = CliRunner().invoke(diagnose, ["graph", "acme-one", "--mermaid", *base])
    assert "flowchart LR" in run.stdout
    run = CliRunner().invoke(diagnose, ["graph", "acme-one", "--around", "bord", *base])
    assert (run.exit_code, "did you mean 'board'" in run.stderr) == (2, True)
