"""Verb words: the verbs that requests begin with, and the forms they take; written by us."""


def listed(text: str) -> frozenset[str]:
    """Return the words of a list that is written as text."""
    return frozenset(text.split())


_REQUESTS = """
abbreviate accept access account achieve acknowledge acquire act adapt add address adjust admire
adopt advise advocate affect aggregate agree align allow alphabetise alter amend analyse animate
annotate announce answer anticipate apologise append apply appraise approach approve approximate
argue arrange articulate ask assemble assess assign assist associate assume attach attempt attend
attract attribute authenticate automate avoid award balance base be become begin behave believe
belong benefit blend block boil book borrow brainstorm break brew brief bring broadcast build burn
buy calculate call cancel capitalise capture care carry carve cast catch categorise cause celebrate
centre challenge change characterise charge chart check choose cite clarify  classify clean
clear click close cluster code collaborate collect colour combine come comfort comment communicate
compare compile complete comply compose compress compute concatenate conclude conduct configure
confirm confuse conjugate connect consider consist construct consume contact contain continue
contrast contribute control convert convince cook cool copy correct correlate cost count cover craft
create criticise critique cross curate cure customise cut cycle dance deal debate debug deceive
decide decipher declare decline decode decompose decorate decrease decrypt deduce deduct deepen
defend define delete deliver demonstrate deploy derive descend describe design detail detect
determine devalue develop devise diagnose differentiate direct disagree discern discover discuss
dismount display distinguish distribute diversify divide do document download draft draw dream dress
drink drive drop dry earn ease eat edit educate elaborate elect elicit eliminate embed emphasise
employ empty enable encode encourage encrypt end enforce engage enhance enjoy enlarge ensure enter
entertain enumerate envision equal escape establish estimate evaluate evolve examine exchange
exclude execute exercise exist expand expect explain explore export expose express extend extract
face facilitate factor fail fall fasten favour feature feed feel fetch fight figure file fill filter
find finish fish fit fix flip flirt float flow fly focus fold follow forecast forget form format
formulate forward found freeze fry fulfil function gain gather generalise generate get give glow go
grade grant graph greet grill group grow guarantee guess guide handle hang happen have heal hear
heat help hide highlight hike hint hire hit hold host hurt hypothesise identify ignore illustrate
imagine imitate impact implement imply import impress improve improvise include incorporate increase
indicate infer influence inform initialise innovate input insert inspect inspire install instruct
integrate interpret interview introduce invent invert invest investigate invite invoke involve
isolate iterate join journal judge juggle jump justify keep kill knit know label land last laugh
launch lay lead learn leave lend let level lie lift like limit link list listen live load locate log
look lose love lower maintain make manage manipulate map mark market match maximise mean measure
meet memorise mention merge migrate mimic minimise mix model moderate modify monitor motivate mount
move multiply name narrate narrow navigate need negate negotiate normalise note notice notify number
obtain occur offer omit open operate optimise orchestrate order organise originate outline
outperform output overcome overlap own pack paint paraphrase park parse participate pass paste pay
perform permute persuade phrase pick pinpoint pitch place plan plant play plot point ponder pose
position post practise praise predict prefer prepare present preserve press pretend prevent price
print prioritise process produce profile program programme prohibit project promote pronounce
proofread propose protect prove provide publish pull punctuate punish purchase push put qualify
quantify query question quote raise randomise rank rate re-order re-write reach react read realise
rearrange recall receive recite recognise recommend reconstruct record recover rectify recycle
redact redesign reduce refactor refer refine reflect reformat reformulate refresh refute regulate
reject relate release remain remember remind remove rename render renew renovate reorder reorganise
repair repeat rephrase replace replicate reply report represent request require research reserve
reset reshape resolve respond restate restore restrict restructure restyle resume retell retrieve
return reveal reverse review revise reword rewrite rhyme ride roast role-play roll rotate round run
sample save say scale scan schedule score scrape script search secure see seek segment select sell
send separate sequence serve set settle shape share shed shift shoot shop shorten show shuffle sign
simplify simulate sing sit sketch ski sleep slow smell smile smooth soften solve sort sound speak
specify speculate spell spend split spoil spot spread stand standardise start state stay steal stem
step stop store strengthen structure study style submit substitute subtract succeed suffer suggest
suit sum summarise supply support suppose surprise survive sustain swap switch symbolise synthesise
tabulate tag tailor take talk taste teach tell tend test text thank think throw tie time title
tokenise touch trace track trade train transcribe transfer transform translate transpose travel
treat trigger trim troubleshoot try turn type understand undertake undo unlock unscramble update
upgrade upload use utilise validate value vary verify view visit visualise vote wait wake walk want
warm warn warrant wash watch wear weigh win wish wonder work worry wrap write zip
"""

