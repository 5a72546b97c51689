"""Phrases of refusals, disclaimers and self-identification; for Rust's regex and Python's.

All are matched against lower-cased text with straight apostrophes. Sources: open-instruct
(`filter_dataset_by_keywords.py`, `filter_cutoff_date.py`, `scripts/data/sft/utils.py`), FastChat's
`optional_clean.py`, and what was read in the sets of docs/quality.md.
"""

# ruff: noqa: RUF001 (signs of other scripts are meant)
_AI = (
    r"(?:ai|artificial intelligence|(?:large )?language model|text-based|virtual assistant"
    r"|chatbot|machine learning model|computer program)"
)
_SORRY = (
    r"(?:(?:i'm|i am) (?:really |very |truly |so |deeply |terribly )?sorry|sorry"
    r"|i apologi[sz]e(?: for [^.,\n]{0,60})?|my apologies|unfortunately|regrettably|i'm afraid"
    r"|i regret(?: to (?:say|inform you))?"
    rf"|as an? {_AI}[^,.\n]{{0,50}}|i(?:'m| am) (?:just |only )?an? {_AI}[^,.\n]{{0,50}})"
)
_INTRO = (
    rf"(?:{_SORRY}|no|hello|hi(?: there)?|oh no|thank(?:s| you)[^.!\n]{{0,60}}"
    r"|i understand[^.,\n]{0,100}|without [^,\n]{0,80}|due to [^,\n]{0,60}|but|however|and|so|that"
    r"|at this time|currently|to (?:hear|say) that|for the confusion|for any inconvenience)"
)
_ABLE = (
    r"(?:can't|cannot|can not|could not|couldn't|won't|will not|(?:am|'m) (?:currently )?"
    r"(?:unable|not able|not capable|not programmed|not designed|not allowed|not permitted"
    r"|not equipped)(?: to| of)?)"
)
_VERB = (
    r"(?:actually |directly |currently |really )?(?:help(?:ing)?(?: you\b| with| in\b|\s*[.!,]|$)"
    r"|assist|provid|fulfil|comply|answer|respond|complet|generat|creat|produc|perform|process"
    r"|access|brows|display|draw\b|engage|participate|discuss|summari[sz]e|determin|retriev|offer"
    r"|accommodate|advise|execut|analy[sz]e|fetch|do (?:that|this|so)\b|support (?:this|that|your)"
    r"|interact|translat|edit|view|read or|play|physically|book|order|draft|compos|paint|sketch"
    r"|calculat|estimat|writ(?:e|ing) (?:an?\b|any|your|for\b|on behalf|\w{3,}s\b))"
)
_LACK = (
    r"(?:do not|don't) (?:currently )?(?:have|possess) (?:the |any |direct |personal "
    r"|physical |an? )?"
    r"(?:ability|abilities|capabilit|access|capacity|information|permission|data|feelings|emotions"
    r"|experience|preferences|opinions|enough)"
)
REFUSAL = (
    rf"^[\s*_#>]*(?:{_INTRO}[\s,.!;:-]+){{0,5}}(?:i ?(?:{_ABLE} {_VERB}|{_LACK})"
    rf"|it(?:'s| is) not possible (?:for me )?to {_VERB}"
    r"|(?:the|this|your|that) (?:task|request|prompt|question) [^.\n]{0,60}"
    r"(?:cannot be|can't be|not possible|beyond my|not something i))"
    r"|^(?:lo siento|lamento|lamentablemente|desafortunadamente|disculpa|como (?:una? )?(?:ia\b"
    r"|inteligencia artificial|modelo de lenguaje))[^.\n]{0,80}\bno (?:puedo|soy capaz"
    r"|me es posible"
    r"|tengo (?:acceso|la capacidad))|^no puedo (?:ayudar|proporcionar|responder|cumplir|asistir)"
    r"|^(?:(?:es )?tut mir leid|entschuldigung|leider|als (?:ki\b|künstliche intelligenz"
    r"|(?:ki-)?sprachmodell))[^.\n]{0,120}\b(?:nicht"
    r"|kein\w{0,2})\b[^.\n]{0,80}(?:helfen|bereitstellen"
    r"|beantworten|zugreifen|in der lage|zugriff|erstellen|unterstützen|ausführen)"
    r"|^(?:je suis (?:vraiment )?désolée?|désolée?|malheureusement|je m'excuse|en tant qu'?(?:ia\b"
    r"|intelligence artificielle|e? ?modèle))[^.\n]{0,80}\bje ne (?:peux|suis|dispose|saurais)"
    r"[^.\n]{0,60}(?:aider|fournir|répondre|accéder|capable|en mesure|accès|générer|créer)"
    r"|^我?(?:非常|很|真的)?(?:抱歉|对不起|不好意思|遗憾)[^。\n]{0,30}(?:无法|不能|没有?办法|没有能力"
    r"|不具备)"
    r"[^。\n]{0,12}(?:提供|帮助|协助|回答|完成|生成|创建|访问|执行|满足|处理|讨论|查看|预测|描述|建议|找到|判断|确定|识别|撰写"
    r"|告诉)"
    r"|^作为[^，。\n]{0,14}(?:人工智能|ai|语言模型|助手)[^。\n]{0,40}(?:无法|不能|没有能力|不具备)"
)
"""An answer that begins by saying it cannot or will not; not "I can't help but", nor a letter
that says it cannot come: the verbs are what assistants are asked for."""

