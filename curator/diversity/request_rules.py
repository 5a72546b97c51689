"""Request rules: the verbs and nouns by which a sentence of a prompt says what it asks for."""

from typing import NamedTuple

_B = r"(?-u:\b)"
_START = (
    r"(?:^|[.!?:;]\s+|[\n\"]\s*)(?:q: ?|task: ?|instruction: ?)?(?:(?:please|kindly|now|then|also"
    r"|and|can you|could you|would you|will you|i want you to|i need you to|i'd like you to"
    r"|your task is to|help me(?: to)?|let's|just)[, ]+)*"
)
_MANY = r"(?:two|three|four|five|six|seven|eight|nine|ten|a dozen|several|some|many|more|\d+)"
_MAKE = (
    r"(?:write|compose|create|generate|craft|draft|construct|produce|develop|design|make|prepare"
    r"|build|tell|give|come up with|think of|suggest|provide|i need|i want|pen)"
)
_UP_TO = r" [^\n.?!:]{0,60}?"


def _made(nouns: str) -> str:
    return rf"{_START}{_MAKE}{_UP_TO}{_B}(?:{nouns}){_B}"


def _told(verbs: str) -> str:
    return rf"{_START}(?:{verbs}){_B}"


class Request(NamedTuple):
    """A way to ask: the class, how loudly it speaks, its pattern, and whether a text is given."""

    of: str
    votes: float
    pattern: str
    given: bool | None = None
    """True where it only counts with a given text, False where only without one."""


