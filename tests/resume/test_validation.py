"""askme check: the real folder is whole; whatever breaks in a folder is told with file, line and remedy."""

import re

import pytest
import tiny

from askme.errors import KnowledgeError
from askme.resume.loader import fingerprint, load_knowledge
from askme.resume.validation import check
from askme.settings import ROOT

ZH, EN, ALL = "resume.zh.md", "resume.en.md", "expansions/all.yaml"
TOLD_WHAT_TO_DO = re.compile(r"; \w|\b(?:add|use|write|mend|remove|needs?|must|set|expected|put|make|give)\b")


def problems_of(folder):
    try:
        return check(folder)
    except KnowledgeError as error:
        return error.problems


def replace(file, old, new):
    """Break a file by putting `new` in the place of `old`."""

    def edit(folder):
        text = (folder / file).read_text(encoding="utf-8")
        assert old in text
        (folder / file).write_text(text.replace(old, new, 1), encoding="utf-8")

    return edit


def both(*edits):
    return lambda folder: [edit(folder) for edit in edits] and None


def write(file, content):
    return lambda folder: (folder / file).write_text(content, encoding="utf-8")


def dump(file, content):
    return lambda folder: tiny.dump(folder / file, content)


def notice(**changes):
    return dump("not_stated.yaml", [tiny.NOT_STATED[0] | changes])


def search_help(bullet, **changes):
    whole = {one: tiny.search_help(one) for one in tiny.IDS}
    return dump(ALL, whole | {bullet: whole.get(bullet, tiny.search_help(bullet)) | changes})


def test_the_real_folder_is_whole():
    assert check(ROOT / "knowledge") == []


def test_the_tiny_folder_is_whole(tiny_knowledge):
    assert check(tiny_knowledge) == []
    assert tuple(load_knowledge(tiny_knowledge).bullets) == tiny.IDS


def case(id_, edit, file, *words, line=""):
    """A breakage: what is done, the file to be named, words of the complaint, and text of the line to be named."""
    return pytest.param(edit, file, words, line, id=id_)


HOTEL = "## 蓝鲸酒店 - 学徒 {#hotel kind=job period=2019-01/2021-12}\n"

IN_THE_RESUME = [
    case("duplicate id", replace(ZH, "{#hotel", "{#bakery"), ZH, "bakery", line="蓝鲸酒店"),
    case("missing rendering", replace(EN, "- Made wedding cakes\n", ""), ZH, "hotel.1", EN, line="制作婚礼蛋糕"),
    case("rendering of nothing", replace(ZH, "- 制作婚礼蛋糕\n", ""), EN, "hotel.1", ZH, line="wedding cakes"),
    case("another order", both(replace(ZH, HOTEL, ""), replace(ZH, "- 制作婚礼蛋糕\n", ""),
                               replace(ZH, "## 海燕", f"{HOTEL}\n- 制作婚礼蛋糕\n\n## 海燕")), EN, "order"),
    case("unknown attribute", replace(ZH, "kind=job period=2019", "team=1 period=2019"), ZH, "team=1", line="蓝鲸"),
    case("no such month", replace(ZH, "2019-01/2021-12", "2019-13/2021-12"), ZH, "2019-13", line="蓝鲸"),
    case("ends before it starts", replace(ZH, "2019-01/2021-12", "2021-12/2019-01"), ZH, "2021-12", line="蓝鲸"),
    case("unknown kind", replace(ZH, "kind=job period=2019", "kind=hobby period=2019"), ZH, "hobby", line="蓝鲸"),
    case("other attributes", replace(EN, "2019-01/2021-12", "2019-01/2021-11"), EN, "hotel", ZH, line="Blue Whale"),
    case("heading without id", replace(ZH, " {#bakery.sourdough}", ""), ZH, "酸面团改良", "id", line="酸面团改良"),
    case("an id that is none", replace(ZH, "{#hotel ", "{#Hôtel! "), ZH, "Hôtel!", line="蓝鲸"),
    case("bullet before heading", replace(ZH, "# 王小明", "- 前言\n\n# 王小明"), ZH, "heading", line="- 前言"),
    case("text before heading", replace(ZH, "# 王小明", "前言\n\n# 王小明"), ZH, "heading", line="前言"),
    case("a figure lost", replace(EN, "20 hours", "many hours"), EN, "20", "bakery.sourdough.1"),
    case("a figure changed", replace(EN, "35%", "53%"), EN, "35%", "53%", "bakery.sourdough.2"),
    case("a figure of another size", replace(EN, "1.2 million", "12 million"), EN, "120 万", "12 million"),
    case("a figure of another unit", replace(EN, "14 hours", "14 minutes"), EN, "14", "bakery.sourdough.1"),
    case("a percentage made a number", replace(EN, "35%", "35"), EN, "35%", "bakery.sourdough.2"),
    case("another year", replace(EN, "in 2023", "in 2022"), EN, "2022", "2023", "bakery.sourdough.2"),
    case("front matter lacks a name", replace(ZH, "name_en: Wang Xiaoming\n", ""), ZH, "name_en"),
    case("front matter not closed", write(ZH, "---\nname: 王\n# 王 {#profile}\n"), ZH, "---", line="---"),
    case("front matter no YAML", replace(ZH, "headline: 面点师", "headline: [面点师"), ZH, "YAML"),
    case("nothing in it", write(ZH, ""), ZH, "heading"),
]  # fmt: skip

