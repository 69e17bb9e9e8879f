"""What a question wants, by the words that say so: how long, when, how many, a list, a whole job, results."""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

Intent: TypeAlias = Literal[
    "how_long", "when", "start", "end", "count", "list", "summary", "results", "how_much", "current", "first", "longest",
    "shortest", "before", "after", "gap", "experience", "order", "compare", "whether", "where", "confirm",
    "employers", "projects", "skills", "awards", "education", "title", "next", "previous", "more", "negated", "team", "why", "name", "thanks", "rank", "span", "hello", "regions", "highlight", "overview", "unmask",
]  # fmt: skip

_CUES: dict[Intent, str] = {
    "span": r"\b(?:\d|one|two|three|four|five|six|seven|eight|nine|ten) (?:years?|yrs?|months?)\b|(?<![\d一二三四五六七八九十])[一二两三四五六七八九十\d](?:个)?(?:年|月)(?!级|\d)",
    "how_long": r"得久|多长(?!时间)|total years|years in\b|how long|how many (?:years|months|yrs)|duration|tenure|length of (?:stay|time)|time spent|"
    r"(?:待|呆|干|做|工作|读|花)?了?多(?:久|长时间|少年)|多久|多长时间|多少年|多少个月|几年(?!级)|几个月|待了多|干了多|年限|时长|多少时间",
    "when": r"\bwhen\b|what (?:year|date|month|time period|period|dates|years)|which (?:year|month)|since when|\bdates?\b|"
    r"哪年|哪一年|几几年|什么时候|什么时间|何时|啥时候|几月|起止|时间段|哪段时间|年份|哪几年|多会儿",
    "start": r"\b(?:join(?:ed)?|start(?:ed)?|begin|began|begun|hired|onboard(?:ed)?|enrol(?:l|led)?)\b|start date|"
    r"入职|加入|开始|进(?:的|了|入)?(?=公司|\||$|的)|哪年进|去的|上的大学|入学",
    "end": r"\b(?:left|leave|leaving|quit|quitted|depart(?:ed)?|resign(?:ed)?|end(?:ed)?|finish(?:ed)?|graduat\w*)\b|end date|"
    r"离职|离开|走(?:的|是)|结束|毕业|辞职|离任",
    "count": r"how many|number of|\bcount\b|how often|几个|多少个|几块|几次|多少次|几家|多少家|几枚|几项|多少项|几份|几段|几种|"
    r"多少种|几门|几枚|多少块|多少枚|有几|数量|总共|一共|几(?=金|银|铜)|多少(?:人|名)|几(?:人|名|位)",
    "list": r"\blist\b|最大|最高|最多|最明显|\bbiggest\b|\blargest\b|\bhighest\b|每家|每段|每份|每个公司|各公司|各家|各段|\bmetrics\b|\bnumbers\b|指标|\ball (?:of )?(?:his|the|her|their|your)\b|\bevery\b|\beach\b|\ball\b|which (?:companies|awards|projects|ones|contests)|"
    r"哪些|列出|汇总|盘点|整理|every instance|cases where|instances|列一下|列个|列举|全部|所有|清单|都有|有什么|都是|哪几|都列|分别",
    "summary": r"what (?:exactly |else |all )?(?:did|does|has|was|is|were|'s|s) (?:he|she|they|you|the candidate)\b.{0,20}?\b(?:do(?:ing|ne)?|build|make|working on|work on|up to)\b|"
    r"what(?:'s| is| was| were)? .{0,12}(?:role|job|responsib\w*|position|duties)|what did he|tell me (?:more )?(?:about|abt)|walk me (?:through|thru)|"
    r"describe|summar\w*|overview|responsib\w*|\brole\b|introduce|what.{0,60}\babout|details?|explain|talk about|experience (?:at|in|with)|worked? on|"
    r"\bwork at\b|stint|contribution\w*|contribute\w*|what happened|what did it\b|how (?:\w+ ){0,3}built|hear about|(?:his|her|their) time (?:at|in|with)|main(?:ly)? (?:work|do)|focus(?:ed)? on|background|rundown|run ?down|in a nutshell|"
    r"做(?:了|过|的)?(?:些|点)?(?:什么|啥|哪些)|干(?:了|过|的)?(?:些|点)?(?:什么|啥|嘛|吗)|在做什么|做什么|做啥|干啥|干什么|干嘛|介绍|讲讲|讲一下|说说|说一下|聊聊|负责|工作内容|展开|"
    r"主要做|平时做|概括|总结|职责|咋做|怎么做|怎么(?:搭|实现|设计|弄|搞)|忙(?:些)?(?:什么|啥)|怎么回事|那段|详细|具体|贡献|工作经历|的经历|经验|主要工作|是做什么",
    "results": r"\bimpacts?\b|\bresults?\b|\boutcomes?\b|\bgains?\b|\blift(?:ed|s)?\b|\buplift\b|\bimprove(?:d|ment|ments|s)?\b|achiev\w*|accomplish\w*|"
    r"\beffects?\b|pay off|paid off|deliver(?:ed)?|\bwins\b|how well|how good|(?:did|does|how).{0,40}\bgo\b|success\w*|did it work|numbers\b|metrics?\b|kpis?\b|"
    r"效果|收益|提升|成果|结果|影响|涨了?|业绩|成绩|成效|产出|战绩|亮点|贡献|有用吗|怎么样",
    "how_much": r"how much|how many (?:more|minutes|hours|users|people|percent)|by how|what percent\w*|what ?%|percentage|\bhow (?:big|large|fast|low|high)\b|what (?:was|is) the (?:figure|number)|多少|几个点|百分之几|多大|多快|幅度|比例",
    "current": r"\bnow\b|\bcurrent(?:ly)?\b|\bpresent(?:ly)?\b|these days|at the moment|today\b|right now|nowadays|latest (?:job|role|position|employer|company)|most recent|"
    r"现在|目前|当前|现职|眼下|在职|如今|现任|最近(?:一?(?:份|家|段|个)|的)|现东家|现在这家|东家",
    "first": r"\bfirst (?:[a-z]+[- ]?){0,3}(?:job|role|position|employer|company|gig)\b|(?:began|begin|start(?:ed)?) (?:his|her|their|your)? ?career|out of (?:school|college|uni)|(?:right |straight |just )?after (?:graduat\w*|college|school|university|uni)\b|"
    r"第一份|首份|毕业后|刚毕业|毕业(?:直接|就)|头一份|第一家|最早|职业生涯.{0,4}开始|起步",
    "longest": r"\blongest\b|\blonger\b|最长|最久|更久|最多年",
    "shortest": r"\bshortest\b|最短|shorter",
    "before": r"\bbefore\b|\bprior\b|previous(?:ly)?\b|\bearlier\b|preced\w*|come from|came from|之前|以前|此前|上一(?:家|份|段|站)|前一|前东家|之前那",
    "after": r"\bafter(?:wards?)?\b|\bthen where\b|\bnext (?:job|company|employer|role|move)\b|where.{0,12}go next|之后|以后|后来|下一(?:家|份|段|站)|接着|然后去",
    "gap": r"\bgaps?\b|unemploy\w*|between jobs|career break|time off|idle|not working|out of work|空了|中间空|空窗|空白期|间断|断档|待业|没上班|没工作|空档|失业",
    "experience": r"(?:years?|yrs?|yoe|much|long).{0,14}experience|\byoe\b|experience.{0,10}(?:total|years?|overall)|total (?:work )?experience|"
    r"(?:been|has he|he's) work(?:ing|ed)\b(?! (?:at|on|with|in|for))|career length|工作年限|从业|工作了?(?:几年|多少年|多久)|(?:几年|多少年|多久)(?:的)?(?:工作)?经验|工龄|总.{0,3}年",
    "order": r"\border\b|chronolog\w*|timeline|sequence|oldest first|newest first|按时间|时间倒序|倒序|正序|捋|时间顺序|先后|顺序|时间线|履历|career path|career so far|career history|work history|job history|employment history",
    "compare": r"\bvs\.?\b|\bversus\b|\bcompar\w*|which (?:\w+ ){0,3}(?:more|better|bigger|longer|higher|larger|most|best|biggest|highest)|\bbetter\b.{0,30}\bor\b|differ\w*|side by side|against|不一样|区别|不同|差别|"
    r"哪个|哪版|哪一版|哪段|哪份.{0,6}[更最]|相比|对比|还是|谁更|比较",
    "whether": r"^(?:so |and |but |ok |well |hi |hey |hello )*(?:has|have|had|did|does|do|is|was|are|were|can|could|any|ever|would|will|'?s he)\b|\bright\?*$|\bcorrect\?*$|"
    r"吗|是否|有没有|会不会|是不是|能不能|懂不懂|用没用|会.{1,16}[嘛]|过没|没有[?？]?$|过[么嘛]|(?<![什怎多那这])么[?？]?$",
    "confirm": r",? (?:right|correct|yeah|yes|isn'?t (?:it|he)|wasn'?t (?:it|he)|didn'?t he|true)\??$|^(?:so|is it true|confirm|please confirm)\b|"
    r"对吧|对吗|是吧|没错吧|是不是|对不对|吧[?？。!]?$|的[?？]$|确认",
    "where": r"\bwhere\b|which (?:company|employer|firm|place|job)\b|at which|what (?:company|employer)|哪里|在哪|哪家|哪儿|哪个公司|什么公司|去哪|去了哪|何处",
    "employers": r"\bcompan(?:y|ies)\b|\bemployers?\b|\bjobs\b|\bworked for\b|where (?:has|did) (?:he|she) work|\bpositions\b|\bplaces\b|\bfirms\b|公司|雇主|东家|哪些地方工作|大厂|企业|几家|几份工作|单位|厂",
    "projects": r"\bprojects?\b|\binitiatives?\b|项目",
    "skills": r"\bskills?\b|skill ?set|tech(?:nology)? ?stack|\bstack\b|technolog(?:y|ies)|\btools?\b|技能|技术栈|会哪些|掌握|工具",
    "awards": r"\bawards?\b|\bmedals?\b|\bhonou?rs?\b|\bprizes?\b|\bwon\b|\bwin\b|contests?\b|competitions?\b|olympiad|奖|荣誉|奖牌|金牌|银牌|铜牌|比赛|竞赛",
    "education": r"\bschool\b|\buniversit(?:y|ies)\b|\bcollege\b|\bstud(?:y|ied)\b|\bmajor(?:ed)?\b|alma mater|educat\w*|graduat\w*|\bgpa\b|\buni\b|学校|大学|毕业|专业|教育|绩点|就读|本科|念书|读书|读的|学历背景",
    "title": r"\btitle\b|job title|\bposition\b|职位|头衔|职称|岗位|title|什么级别",
    "next": r"the one after|\bnext (?:one|version|model|iteration)\b|\bthe next\b|following (?:one|version)|newer|下一版|下一个版本|下个版本|再下一版|后一版|下一代|下一个|v\+1|下一个",
    "previous": r"\bprevious (?:one|version|model)\b|\bprior version\b|the (?:one|version) before|上一版|上个版本|前一版|上一代|前一个版本",
    "more": r"\bmore\b|\bdetails?\b|\belaborate\b|\bexpand\b|go on|continue|详细|展开|具体|继续|还有(?:呢|吗)?|多说",
    "team": r"which (?:\w+ )?(?:team|group|department)|what (?:team|group|department)|\b(?:team|group) (?:was|is|did)|team name|group name|组名|团队名|哪个?(?:组|团队|部门|小组)|什么(?:组|团队|部门)|所在(?:组|团队|部门)",
    "why": r"\bwhy\b|\breasons?\b|为什么|为啥|为何|原因|咋就|怎么想",
    "name": r"\bnames?\b|\bcalled\b|\bwhose\b|叫什么|名字|姓名|叫啥|谁的|贵姓",
    "thanks": r"^(?:(?:thanks?|thank you|thx|ty|cheers|great|nice|cool|ok(?:ay)?|got it|bye|goodbye|see you)\b|谢谢|多谢|谢啦|感谢|好的|收到|再见|拜拜|辛苦了?|明白了?|了解了)",
    "hello": r"^(?:hi|hello|hey|yo|你好|您好|嗨|哈喽|在吗|在么|在不|有人吗|早上好|下午好|晚上好|good (?:morning|afternoon|evening))[\s,，.。!！?？~]*$|"
    r"what can (?:you|u|this|i|it)|can i ask|\bhelp\b *$|(?:怎么|咋|如何)用|能问(?:什么|啥|些)|可以问(?:什么|啥|些)|能干(?:什么|啥)|你是谁|who are (?:you|u)",
    "regions": r"\bregions?\b|\bmarkets?\b|\bcountr(?:y|ies)\b|地区|区域|市场|国家|海外",
    "highlight": r"(?:biggest|best|greatest|proudest|top|main|key|major|most impressive|notable) (?:\w+ )?(?:numbers?|figures?|wins?|achievements?|accomplishments?|results?|success(?:es)?|contributions?|impacts?)|"
    r"stand out|stands out|\bhighlights?\b|claim to fame|\bachievements\b|\baccomplishments\b|proud of|impressive|wow\b|"
    r"亮点|亮眼|最(?:大|好|高|牛|强|厉害|突出|出色|拿得出手)的?(?:成就|成绩|贡献|成果|战绩|业绩|项目)|拿得出手|代表作|核心成果|主要成就|成就|(?:公司|团队|业务)(?:有|带来)(?:了)?(?:什么|哪些|多大|啥)(?:帮助|价值|贡献|好处)|牛在哪|厉害在哪|强在哪",
    "overview": r"who is (?:he|she|this|zach\w*)|who'?s (?:he|this)|(?:summar\w*|overview|rundown|outline|introduc\w*|sum up|tell me about|describe|walk (?:me|us) (?:through|thru)|take (?:me|us) through|go (?:through|over)|talk (?:me|us) through|what(?:'s| is| does)?) (?:of )?(?:his |her |their |your |the |this |zach\w*(?: ye)?'s )?(?:him|(?:work |career |professional |whole |entire )*(?:career|profile|background|cv|resume|candidate|guy|person|man|experience|history|story))(?: look)?(?: like)?(?: so far)?(?: please| pls)?[?.!]*$|"
    r"\b(?:elevator pitch|in a nutshell|tl;?dr|quick intro)\b|(?:介绍|概括|总结|说说|讲讲|聊聊|了解)(?:一下|下)?(?:他|她|这个人|候选人|这位)(?:这个人|的情况|的经历|的背景|的履历|的职业生涯|吧)?[?？。!]*$|(?:(?<!谁)的|^)(?:整个|整体|完整|主要|大致)?(?:职业|工作|从业|个人|教育和工作)?(?:生涯|经历|履历|背景|简历)(?:是|都)?(?:什么|啥|怎么|怎)?(?:样|如何|情况)?子?(?:的|呢)?[?？。!]*$|这人谁|他是谁|什么来头|自我介绍|个人简介",
    "unmask": r"\bfull\b|complete|unmask\w*|uncensor\w*|hidden|missing|\bdigits?\b|\bstars\b|asterisk|\breal\b|actual|完整|全部|隐藏|打码|星号|那几位|真实|补全|全号",
    "rank": r"\brank(?:ed|ing)?\b|what place|\bplacing\b|which place|第几|名次|排名|排第",
    "negated": r"full[- ]?time|permanent|全职|正式|\bnot\b|n't\b|\bnever\b|without|没有(?!吗)|没(?:做|用|在)|不是(?!不)|从未",
}
_COMPILED = {intent: re.compile(pattern) for intent, pattern in _CUES.items()}
GAP = "|"
"""Stands for words that were taken out; white space between Chinese characters would close up."""
_BLANKED: tuple[Intent, ...] = tuple(i for i in _CUES if i != "negated")


def intents(text: str) -> frozenset[Intent]:
    """Return what a normalised question asks for; several at once are usual."""
    return frozenset(intent for intent, pattern in _COMPILED.items() if pattern.search(text))


def without_cues(text: str) -> str:
    """Return a normalised question with the words that carry the intents blanked out."""
    chars = list(text)
    for intent in _BLANKED:
        for match in _COMPILED[intent].finditer(text):
            chars[match.start() : match.end()] = GAP * (match.end() - match.start())
    return "".join(chars)


PERSON = re.compile(
    r"\b(?:he|his|him|she|her|they|their|you|your|u|ur|candidate|guy|resume|cv)\b|[他她你您]|候选人|简历|"
    r"有啥|有没有|有什么|[做干搞用]过|会不会|能不能|懂|擅长"
)
"""Words for the candidate, or for whoever is asked."""
