"""``diagnose course``: the courses, and how a trainee stands in one."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.cli import common


@click.command()
@click.argument("name", required=False, metavar="[ID|FILE.yaml]")
@click.option("--trainee", metavar="NAME", help="Whose progress; else the operator of the settings.")
@click.option("--folder", type=click.Path(path_type=Path), metavar="DIR", help="Folder of the training.")
@common.knowledge_option
@common.language_option
@common.json_option
def course(
    name: str | None,
    trainee: str | None,
    folder: Path | None,
    knowledge: Path | None,
    lang: str | None,
    as_json: bool,
) -> None:
    """Show the courses, or one of them: what is done, the weak spots, what comes next.

    `diagnose train --course ID` takes the next exercise. Exit status 2 when part of the course is unusable.
    """
    from diagnose import settings
    from diagnose.training import progress
    from diagnose.training.course import courses, next_lesson, read_course, title
    from diagnose.training.head import left_open
    from diagnose.training.lesson import training_folder
    from diagnose.training.names import names
    from diagnose.training.showing import course_table, spots_table
    from diagnose.training.words import say

    root = common.knowledge_folder(knowledge)
    language = common.language(lang)
    if name is None:
        found = courses(root)
        if as_json:
            common.say_json(list(found))
        else:
            for one in found:
                common.tell(f"{one}  {title(root, one).say(language)}".rstrip())
        return
    read, problems = read_course(root, name, language)
    unusable = common.complain(problems)
    if read is None:
        common.finish(2)
        return
    who = trainee or settings.load()[0].operator or "trainee"
    folder_of = progress.trainee_folder(training_folder(folder), who)
    done, wrong = progress.read(folder_of)
    common.complain(wrong)
    waiting = {x.id for x in left_open(folder_of) if x.course == read.id}
    following, again = next_lesson(read, done)
    spots = progress.spots(done)
    if as_json:
        latest = {d.exercise: d for d in done if d.course == read.id}
        common.say_json(
            {
                "course": read.id,
                "trainee": who,
                "exercises": [
                    {
                        "id": x.exercise.id,
                        "done": x.exercise.id in latest,
                        "passed": x.exercise.id in latest and latest[x.exercise.id].passed,
                        "waiting": x.exercise.id in waiting,
                    }
                    for x in read.lessons
                ],
                "weak_spots": [{"kind": s.kind, "tries": s.tries, "mean": round(s.mean, 1)} for s in spots],
                "next": following.exercise.id,
                "again": again,
            }
        )
    else:
        named = names(root)
        common.say(course_table(read, done, waiting, named, language))
        if spots:
            common.say(spots_table(spots, named, language))
        key = "next.again" if again else "next.first"
        click.echo(say(key, language, id=following.exercise.id, course=read.id))
    common.finish(2 if unusable else 0)
