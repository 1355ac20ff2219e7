"""The trainer's room's own words, in French and English; each entry is (English, French)."""

from __future__ import annotations

WORDS: dict[str, tuple[str, str]] = {
    "one_call": ("an exercise has one call only", "un exercice n'a qu'un seul appel"),
    "hung_up": ("the caller hung up", "l'appelant a raccroché"),
    "unfinished": (
        "The exercise was left before its end: it is not scored yet. Go on with it by\n"
        "  diagnose train --resume {file}",
        "L'exercice a été quitté avant la fin : il n'est pas encore noté. Pour le reprendre :\n"
        "  diagnose train --resume {file}",
    ),
    "waiting": ("waits: diagnose train --resume", "en attente : diagnose train --resume"),
    "afterwards": (
        "Step by step, and as a page:\n  diagnose replay {file}\n  diagnose report {file}",
        "Pas à pas, et sur une page :\n  diagnose replay {file}\n  diagnose report {file}",
    ),
    "looked_up": ("(you find: {answer})", "(vous trouvez : {answer})"),
    "no_rubric": ("there is no rubric for this kind of call", "aucune grille pour ce genre d'appel"),
    "was": ("The fault was: {fault}. Right: {right}", "La panne était : {fault}. La bonne issue : {right}"),
    "in_front": (
        "In front at the end: {fault}. By the knowledge: {right}",
        "En tête à la fin : {fault}. Selon les connaissances : {right}",
    ),
    "total.passed": (
        "{points} of 100 ({name}, pass mark {mark}): passed",
        "{points} sur 100 ({name}, seuil {mark}) : réussi",
    ),
    "total.short": (
        "{points} of 100 ({name}, pass mark {mark}): not passed",
        "{points} sur 100 ({name}, seuil {mark}) : insuffisant",
    ),
    "total.failed": (
        "Failed, whatever the points (they were {points})",
        "Échec, quels que soient les points (il y en avait {points})",
    ),
    "rubric.mark": ("pass mark {mark} of 100", "seuil {mark} sur 100"),
    "rubric.fails": ("failed outright by: {fails}", "échec quoi qu'il arrive : {fails}"),
    "regret.none": ("No step could have been better.", "On ne pouvait mieux faire à aucune étape."),
    "regret": (
        "Better steps would have saved {euros} and {seconds} s of talk.",
        "De meilleures étapes auraient économisé {euros} et {seconds} s de conversation.",
    ),
    "spots": ("By kind of fault, the weakest first", "Par genre de panne, les points faibles d'abord"),
    "tries": ("taken: {tries}, passed: {passed}", "faits : {tries}, réussis : {passed}"),
    "compare.same": (
        "{file}: decided alike at every step on {then} and on {now}",
        "{file} : mêmes décisions à chaque étape sur {then} et sur {now}",
    ),
    "compare.parts": (
        "{file}: parts after event {n}: then {then}, now {now}. The cause:",
        "{file} : diverge après l'évènement {n} : alors {then}, maintenant {now}. La cause :",
    ),
    "compare.together": (
        "  no single change: {count} together, among them",
        "  aucun changement à lui seul : {count} ensemble, dont",
    ),
    "compare.front": ("in front: {remedy}", "en tête : {remedy}"),
    "agree.criterion": ("criterion", "critère"),
    "agree.both": ("judged by both", "jugés par tous"),
    "agree.same": ("the same", "identiques"),
    "agree.kappa": ("Cohen's kappa", "kappa de Cohen"),
    "agree.alpha": ("Krippendorff's alpha", "alpha de Krippendorff"),
    "agree.all": ("all", "tous"),
    "difficulty.easy": ("easy", "facile"),
    "difficulty.medium": ("medium", "moyen"),
    "difficulty.hard": ("hard", "difficile"),
    "item.safety_missed": ("safety missed", "sécurité oubliée"),
    "item.exchange_outside_policy": ("exchange outside policy", "échange contraire aux règles"),
    "item.unsafe_battery_by_carrier": (
        "dangerous object by carrier",
        "objet dangereux remis au transporteur",
    ),
    "report.target": ("target {target}", "objectif {target}"),
    "report.score": ("Score", "Note"),
    "report.talk": ("Talk time against target", "Durée et objectif"),
    "report.belief": ("What was believed, as it moved", "Ce qu'on pouvait croire, au fil de l'appel"),
    "report.dialogue": ("The call", "L'appel"),
    "report.trace": ("Trace", "Trace"),
    "report.event": ("event and rules fired", "évènement et règles déclenchées"),
    "report.front": ("in front", "en tête"),
    "report.hand": ("by hand", "à la main"),
    "report.better": (
        "better: {what} ({euros}, {seconds} s)",
        "mieux : {what} ({euros}, {seconds} s)",
    ),
    "report.he_said": ("he said: {answer}", "il a dit : {answer}"),
    "report.in_truth": ("in truth: {answer}", "en vérité : {answer}"),
    "report.not_so": ("he said otherwise", "il a dit autre chose"),
    "quote": ("“{line}”", "« {line} »"),
    "report.matrix": ("Mean score by kind of fault", "Note moyenne par genre de panne"),
    "report.time": ("time", "durée"),
    "report.when": ("when", "quand"),
    "report.curve": ("Scores, one exercise after the other", "Notes, exercice après exercice"),
    "report.class": ("A class of {count}", "Une classe de {count}"),
    "report.everybody": ("Everybody", "Tout le monde"),
    "report.trainee": ("trainee", "élève"),
    "report.taken": ("taken", "faits"),
    "report.passed": ("passed", "réussis"),
    "report.mean": ("mean", "moyenne"),
    "report.exercise": ("exercise", "exercice"),
    "report.kind": ("kind of fault", "genre de panne"),
    "next.first": (
        "Next: {id} (diagnose train --course {course})",
        "Ensuite : {id} (diagnose train --course {course})",
    ),
    "next.again": (
        "All passed; again with another caller: {id} (diagnose train --course {course})",
        "Tout est réussi ; à refaire avec un autre appelant : {id} (diagnose train --course {course})",
    ),
    "verdict.advice": ("advice", "conseil"),
    "verdict.repair": ("repair", "réparation"),
    "verdict.exchange": ("exchange", "échange"),
    "verdict.visit": ("home visit", "visite à domicile"),
    "kind.danger": ("danger", "danger"),
    "unseen": ("a transcript from the desk does not show this", "un appel enregistré ne le montre pas"),
    "by_hand": ("to be judged by hand", "à juger à la main"),
    "safety.none": ("none was due", "aucune n'était nécessaire"),
    "safety.all": ("asked: {names}", "demandé : {names}"),
    "safety.missed": ("not asked: {names}", "non demandé : {names}"),
    "right.solved": ("solved on the phone", "résolu au téléphone"),
    "right.none": ("no verdict was given", "aucun verdict donné"),
    "right.yes": ("{was}", "{was}"),
    "right.misled": (
        "{was}; in truth {wanted}: on what the caller said it could not be known",
        "{was} ; en vérité {wanted} : d'après ce que l'appelant a dit, on ne pouvait pas le savoir",
    ),
    "right.no": ("{was} instead of {wanted}", "{was} au lieu de {wanted}"),
    "talk": ("{took} against {target}", "{took} pour {target}"),
    "needless.none": ("every question was worth its seconds", "chaque question valait ses secondes"),
    "needless.some": ("{count} not worth asking then: {names}", "{count} de trop à ce moment : {names}"),
    "twice.none": ("nothing", "rien"),
    "twice.some": ("said already: {names}", "déjà dit : {names}"),
    "heard.all": ("as it was said", "tel que dit"),
    "heard.wrong": ("otherwise than said: {names}", "autrement que dit : {names}"),
    "promise.none": ("none is made with advice", "un conseil n'en comporte pas"),
    "promise.open": ("promised before this was known: {name}", "promis avant de savoir : {name}"),
    "promise.outside": ("policy does not allow this", "les règles ne le permettent pas"),
    "promise.kept": ("as policy has it", "conforme aux règles"),
    "read.none": ("nothing had to be read", "rien à lire"),
    "read.all": ("all read out", "tout a été lu"),
    "read.some": ("not all was read out", "tout n'a pas été lu"),
    "wrap.none": ("there was no list", "il n'y avait pas de liste"),
    "wrap.some": ("{done} of {of} ticked", "{done} sur {of} cochées"),
    "fail.safety_open": (
        "safety question not asked: {name}",
        "question de sécurité non posée : {name}",
    ),
    "fail.safety_missed": ("danger missed: {fault}", "danger manqué : {fault}"),
    "fail.exchange": (
        "exchange outside policy ({fault_class})",
        "échange contraire aux règles ({fault_class})",
    ),
    "fail.carrier": (
        "something dangerous handed to a carrier ({channel})",
        "objet dangereux confié à un transporteur ({channel})",
    ),
}


def say(key: str, language: str, **data: object) -> str:
    """The words of a key in a language, English unless it is ``fr``, with the data filled in."""
    english, french = WORDS[key]
    chosen = french if language == "fr" else english
    return chosen.format(**data) if data else chosen
