"""The texts that a new knowledge folder starts with: ``words.yaml``, and a family small enough to be read."""

# ruff: noqa: E501 - lines of YAML, as their author would leave them

WORDS = """\
# yaml-language-server: $schema=schema/words.json
# The words that the rest of the knowledge is written in.
kind: words
source: estimate

# How often an answer is given: probabilities.
frequencies: {always: 0.98, usually: 0.85, often: 0.60, sometimes: 0.30, rarely: 0.08, never: 0.01}

# How callers answer: questions they cannot answer, answers that are not so, and how readily they call
# about a sign that has nothing to do with their fault (against 1 for one that has).
callers: {dont_know: 0.07, misreport: 0.02, bystander: 0.1}

answer_sets:
  yes_no:
    yes: {en: "Yes", fr: "Oui"}
    no: {en: "No", fr: "Non"}

# What sort of fault it is. Policy speaks of classes, never of single faults.
# sound: nothing is wrong with the handset itself. danger: to miss it costs more than money.
classes:
  use:
    name: {en: "Settings or handling", fr: "Réglage ou utilisation"}
    sound: true
  hardware:
    name: {en: "Defect of the handset", fr: "Défaut de l'appareil"}
  safety:
    name: {en: "Danger to people", fr: "Danger pour les personnes"}
    danger: true
"""

STARTER = """\
# Questions. kind: complaint (what one calls about), observation, check, history, safety.
# background: how often the answer is yes when the fault at hand has nothing to do with it.
symptoms:
  battery_unsafe:
    kind: safety
    seconds: 8
    background: never
    name: {en: Battery swollen or hot, fr: Batterie gonflée ou brûlante}
    ask:
      en: "Is the battery swollen, very hot or leaking?"
      fr: "La batterie est-elle gonflée, brûlante ou coule-t-elle ?"
    said: {en: [the battery is swollen], fr: [la batterie a gonflé]}
  cuts_out:
    kind: complaint
    seconds: 8
    background: never
    name: {en: Switches itself off, fr: S'éteint tout seul}
    ask: {en: "Does it switch itself off?", fr: "S'éteint-il tout seul ?"}
    said: {en: [dies on me, switches itself off], fr: [s'éteint tout seul, me lâche]}
  dead:
    kind: complaint
    seconds: 8
    background: never
    name: {en: Shows no sign of life, fr: Aucun signe de vie}
    ask: {en: "Does it show no sign of life at all?", fr: "Ne donne-t-il aucun signe de vie ?"}
    said: {en: [will not switch on, is dead], fr: [ne s'allume plus, est mort]}
  contacts_dull:
    kind: check
    seconds: 20
    background: rarely
    name: {en: Contacts dull, fr: Contacts ternes}
    ask: {en: "Are the gold contacts of the battery dull?", fr: "Les contacts dorés de la batterie sont-ils ternes ?"}

# Causes. per_1000: of 1000 calls, how many have it. shows: how often it answers yes to a question.
faults:
  contacts_dirty:
    name: {en: "Battery contacts dirty", fr: "Contacts de batterie encrassés"}
    per_1000: 600
    class: use
    remedy: clean_contacts
    shows: {cuts_out: usually, dead: sometimes, contacts_dull: usually}
  board_broken:
    name: {en: "Main board broken", fr: "Carte mère en panne"}
    per_1000: 380
    class: HARDWARE
    remedy: exchange_unit
    shows: {dead: usually, cuts_out: sometimes}
  battery_swollen:
    name: {en: "Battery swollen", fr: "Batterie gonflée"}
    per_1000: 20
    class: DANGER
    remedy: secure_battery
    shows: {battery_unsafe: always, cuts_out: often}

# What is done: each belongs to one verdict. cures: classes that it cures besides the faults that name it.
remedies:
  clean_contacts:
    verdict: advice
    name: {en: Clean the contacts, fr: Nettoyer les contacts}
    say:
      en: "Wipe the contacts of the battery with a dry cloth and put it back."
      fr: "Essuyez les contacts de la batterie avec un chiffon sec et remettez-la."
    try: {seconds: 60, cures: usually}
    euros: 0
  exchange_unit:
    verdict: exchange
    name: {en: Exchange, fr: Échange}
    say: {en: "We exchange your phone for another one.", fr: "Nous échangeons votre téléphone contre un autre."}
    cures: [HARDWARE]
    euros: 60
  workshop_repair:
    verdict: repair
    name: {en: Repair in the workshop, fr: Réparation en atelier}
    say: {en: "Your phone is repaired in the workshop.", fr: "Votre téléphone est réparé en atelier."}
    cures: [HARDWARE]
    euros: 55
  home_visit:
    verdict: visit
    name: {en: A technician comes, fr: Visite d'un technicien}
    say: {en: "A technician comes and repairs it on the spot.", fr: "Un technicien vient le réparer sur place."}
    cures: [HARDWARE]
    euros: 60
  secure_battery:
    verdict: visit
    name: {en: Battery made safe, fr: Batterie mise en sécurité}
    say:
      en: "Leave the phone where it is. A specialist comes to take it away."
      fr: "Laissez le téléphone où il est. Un spécialiste vient l'enlever."
    cures: [DANGER]
    euros: 40

# Read out at once.
alerts:
  unsafe_battery:
    severity: danger
    say:
      en: "Please put the phone down, unplug it and do not charge it again."
      fr: "Posez le téléphone, débranchez-le et ne le rechargez plus."
    do: {en: "No carrier. Order the collection.", fr: "Aucun transporteur. Commander l'enlèvement."}

# When all premises of one mapping hold, then.
rules:
  danger-is-asked-first:
    any: [{cuts_out: yes}, {dead: yes}]
    then: {ask: [battery_unsafe]}
    because: {en: "A phone that fails may have a bad battery.", fr: "Une panne peut venir d'une batterie dangereuse."}
  unsafe-battery-stays-put:
    when: {battery_unsafe: yes}
    then: {alert: unsafe_battery, forbid: [exchange, repair, home_visit], require: secure_battery}
    because: {en: "A bad battery may burn on the way.", fr: "Une batterie abîmée peut prendre feu en route."}
    salience: 100

# What things cost the desk, in euros; all estimates, to be replaced by your own figures.
costs:
  talk_per_hour: 36
  second_best: 20
  missed_safety: 2000
  unproven: 2
  wrong: {advice: 25, repair: 35, exchange: 45, visit: 50}
  needless: {repair: 40, exchange: 60, visit: 70}
"""

