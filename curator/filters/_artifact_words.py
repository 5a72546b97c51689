"""Marks of how a text was made or copied, and what in a prompt explains them; for Rust's regex.

Sources: AlpacaDataCleaned (`tools/`: images, merged instructions), FastChat's and open-instruct's
cleaning of shared chats ("Copy code", page numbers), and what was read in docs/quality.md.
"""

# ruff: noqa: RUF001 (signs of other scripts are meant)

CODE = r"(?s)```.*?(?:```|$)|~~~.*?(?:~~~|$)|`[^`\n]+`"
"""Code in a text is not judged: it holds what it must hold."""
LEADING = r"^\s*(?:<\|[a-z_]{2,30}\|>(?:assistant|user|system)?\s*)+"
"""Special tokens in front of a text, which the repair cuts."""

_PROGRAM = (
    r"(?i)\b(?:code|coding|html5?|css|xml|svg|json|ya?ml|java|javascript|typescript|python|php|ruby"
    r"|perl|c\+\+|c#|sql|bash|shell|scripts?|functions?|programs?|programming|jinja2?|django|flask"
    r"|react|angular|vue|regex|regular expression|markdown|latex|syntax|templates?|placeholders?"
    r"|tags?|variables?|strings?|class|method|algorithm|api|urls?|web ?(?:page|site|app)s?|server"
    r"|ansible|playbook|helm|terraform|kubernetes|docker|liquid|handlebars|mustache|workflow"
    r"|query|tokens?|format(?:ted|ting)?|element|parse\w*|compil\w+|debug\w*|github|readme)\b"
    r"|代码|编程|程序|函数|模板|标签|网页|网站|变量|格式|算法|脚本"
)
_LETTER = (
    r"(?i)letter|e-?mail|template|form\b|message|invit|memo\b|\bnote\b|speech|contract|agreement"
    r"|proposal|press release|announce|\bcard|script|advert|\bad\b|\bpost|tweet|resume|résumé"
    r"|\bcv\b|pitch|profile|biograph|\bbio\b|introduc|thank|apolog|complain|request|reply|respon[ds]|respuesta"
    r"|application|report|review|statement|policy|outline|certificate|testimonial|reference"
    r"|signature|dialogue|conversation|call\b|voicemail|greeting|blank|placeholder|fill|document"
    r"|资料|信|邮件|模板|申请|简历|通知|邀请|演讲|合同|消息|回复|感谢|道歉|介绍"
)
_TALK = (
    r"(?i)dialog|conversation|chat|script|role|transcript|interview|story|bot\b|scene|play\b|skit"
    r"|human:|user:|assistant|对话|聊天|剧本|采访|角色"
)
_ASKED = (
    r"(?i)questions|quiz|faq|q ?& ?a|interview|trivia|exam|\btests?\b|exercise|problems|riddle"
    r"|flash ?card|worksheet|examples?\b|dialog|conversation|puzzle"
    r"|joke|question:|\bq:|\bq\d|instruction:"
    r"|问题|题目|测试|练习|例子|问答|对话|谜语|采访"
)
_SCREEN = r"(?i)chatgpt|\bbutton|interface|\bui\b|screen|copy|share|vote|reddit|website|按钮|界面"

_TOKENS = (
    r"<\|(?:im_start|im_end|im_sep|user|assistant|system|endoftext|eot_id|start_header_id"
    r"|end_header_id|begin_of_text|prompter|end_of_turn)\|>|\[/?INST\]|<</?SYS>>|<start_of_turn>"
)
_PICTURE = r"(?:pictures?|images?|photos?|photographs?|screenshots?|figures?|diagrams?)"
_FIGURE = (
    rf"(?i)(?:shown|seen|depicted|illustrated|pictured|displayed|visible) in the (?:(?:above"
    rf"|attached|accompanying|given|provided|following) )?{_PICTURE}"
    rf"|in the {_PICTURE} (?:above|below|provided|attached|shown)"
    rf"|(?:the|this) (?:attached|above|accompanying|provided) {_PICTURE}"
    rf"|the {_PICTURE} (?:above|below) (?:show|depict|illustrate)"
    r"|如[上下]?图所示|[上下]图所示|(?:上|下)面的(?:图片|照片|图像)(?:中|里|显示)|图中所示|附图"
)