REQUESTS = (
    Request(
        "generation.story",
        3,
        _made(r"story|stories|tale|fable|narrative|plot|jokes?|scenario|legend"),
    ),
    Request(
        "generation.poem",
        3,
        _made(r"poem|poetry|haiku|limerick|sonnet|song|lyrics|verses?|rhyme|rap|ballad|ode|jingle"),
    ),
    Request(
        "generation.article",
        2.5,
        _made(
            r"essay|article|report|blog|posts?|review|description|paragraph|biography|passage|bio"
            r"|profile|persona|obituary|press release|argument"
        ),
    ),
    Request(
        "generation.message",
        3,
        _made(
            r"letter|e-?mail|message|speech|tweet|memo|invitation|toast|thank[- ]you note|eulogy"
        ),
    ),
    Request(
        "generation.marketing",
        3,
        _made(
            r"slogans?|tag ?line|advert\w*|ad|product description|commercial|brochure|flyer|copy"
        ),
    ),
    Request(
        "generation.dialogue", 3, _made(r"dialogue|conversation|interview|screenplay|script|skit")
    ),
    Request(
        "generation.sentence",
        2.5,
        _made(r"sentences?|metaphors?|similes?|analogy|thesis statement|riddle|opening line"),
    ),
    Request("generation.question", 2.5, _made(r"questions?|quiz|trivia|survey|riddles")),
    Request("generation", 1, _told(r"write|compose|draft|craft|pen")),
    Request(
        "brainstorming.listing",
        2.5,
        _told(
            rf"list|name(?: me)? {_MANY}|enumerate|(?:make|create|compile|provide"
            rf"|generate|write|give)"
            rf"(?: me)?(?: a)?(?: short| brief)? list of|(?:identify|find|give|tell|state|mention)"
            rf"(?: me)?(?: at least)? {_MANY}|name (?:a few|different|common|popular)"
        ),
        given=False,
    ),
    Request(
        "brainstorming.ideas",
        2.5,
        _told(
            rf"brainstorm|(?:suggest|come up with|think of|generate|propose|give me)(?: at least)?"
            rf"(?: up to)? {_MANY}|what are (?:some|{_MANY}) (?:[a-z]+ )?(?:ideas|ways"
            rf"|things|activities"
            rf"|names|examples|good|fun)"
        ),
        given=False,
    ),
    Request(
        "brainstorming.ideas",
        2,
        rf"{_B}(?:ideas|names|titles|suggestions) (?:for|about|to|of){_B}",
        given=False,
    ),
    Request("rewriting.paraphrase", 3.5, _told(r"rephrase|reword|paraphrase|restate|say this")),
    Request(
        "rewriting.correction",
        3,
        _told(r"correct|fix|proofread|proof-?read|spell-?check|punctuate"),
    ),
    Request(
        "rewriting.style",
        3.5,
        _told(r"re-?write|simplify (?:this|the)|shorten|edit|improve|polish|tone"),
    ),
    Request(
        "rewriting.style",
        2.5,
        _told(
            r"change|transform|turn|modify|replace|remove|delete|make (?:this"
            r"|the) (?:sentence|text)"
        ),
    ),
    Request(
        "rewriting.completion",
        3,
        _told(r"complete the|fill in|finish|continue|expand|elaborate on this|add|insert"),
    ),
    Request(
        "rewriting.conversion",
        3,
        _told(
            r"convert (?:the|this|these|to|from)|sort|arrange|re-?order|rearrange"
            r"|format|reverse|alphabeti[sz]e"
        ),
    ),
    Request(
        "summarisation.summary",
        4,
        _told(
            r"summari[sz]e|sum up|condense|recap|boil|(?:give|provide|write)(?: me)?(?: an?| the)?"
            r"(?: [a-z-]+){0,3} summary|in (?:a few|one|two|three|\d) (?:sentences?|lines?)"
        ),
        given=True,
    ),
    Request("summarisation.summary", 2, _told(r"summari[sz]e"), given=False),
    Request(
        "summarisation.key_points", 2.5, r"(?:key|main) (?:points|ideas|takeaways)", given=True
    ),
    Request(
        "summarisation.title",
        3,
        rf"{_B}(?:title|headline|subject line){_B}",
        given=True,
    ),
    Request("extraction", 4, _told(r"extract|pull out|pick out")),
    Request(
        "extraction.facts",
        2,
        rf"(?:from|in|using) (?:the|this) (?:given |following )?(?:text|passage|paragraph|article)"
        rf"[^\n]{{0,40}}{_B}(?:list|find|identify|get|name){_B}|{_B}(?:list|find|identify|get|name)"
        rf"{_B}[^\n]{{0,80}}(?:from|in|mentioned in) (?:the|this) (?:given "
        rf"|following )?(?:text|passage"
        rf"|paragraph|article|sentence)",
    ),
    Request("classification.topic", 4, _told(r"classify|categori[sz]e|label")),
    Request(
        "classification.odd_one",
        3,
        r"(?:which|what|who)(?:'s| of|s| one)? (?:[a-z' ]{0,40})(?:is|are|was|were"
        r"|belongs?|does not"
        r"|doesn't) [^\n?]{0,60}[?:,]?[^\n?]{0,80} or [^\n?]{1,60}\??$",
        given=False,
    ),
    Request(
        "classification.labelling",
        3,
        _told(
            r"(?:determine|identify|decide|tell me|say|state|check|indicate) (?:if|whether|which"
            r"|the (?:type|category|tone|part of speech|genre|kind))|detect|rate|tell me which"
        ),
    ),
    Request(
        "classification.sentiment",
        3,
        rf"{_B}sentiment{_B}|positive(?:,| or) ?(?:neutral,? or )?negative",
    ),
    Request("classification.verification", 2.5, r"true or false|yes or no"),
    Request("translation.translation", 4, _told(r"translate")),
    Request(
        "reasoning.mathematics",
        3,
        _told(
            r"solve|find the (?:sum|average|mean|median|mode|product|area|perimeter|value|square"
            r"|derivative|integral|probability|roots?|volume|slope)|prove (?:that|the)|factori[sz]e"
        ),
    ),
    Request(
        "reasoning.arithmetic", 3, _told(r"calculate|compute|convert \d|what is \d|how much is \d")
    ),
    Request(
        "code.writing",
        3,
        _made(
            r"function|program|python|javascript|java|code|algorithm|sql|query|loop"
            r"|html|css|web ?page"
            r"|api|regex|script (?:that|to|in|which)|class (?:that|to|in|called|named)"
        ),
    ),
    Request(
        "code.debugging",
        2.5,
        _told(r"debug|fix (?:this|the|my) (?:code|bug|program|function|error)"),
    ),
    Request(
        "planning.how_to",
        3,
        _told(r"how (?:do|can|should|would) (?:i|we)|how to|tell me how to|steps to"),
    ),
    Request("planning.how_to", 3, _made(r"recipe|instructions|tutorial|step-by-step guide")),
    Request(
        "planning.advice", 3, rf"{_B}should (?:i|we){_B}|{_B}advice{_B}|(?:any|some|me) tips{_B}"
    ),
    Request(
        "planning.plan",
        3,
        _made(
            r"plan|itinerary|schedule|strategy|agenda|routine|curriculum|roadmap|timetable"
            r"|experiment|budget|programme"
        ),
    ),
    Request(
        "planning.recommendation",
        3,
        _told(r"recommend|suggest (?:an?|me an?|the best)|what(?:'s| is) (?:a good|the best)"),
    ),
    Request(
        "conversation.role_play",
        3.5,
        _told(
            r"act as|pretend|imagine you(?:'re| are)|role-?play|play the (?:role|part)"
            r"|you are (?:an?|now)"
        ),
    ),
    Request(
        "conversation.chitchat",
        3,
        r"^(?:hi|hello|hey|good (?:morning|evening|night)|thanks|thank you|how are you|who are you"
        r"|what are you|do you (?:like|think|feel|have|ever|dream|know)|are you"
        r"|tell me about yourself)(?-u:\b)",
    ),
    Request(
        "question_answering.explanation",
        3,
        _told(
            r"explain|describe|compare|define|discuss|elaborate|why|how (?:does|do|did"
            r"|is|are|has|can"
            r"|could|would|will)|what (?:is|are|was) (?:an?|the (?:differences?|purpose|meaning"
            r"|concept|role|impact|benefits?|advantages))|what does|outline the|clarify|introduce"
        ),
        given=False,
    ),
    Request(
        "question_answering.open_question",
        2,
        _told(r"what|who|when|where|which|in which|whose|whom"),
        given=False,
    ),
    Request(
        "question_answering.closed_question",
        2,
        _told(r"what|who|when|where|which|in which|whose|how|why"),
        given=True,
    ),
    Request(
        "question_answering.closed_question",
        2,
        r"^(?:given|based on|according to)[^\n]{0,200}\?",
        given=True,
    ),
    Request("question_answering.multiple_choice", 2, r"which of (?:the following|these)"),
)