ANY_REFUSAL = (
    rf"^[\s*_#>]*(?:{_INTRO}[\s,.!;:-]+){{0,3}}{_SORRY}[\s,.!;:-]+(?:{_INTRO}[\s,.!;:-]+){{0,3}}"
    rf"i ?{_ABLE} [a-z]"
)
"""An apology, or "as an AI", and that it cannot do whatever it is: somebody else's words too,
where the prompt asks for words that somebody else says."""

ASKED_WORDS = (
    r"\b(?:writ|compos|draft|creat|generat|letter|e-?mail|message|note\b|memo|excuse|apolog|reply|repl(?:y|ies)|respon[ds]|answer"
    r"|dialogue|conversation|chat\b|story|scene|script|plot|poem|haiku|song|lyric|verse|sentence"
    r"|phrase|paragraph|example|pretend|act as|role|character|persona|imagine you|quote|speech"
    r"|translat|paraphras|rewrite|re-write|rephras|reword|tone\b|edit|correct|grammar|punctuat"
    r"|declin|refus|voicemail|invit|tweet|post\b|review|diary|journal|joke|complet|continue|fill in"
    r"|says?\b|said\b|tell (?:him|her|them|my)|summari|classif|sentiment)"
)
"""What in a prompt asks for words that somebody else may say."""

EXCUSE = (
    # it would do harm
    r"\b(?:illegal|unethical|harm|danger|violen|hate|discriminat|racis|sexual|explicit"
    r"|inappropriate"
    r"|offensive|weapon|suicid|self-harm|hurting|privacy|private|personal (?:details"
    r"|information|data)"
    r"|confidential|copyright|malicious|fraud|illicit|abus|guidelines|policy|safety|medical|diagnos"
    r"|legal advice|disrespectful|stereotyp|defam|conspirac|false|misinformation|controversial"
    r"|ilegal|dañin|violenc|gewalt|illégal|dangereu)|违法|非法|伤害|隐私|暴力|歧视|危险|不道德|色情"
    # it was not given what it needs
    r"|provide (?:me|more|the|a|an|some|additional|further|any|your|us)\b|please (?:provide|share"
    r"|specify|clarify|upload|attach|paste)|could you|\bif you (?:could|can|share|provide|give)"
    r"|without (?:any|more|the|additional|further|knowing|specific|seeing|access|connecting|an?\b)"
    r"|more (?:specific )?(?:information|context|details)|not (?:been )?provided"
    r"|did(?: not|n't) provide"
    r"|additional|insufficient|enough (?:information|context|data)|(?:cannot|can't"
    r"|unable to|able to)"
    r" (?:be )?determin|given only|no (?:image|text|article|input|context)|请.{0,6}提供"
    r"|提供.{0,8}(?:信息|文本"
    r"|内容)|没有给|未提供|没有提供|更多信息|proporcion|bitte (?:geben|teilen)|veuillez"
    # nobody in its place could
    r"|real-?time|up-to-date|\b(?:current|latest) (?:data|information|weather|events|date|time"
    r"|location|news|price)|\blive\b|internet|brows|external|\bfuture\b|predict|personal|emotion"
    r"|feeling|opinion|physical|\bbody\b|taste|experience|consciousness|实时|最新|物理|亲身|情感"
    r"|身体"
    r"|tiempo real|echtzeit|temps réel"
)
"""What makes a refusal the right answer, in its own words."""