IN_THE_FILES = [
    case("original missing", lambda folder: (folder / ZH).unlink(), EN, "name, headline"),
    case("not UTF-8", lambda folder: (folder / ZH).write_bytes(tiny.ZH.encode("gb18030")), ZH, "UTF-8"),
    case("YAML not UTF-8", lambda folder: (folder / ALL).write_bytes("词: [中]".encode("gb18030")), ALL, "UTF-8"),
    case("broken YAML", write("aliases.yaml", "candidate:\n  - 王\n names: {"), "aliases.yaml", "YAML", line=" names"),
    case("aliases a list", dump("aliases.yaml", ["王"]), "aliases.yaml", "mapping"),
    case("alias to nowhere", dump("aliases.yaml", {"names": {"bakry": ["海燕"]}}), "aliases.yaml", "bakry"),
    case("alias no list", dump("aliases.yaml", {"names": {"bakery": "海燕"}}), "aliases.yaml", "bakery"),
    case("names no mapping", dump("aliases.yaml", {"names": ["海燕"]}), "aliases.yaml", "names"),
    case("expansion of nothing", search_help("bakery.9"), "expansions", "bakery.9"),
    case("too few words", search_help("hotel.1", words={}), "expansions", "hotel.1", "10 words"),
    case("the same word ten times", search_help("hotel.1", words={"zh": ["词"] * 10}), "expansions", "hotel.1", "zh"),
    case("too little in one language", search_help("hotel.1", questions={"zh": []}), "expansions", "hotel.1", "en"),
    case("help in a third language", search_help("hotel.1", words={"fr": ["mot"]}), ALL, "hotel.1", "fr"),
    case("help without languages", search_help("hotel.1", words=["word"]), ALL, "hotel.1"),
    case("help in two files", dump("expansions/more.yaml", {"hotel": {}}), "expansions/more.yaml", "hotel"),
    case("near nowhere", notice(near=["hotel.7"]), "not_stated.yaml", "salary", "hotel.7"),
    case("at nowhere", notice(at=["motel"]), "not_stated.yaml", "salary", "motel"),
    case("notice twice", dump("not_stated.yaml", tiny.NOT_STATED * 2), "not_stated.yaml", "salary", "twice"),
    case("notice without an answer", notice(answer=None), "not_stated.yaml", "answer"),
    case("answer in one language", notice(answer={"zh": "没有写。"}), "not_stated.yaml", "salary"),
    case("answer without languages", notice(answer="no"), "not_stated.yaml", "answer"),
    case("unknown status", notice(status="maybe"), "not_stated.yaml", "status"),
    case("notice without an id", replace("not_stated.yaml", "- id: salary\n  ", "- "), "not_stated.yaml", "id"),
    case("notice without questions", notice(questions={}, words={}), "not_stated.yaml", "salary", "questions"),
    case("notices a mapping", dump("not_stated.yaml", {"salary": {}}), "not_stated.yaml"),
    case("unknown term no list", dump("known_terms.yaml", {"technologies": None}), "known_terms.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "file", "words", "line"), [*IN_THE_RESUME, *IN_THE_FILES])
def test_a_breakage_is_told_with_its_place_and_a_remedy(tiny_knowledge, edit, file, words, line):
    edit(tiny_knowledge)
    problems = problems_of(tiny_knowledge)
    told = "\n".join(problems)
    assert str(tiny_knowledge / file) in told
    assert [word for word in words if word not in told] == []
    assert [problem for problem in problems if not TOLD_WHAT_TO_DO.search(problem)] == []
    if line:
        lines = (tiny_knowledge / file).read_text(encoding="utf-8").splitlines()
        number = next(number for number, text in enumerate(lines, 1) if line in text)
        assert f"{tiny_knowledge / file}:{number}:" in told


@pytest.mark.parametrize("folder", ["missing", "empty", "a_file"])
def test_a_folder_that_is_none(tmp_path, folder):
    (tmp_path / "empty").mkdir()
    (tmp_path / "a_file").write_text("", encoding="utf-8")
    with pytest.raises(KnowledgeError, match=str(tmp_path / folder)) as caught:
        load_knowledge(tmp_path / folder)
    assert all(TOLD_WHAT_TO_DO.search(problem) for problem in caught.value.problems)


def test_all_problems_of_a_resume_come_at_once(tiny_knowledge):
    replace(ZH, "{#hotel kind=job", "{#hotel kind=hobby")(tiny_knowledge)
    replace(ZH, " {#bakery.sourdough}", "")(tiny_knowledge)
    replace(EN, "2022-03/..", "2022-3/..")(tiny_knowledge)
    assert len(problems_of(tiny_knowledge)) >= 3


def test_search_help_and_aliases_may_be_missing_when_answering(tiny_knowledge):
    for name in (ALL, "aliases.yaml", "not_stated.yaml"):
        (tiny_knowledge / name).unlink()
    assert tuple(load_knowledge(tiny_knowledge).bullets) == tiny.IDS


@pytest.mark.parametrize("file", [ZH, EN, ALL, "aliases.yaml", "not_stated.yaml"])
def test_the_fingerprint_tells_any_change(tiny_knowledge, file):
    before = fingerprint(tiny_knowledge)
    with (tiny_knowledge / file).open("a", encoding="utf-8") as end:
        end.write("\n")
    assert fingerprint(tiny_knowledge) != before


EXAMPLES = "headline_en: Pastry cook\nexamples:\n"


@pytest.mark.parametrize(
    ("examples", "words", "line"),
    [
        ("  - What did he do?\n", "a mapping is expected", 7),
        ("  - theme: {zh: 工作, en: Jobs}\n", "questions: is missing", 7),
        ("  - theme: {zh: 工作, en: Jobs}\n    questions: []\n", "at least one is expected", 8),
        ("  - theme: {zh: 工作}\n    questions: [{zh: 一, en: one}]\n", "no text in en", 7),
        ("  - theme: {zh: 工作, en: Jobs}\n    questions:\n      - {zh: 一, en: [one]}\n", "a text is expected", 9),
    ],
)
def test_questions_to_begin_with_are_checked(tiny_knowledge, examples, words, line):
    replace(ZH, "headline_en: Pastry cook\n", EXAMPLES + examples)(tiny_knowledge)
    problem = problems_of(tiny_knowledge)[0]
    assert problem.startswith(f"{tiny_knowledge / ZH}:{line}: examples.0")
    assert words in problem
    assert TOLD_WHAT_TO_DO.search(problem)


def test_every_question_to_begin_with_is_answered(chain):
    for theme in chain.knowledge.profile.examples:
        for question in theme.questions:
            for text in (question.zh, question.en):
                assert chain.ask(text).status == "answered", text


@pytest.mark.parametrize(("language", "other"), [("zh", "en"), ("en", "zh")])
def test_one_language_is_enough(tiny_knowledge, language, other):
    """Asked for in the other one, a line is given as it was written; figures and names come from what there is."""
    (tiny_knowledge / f"resume.{other}.md").unlink()
    written = tiny_knowledge / f"resume.{language}.md"
    text = written.read_text(encoding="utf-8").replace(f"language: {language}\n", "")
    if language == "en":
        text = text.replace("---\n", "---\nname: Wang Xiaoming\nheadline: Pastry cook\n", 1)
    written.write_text(text, encoding="utf-8")
    knowledge = load_knowledge(tiny_knowledge)
    bullet = knowledge.bullets["bakery.1"]
    assert bullet.text.texts[0][0] == language
    assert bullet.text[other] == bullet.text[language] == bullet.text.original
    assert len(knowledge.profile.name.texts) == (2 if language == "zh" else 1)
    assert check(tiny_knowledge) == []


def test_a_position_whose_id_has_a_dot_holds_its_lines(tiny_knowledge):
    for file in tiny_knowledge.rglob("*.*"):
        file.write_text(file.read_text(encoding="utf-8").replace("bakery", "east.bakery"), encoding="utf-8")
    knowledge = load_knowledge(tiny_knowledge)
    inside = [id_ for id_ in knowledge.bullets if knowledge.within(id_, ["east.bakery"])]
    assert inside == [id_ for id_ in knowledge.bullets if id_.startswith("east.bakery")]
    assert len(inside) > 2
    assert [project.id for project in knowledge.projects("east.bakery")] == ["east.bakery.sourdough"]
    assert knowledge.within("hotel.1", [])