NOUNS_TOO = listed(
    """
access account act address advance answer approach argument attempt attribute award balance base
benefit blend block book break brief broadcast burn call care cast catch cause centre challenge
change charge chart check claim close cluster code colour comment compound conduct contact content
contract contrast control copy cost count cover craft cross cure curve cut cycle dance date deal
debate decline decrease default delay demand deposit design detail direct discount display document
doubt download draft draw dream dress drink drive drop dry effect end estimate exchange exercise
experience export express face fall favour feature feed feel fight figure file fill filter find fit
fix flow fly focus fold forecast form format forward function gain grade grant graph group guarantee
guess guide handle heat help hint hit hold host import impact impress increase influence input
insert interest interview invite issue joke journal judge jump label land last laugh launch lay lead
level lie lift like limit link list load log look love lower map mark market match matter mean
measure mention mind mix model monitor mount move name need note notice number object offer open
order outline output own pack paint park pass paste pay permit phrase pick pitch place plan plant
play plot point position post practice praise present press price print process produce profile
programme program progress project prompt protest purchase push query question quote range rank rate
reach react read reason rebel recall record refund refuse register release remark remedy repair
repeat reply report request research reserve reset result return reverse review rewrite rhyme ride
risk role-play roll root round run sample save scale scan schedule score script search secure
segment sequence serve set shape share shift shop show sign signal sketch sleep smile smooth sort
sound speech spell spend split spot spread stand start state stay stem step stop store stress
structure study style subject substitute suit sum summary supply support surprise survey swap switch
tag talk task taste test text thank tie time title touch trace track trade train transfer transform
travel treat trend trim try turn type update upgrade upload use value view visit vote wait walk warm
wash watch weight welcome win wish wonder work worry wrap zip cool clean clear correct empty narrow
equal complete moderate separate perfect
"""
)
"""Verbs whose base form is a noun or an adjective as well: inside a noun phrase they are that."""

_IRREGULAR = """
be am is are was were been being|become became|begin began begun beginning|break broke broken|
bring brought|build built|burn burnt|buy bought|catch caught|choose chose chosen|come came|cost|
cut cutting|deal dealt|do does did done|draw drew drawn|dream dreamt|drink drank drunk|
drive drove driven|eat ate eaten|fall fell fallen|feed fed|feel felt|fight fought|find|
fly flew flown flies|forget forgot forgotten|freeze froze frozen|get got gotten getting|
give gave given|go goes went gone|grow grew grown|hang hung|have has had having|hear heard|
hide hid hidden|hit hitting|hold held|hurt|keep kept|know knew known|lay laid|lead led|
learn learnt|leave left|lend lent|let letting|lie lay lain lying|lose lost|make made|mean meant|
meet met|overcome overcame|pay paid|put putting|read|ride rode ridden|run ran running|say said|
see saw seen|seek sought|sell sold|send sent|set setting|shoot shot|show shown|sing sang sung|
sit sat sitting|sleep slept|speak spoke spoken|spell spelt|spend spent|split splitting|spread|
stand stood|steal stole stolen|swim swam swum|take took taken|teach taught|tell told|think thought|
throw threw thrown|undertake undertook undertaken|undo undid undone|shed|understand understood|
wake woke woken|wear wore worn|win won winning|write wrote written|rewrite rewrote rewritten|
tie tying|die dying|rise rose risen
"""
_DOUBLING = listed(
    """
drop flip hit map plan plot program quit refer rub scan ship shop sit skip spot stem step stop swap
tag trim trip wrap zip put run set cut get let split begin forget occur prefer admit permit submit
commit equip knit jog log pin rob chat dig fit ban beg grab hug nod pat peg pet rip sum win travel
label model cancel format
"""
)
_VOWELS = "aeiou"


def _bases() -> frozenset[str]:
    return frozenset(_REQUESTS.split())


def _forms(base: str) -> list[str]:
    """Return the regular forms of a verb."""
    stem = base[:-1] if base.endswith("e") and not base.endswith("ee") else base
    if base in _DOUBLING:
        return [f"{base}s", f"{base}{base[-1]}ed", f"{base}{base[-1]}ing"]
    if base.endswith("y") and base[-2] not in _VOWELS:
        return [f"{base[:-1]}ies", f"{base[:-1]}ied", f"{base}ing"]
    third = f"{base}es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{base}s"
    return [third, f"{stem}ed", f"{stem}ing"]


def _lemmas() -> dict[str, str]:
    """Map every form of every verb to its base; an irregular form beats a regular one."""
    found = {form: base for base in sorted(_bases()) for form in [*_forms(base), base]}
    for line in _IRREGULAR.replace("\n", " ").split("|"):
        base, *others = line.split()
        found |= dict.fromkeys(others, base)
        found[base] = base
    return found | {base: base for base in _bases()}


BASES = _bases()
"""The verbs of the lexicon, in the form in which one asks."""
LEMMAS = _lemmas()
"""The verb that a form belongs to."""


def spelling(word: str) -> str:
    """Spell a verb as the lexicon does: `summarize` is `summarise`, `analyze` is `analyse`."""
    for american, british in (("ize", "ise"), ("yze", "yse"), ("izing", "ising"), ("ized", "ised")):
        if word.endswith(american) and (other := word.removesuffix(american) + british) in LEMMAS:
            return other
    head, hyphen, rest = word.rpartition("-")
    if hyphen and rest in BASES:
        return f"re{rest}" if head == "re" and f"re{rest}" in BASES else word
    return _SPELLED.get(word, word)


_SPELLED = {"color": "colour", "center": "centre", "favor": "favour", "practice": "practise"}
_SPELLED |= {"fulfill": "fulfil", "clasify": "classify"}