RUNS = """\
  guarantee-runs:
    when: {purchase_date.months: {at_most: $last}}
    then: {derive: {in_guarantee: yes}}
    because: {en: "Bought less than $months months ago.", fr: "Acheté il y a moins de $months mois."}
  guarantee-over:
    when: {purchase_date.months: {at_least: $months}}
    then: {derive: {in_guarantee: no}}
    because: {en: "Bought $months months ago or more.", fr: "Acheté il y a $months mois ou plus."}
"""
"""Rules that derive from the date of purchase whether the guarantee runs."""

PROGRAMME = """\
# Facts of entitlement; each is asked only when an answer would change the outcome.
symptoms:
  purchase_date:
    kind: entitlement
    seconds: 12
    answers: date
    name: {en: Date of purchase, fr: Date d'achat}
    ask: {en: "On what day did you buy the phone?", fr: "Quel jour avez-vous acheté le téléphone ?"}
  in_guarantee:
    kind: entitlement
    seconds: 8
    background: often
    needs: {purchase_date: unknown}
    name: {en: Inside the guarantee, fr: Sous garantie}
    ask:
      en: "As far as you know, is it still under guarantee?"
      fr: "À votre connaissance, est-il encore sous garantie ?"
  proof:
    kind: entitlement
    seconds: 8
    background: often
    name: {en: Proof of purchase, fr: Preuve d'achat}
    ask: {en: "Do you have the invoice or the receipt?", fr: "Avez-vous la facture ou le ticket ?"}
  wet:
    kind: history
    seconds: 8
    background: rarely
    name: {en: Has been wet, fr: A pris l'eau}
    ask: {en: "Has the phone been wet?", fr: "Le téléphone a-t-il pris l'eau ?"}

# The ways things go; verdicts: whose way it is unless a rule says otherwise; say: what the caller hears of it.
channels:
  on_the_phone: {name: {en: On the phone, fr: Au téléphone}, verdicts: [advice]}
  workshop_by_post:
    name: {en: To the workshop, fr: À l'atelier}
    say: {en: A carrier collects the phone from you., fr: Un transporteur vient chercher le téléphone chez vous.}
    carrier: true
    verdicts: [repair]
  carrier_home:
    name: {en: Carrier at home, fr: Transporteur à domicile}
    say: {en: The carrier brings it and takes yours away., fr: Le transporteur vous l'apporte et reprend le vôtre.}
    carrier: true
    verdicts: [exchange]
  technician:
    name: {en: Technician at home, fr: Technicien à domicile}
    say: {en: We send a technician to you., fr: Nous vous envoyons un technicien.}
    verdicts: [visit]

# Who pays.
charges:
  free: {name: {en: Free of charge, fr: Gratuit}, say: {en: It costs you nothing., fr: Cela ne vous coûte rien.}, free: true}
  customer: {name: {en: At the customer's charge, fr: À la charge du client}}
  on_proof: {name: {en: Settled on the proof of purchase, fr: Décidé au vu de la preuve d'achat}}

promises:
$promises

# Of several rules that set a charge the first to fire wins: highest salience, then order of the text.
rules:
$guarantee
  danger-goes-to-no-carrier:
    when: {fault.class: $danger}
    then: {forbid: [exchange, repair], forbid_channel: [workshop_by_post, carrier_home], charge: free}
    salience: 20
    because: {en: "Nothing dangerous travels by carrier.", fr: "Rien de dangereux ne voyage par transporteur."}
  not-covered:
    any:
      - {in_guarantee: no, fault.class: {not: $danger}}
      - {wet: yes, fault.class: {not: $danger}}
    then: {forbid: [exchange], charge: customer}
    salience: 10
    because: {en: "The guarantee does not cover it.", fr: "La garantie ne couvre pas cela."}
  not-proved:
    any:
      - {in_guarantee: unknown, fault.class: {not: $danger}}
      - {proof: no, fault.class: {not: $danger}}
    then: {forbid: [exchange], charge: on_proof}
    salience: 5
    because: {en: "The proof of purchase decides.", fr: "La preuve d'achat décidera."}
  covered:
    when: {fault.class: $defect, in_guarantee: yes, proof: [yes, unknown], wet: [no, unknown]}
    then: {require: $covered, charge: free, promise: covered_by}
    because: {en: "A defect inside the guarantee.", fr: "Un défaut sous garantie."}
  not-all-known:
    when: {fault.class: {not: $danger}}
    then: {charge: on_proof}
    salience: -10
    because: {en: "Not everything is known yet.", fr: "Tout n'est pas encore connu."}

# What must hold of every outcome: diagnose prove goes through all combinations of facts.
never:
  free-without-guarantee:
    when: {in_guarantee: no, fault.class: $defect}
    outcome: {free: true, verdict: {not: advice}}
    because: nothing is free when the guarantee is over
"""
"""The sections of a programme that stands on its own."""