HARMFUL = (
    r"\b(?:kill|bomb|weapon|gun\b|hack|steal|stolen|drug|cocaine|meth\b|heroin|suicid|poison|murder"
    r"|racis|sexis|porn|nude|sexual|\bsex\b|terroris|explosive|malware|virus|phish"
    r"|launder|forge|fraud"
    r"|illegal|hurt|harm|attack|kidnap|torture|rape|slur|hate|password|bypass|cheat|blackmail|stalk"
    r"|spy|smuggl|counterfeit|ignore (?:all|your|previous)|jailbreak|pretend (?:you|to))"
    r"|自杀|炸弹|毒品|武器|黑客|色情|谋杀|偷|暴力|诈骗"
)
"""What in a prompt makes a refusal safety data."""

CUTOFF = (
    r"\b(?:as of|since|until|up to|by|at the time of|before|after) my (?:last |latest |most recent "
    r"|current )?(?:knowledge|training|update|data)|\bmy (?:knowledge|training"
    r"|training data|data) (?:base )?"
    r"(?:cut-?off|was last updated|only goes|only extends|ends (?:in|at)|stops (?:in|at)|cuts off"
    r"|is (?:limited|current|only current|only up) (?:to|until|up)[^.\n]{0,30}20[12]\d)"
    r"|\bmy (?:last |latest )(?:knowledge |training )?(?:update|cut-?off)"
    r"|\bi (?:was|am|have been) (?:last )?(?:trained|updated) (?:on data |only )?(?:up )?"
    r"(?:to|until|through|in) [^.\n]{0,20}20[12]\d"
    r"|我的?(?:知识|训练数据|数据|信息)库?(?:只|仅)?(?:截止|截至|更新)(?:日期|时间)?(?:到|至|于|是"
    r"|为)"
    r"|mi (?:última actualización|fecha de corte)|mein(?:em|es|e)? (?:letzten? )?(?:wissensst"
    r"|trainingsdaten (?:reichen|enden))|ma (?:dernière mise à jour|date (?:de coupure|limite))"
)
"""Another model's cut-off date, told as one's own."""

DISCLOSURE = (
    r"\bi(?:'m| am| was) (?:created|developed|trained|built|designed) by (?:an? team|the team|large"
    r"|researchers|engineers|developers|\{)|"
    r"\bas an? (?:ai|artificial intelligence|(?:large |ai )?language model|text-based ai)\b"
    rf"|\bi(?:'m| am) (?:just |only |merely |actually )?an? (?:\w+ )?{_AI}\b"
    rf"|\b(?:i(?:'m| am)|my name is) [\w{{}} ]{{1,30}}, an? (?:\w+ )?{_AI}\b"
    r"|(?:作为|我是|我只是)一?(?:个|名|款)?[^，。\n]{0,12}(?:人工智能|\bai\b|语言模型)"
    r"|como (?:una? )?(?:ia\b|inteligencia artificial|modelo de lenguaje)|als (?:ki\b|künstliche "
    r"intelligenz|sprachmodell)|en tant qu'?(?:ia\b|intelligence artificielle"
    r"|e? ?modèle de langage)"
)

MORALISING = (
    r"\bi (?:cannot|can't|do not|don't|would never) (?:condone|endorse|promote|encourage)"
    r"|\bas a responsible (?:ai|assistant|language)|\bi (?:must|have to|need to"
    r"|feel obligated to) (?:emphasi[sz]e|stress"
    r"|remind|caution|point out|inform you)|\bit(?:'s| is) (?:not |never |un)(?:ethical|appropriate"
    r"|respectful|acceptable|okay|ok\b)[^.\n]{0,20} to\b|\bharmful stereotypes|\bperpetuat\w{1,4} "
    r"(?:harmful|negative)|\bit(?:'s| is) my duty to\b|\bwhile ensuring (?:safety|respect)"
    r"|\bimportant to (?:be respectful|respect (?:the|all|other|everyone)|treat (?:all"
    r"|every|others))"
    r"|\bi strive to (?:be|provide) [^.\n]{0,30}"
    r"(?:respectful|ethical|unbiased|safe)|\bgoes against (?:[\w,]+ ){0,4}(?:ethic|moral|guideline"
    r"|principle|values)|\b(?:important|crucial) to (?:remember|note|understand|recogni[sz]e)"
    r" that [^.\n]{0,80}\b(?:hurtful|disrespectful|unethical|immoral|offensive|never (?:okay|ok"
    r"|acceptable|appropriate))|不道德的|我不能(?:宣扬|鼓励|支持)"
)