TRIGGERS = (
    *("oaicite", "contentreference", "†", "turn", "###", "<|", "[inst", "<<sys", "start_of_turn"),
    *("instruction", "regenerate response", "chatgpt said", "copy code", "continue generating"),
    *("was this response", "is this conversation", " / ", "share", "vote", "report save", "level "),
    *("![", "<img", "picture", "image", "photo", "screenshot", "figure", "diagram", "图"),
    *("{", "<insert", "<your", "<enter", "[", "output:", "question", "human", "user"),
    *("q:", "q :", "q\uff1a", "q1", "q2", "q3", "q 1", "q 2", "http", "&"),
    *("</", "<br", "<p", "<div", "<span", "<font", "<center"),
)
"""Small letters; an answer without any of them matches no pattern, and most have none."""

PATTERNS: dict[str, str] = {
    "citation_marks": (
        r"\[oaicite:\d+\]|:contentReference\[|【\d{1,3}(?::\d{1,3})?†[^】\n]{0,80}】"
        r"|turn\d{1,2}(?:search|view|news|file|fetch)\d"
    ),
    "role_marks": rf"(?m)^\s*###? ?(?:Instruction|Response|Human|Assistant) ?:|{_TOKENS}",
    "merged_instructions": r"(?m)^\s*\d{1,2}\.\s*Instruction:",
    "ui_texts": (
        r"(?m)^\s*(?:Regenerate response|ChatGPT said:|Copy code|Continue generating"
        r"|Was this response better or worse\?|Is this conversation helpful so far\?)\s*$"
        r"|^[a-z+#]{1,12}Copy code"
    ),
    "ui_hints": (
        r"^\s*[1-9] / [1-9]\s*\n|\n\s*[1-9] / [1-9]\s*$"
        r"|(?m)^\s*(?:Share Prompt|\d+ (?:up|down)votes?|Upvote|Downvote|Reply Share"
        r"|Report Save|level \d)\s*$"
    ),
    "images": r"!\[[^\]\n]*\]\([^)\n]*\)|(?i)<img\b[^>\n]*\bsrc\s*=",
    "figures": _FIGURE,
    "slots": (
        r"\{\{ ?[A-Za-z_][\w. ]{0,30}\}\}|\{%-? ?\w+|<(?i:insert|your|enter) [^>\n]{1,60}>"
        r"|(?:^|[\s(\"'])\{(?:input|output|name|text|instruction|question|answer|context|prompt"
        r"|response|title|topic|user_?name|city|date|[a-z]+_[a-z]+)\}"
    ),
    "name_slots": (
        r"\[(?:(?i:insert|your|enter) [^\]\n]{1,50}|(?:Recipient|Sender|Company|Client|Customer"
        r"|Friend|Manager|Employer|Hiring Manager|First|Last|Name|Date|Address|Phone|City)"
        r"(?:['’]s)?(?: [A-Z][^\]\n]{0,40})?)\]"
    ),
    "io_labels": r"^\s*Output:|(?m)^\s*Input:[^\n]*\n+\s*Output:",
    "continuations": (
        r"\n\s*(?:Question|Instruction|Q)\s?\d*\s?[:：][^\n]*\n+\s*(?:Answer|Response|Output|A)\s?\d*"
        r"\s?[:：]|\n\s*\n\s*(?:Human|User)\s?:\s*\S"
        r"|\n[ \t]*(?:Human|User)\s?:[^\n]*(?:$|\n+\s*(?:Assistant|AI|Bot)\s?:)"
    ),
    "dead_links": (
        r"\]\((?i:url|link|links?[ _-]?here|your[ _-]?(?:url|link)|insert[^)\n]*|https?://(?:www\.)?)\)"
        r"|https?://(?:www\.)?(?:\.\.\.|…|[\s)\]>\"',]|$)|https?://[\w./-]{0,80}(?:\.\.\.|…)"
        r"|https?://(?:localhost|127\.0\.0\.1)\b"
    ),
    "citation_numbers": r"[A-Za-z][.,;]\[\d{1,2}\](?:\[\d{1,2}\])*(?:\s|$)",
    "html_remains": (
        r"&(?:nbsp|amp|quot|rsquo|lsquo|ldquo|rdquo|mdash|ndash|hellip|#39|#x27|#8217);"
        r"|(?i)</?(?:br|p|div|span|font|center)(?: [^>\n]{0,200}|\s*/)?>|</a>"
    ),
}
"""What each measure counts in an answer."""

EXPLAINED: dict[str, str] = {
    "citation_marks": r"oaicite|contentReference|†|turn\d",
    "role_marks": rf"(?i){_TOKENS}|###? ?(?:instruction|response|human|assistant)"
    r"|\btokens?\b|chat ?ml|\bprompt(?:s|ed|ing)?\b|template|\blay(?:s|ing)? out|layout"
    r"|llama|alpaca|vicuna|mistral|fine-?tun|instruction[- ]tun",
    "merged_instructions": r"(?i)instructions\b|instruction:",
    "ui_texts": _SCREEN,
    "ui_hints": _SCREEN + r"|\d ?/ ?\d|(?i)fraction|分数",
    "images": r"(?i)html|markdown|\bcode|css|web ?(?:page|site)|readme|<img|!\[|tag\b|\bpage\b"
    r"|代码|网页",
    "figures": rf"{_FIGURE}|(?i)<image>|!\[|\.(?:jpe?g|png|gif)|caption|alt text|\bimages?\b"
    r"|\bphoto|picture|figure|diagram|report|essay|article|story|图",
    "slots": _PROGRAM + r"|" + _LETTER + r"|\{[A-Za-z_ ]+\}",
    "name_slots": _LETTER + r"|(?i)\[[a-z' ]+\]",
    "io_labels": r"(?i)output|input|输出|输入|" + _PROGRAM,
    "continuations": _ASKED + r"|" + _TALK,
    "dead_links": _PROGRAM + r"|(?i)https?://|\blinks?\b|链接",
    "citation_numbers": r"\[\d{1,2}\]|(?i)\bcit(?:e|ation)|footnote|引用",
    "html_remains": _PROGRAM + r"|</?\w+[^>\n]*>|&#?\w+;",
}
"""What in the prompts explains a mark, so that it is no fault."""

SOURCES = (
    r"(?im)^\s*(?:#+ *|\**)?(?:references|sources|citations|bibliography|works cited)\b"
    r"|^\s*\[1\]|https?://|参考"
)
"""An answer with sources may have numbers that point at them."""
DRAWN = (
    r"(?i)```|\|\s*-{3}|!\[|<svg|\\begin\{|<img|\bfig(?:ure)?\.? ?\d|图 ?\d"
    r"|(?:^|\n)[ \t]*[-\\/|_+*. ]{5,}(?:\n|$)"
)
"""An answer that brings its own figure."""
PROMPT_MARK = (
    rf"(?m)^### ?(?:Instruction|Response|Input) ?:|{_TOKENS}"
    r"|^\s*\{\{? ?(?:input|instruction|question|text|prompt|user_input) ?\}\}?\s*$"
)
"""A template around a prompt, or a slot in it that nobody filled."""
PROMPT_EXPLAINED = (
    r"(?i)template|placeholder|\btokens?\b|\bformat|variable|prompt|\bcode\b|what (?:does|is|are) <"
    r"|explain|meaning|模板|格式|变量"
)
"""What makes such a mark the matter of the prompt."""
IMAGE_THERE = r"(?i)<image>|!\[|<img|\.(?:jpe?g|png|gif|webp|svg)\b|\[image|data:image|https?://"
