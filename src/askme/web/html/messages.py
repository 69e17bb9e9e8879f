"""Every text of the page's own, in both languages; what the résumé and the answers say comes from elsewhere."""

from __future__ import annotations

from askme.types import Message

TEXTS: dict[str, Message] = {
    # masthead and composer
    "skip": Message("跳到提问框", "Skip to the question"),
    "lead": Message(
        "想了解{name}的经历，直接问。每句回答都标明简历出处。",
        "Ask about the career of {name}. Every sentence of an answer points to the line of the résumé it rests on.",
    ),
    "examples": Message("可以这样问", "Questions to begin with"),
    "ask": Message("输入问题，中英文都可以", "Ask in English or Chinese"),
    "question": Message("你的问题", "Your question"),
    "send": Message("发送", "Send"),
    "stop": Message("停止", "Stop"),
    "restart": Message("新对话", "New conversation"),
    "switch": Message("English", "中文"),
    "how": Message("说明与隐私", "How it works"),
    "brief": Message("证据摘要", "Evidence brief"),
    "brief_md": Message("下载 Markdown", "Download as Markdown"),
    "brief_html": Message("下载可打印的网页", "Download as a page to print"),
    "brief_why": Message(
        "把这次对话连同简历出处存成一页，附在候选人档案里。",
        "This conversation with its sources on one page, to attach to a candidate’s file.",
    ),
    "full_page": Message("打开完整页面", "Open the full page"),
    "conversation": Message("对话", "Conversation"),
    "asked": Message("你问：", "You asked: "),
    "javascript": Message("这个页面需要 JavaScript。", "This page needs JavaScript."),
    # an answer
    "looking": Message("正在查阅简历", "Looking in the résumé"),
    "not_in_resume": Message("简历没有写", "Not in the résumé"),
    "declined": Message("不在回答范围内", "Not something this page answers"),
    "contact": Message("可以直接问他：", "You can ask him directly: "),
    "sources": Message("简历出处", "From the résumé"),
    "near": Message("简历里相近的内容", "What the résumé says nearby"),
    "retrieved": Message("正在看这些", "Reading these lines"),
    "original": Message("原文", "original"),
    "translation": Message("译文", "translation"),
    "back": Message("回到回答", "Back to the answer"),
    "next": Message("接着问", "Ask next"),
    "copy": Message("复制回答和出处", "Copy the answer with its sources"),
    "link": Message("复制这个问题的链接", "Copy a link to this question"),
    "edit": Message("修改问题", "Edit the question"),
    "retry": Message("重新回答", "Ask again"),
    "up": Message("有用", "Helpful"),
    "down": Message("没用", "Not helpful"),
    "copied": Message("已复制", "Copied"),
    "not_copied": Message("浏览器不允许复制", "The browser does not allow copying"),
    "thanks": Message("谢谢，已记下", "Thank you, noted"),
    "not_noted": Message("没能记下，请稍后再试", "It could not be noted; please try later"),
    "comment": Message("哪里好，哪里不对？（可不填）", "What was right or wrong? (optional)"),
    "send_comment": Message("提交", "Submit"),
    "editing": Message("修改上一个问题", "Editing the last question"),
    "cancel": Message("取消", "Cancel"),
    "close": Message("关闭", "Close"),
    # how an answer was made
    "by_model": Message("模型撰写，逐句核对", "Worded by a model, each sentence checked"),
    "by_model_why": Message(
        "措辞出自语言模型，它只读到这份简历和这段对话。每句话里的数字、日期、名称和用词都与所引条目核对过，对不上的句子不会显示。",
        "A language model chose the words. It read this résumé and this conversation. Figures, dates, names and terms of every "
        "sentence were checked against the lines it cites; a sentence that does not hold is not shown.",
    ),
    "without_model": Message("简历原文，未用模型", "In the résumé’s own words, no model"),
    "without_model_why": Message(
        "这个回答由简历条目的原文拼成，没有语言模型参与。",
        "This answer is put together from the résumé’s own lines. No language model took part.",
    ),
    "broke_off": Message("模型没有写完，其余是简历原文", "The model broke off; the rest is in the résumé’s own words"),
    "fell_back": Message("模型暂时用不上，以下是简历原文", "The model is not available; in the résumé’s own words"),
    "spent": Message(
        "模型的预算已用完，以下是简历原文", "The budget for the model is used up; in the résumé’s own words"
    ),
    # how an answer ended before its time
    "stopped": Message("已停止。", "Stopped."),
    "failed": Message(
        "抱歉，刚才出了点问题，没能回答。请再问一次。",
        "Sorry, something went wrong on this side. Please ask again.",
    ),
    "busy": Message(
        "现在提问的人太多。问题已保留，稍后点“重新回答”即可。",
        "Too many people are asking right now. Your question is kept: ask again in a moment.",
    ),
    "busy_now": Message("现在忙不过来，请稍后再试。", "Busy right now; please try again in a moment."),
    "waiting": Message("提问的人较多，正在排队，第 {place} 位", "Many are asking; in the line you are number {place}"),
    "long": Message("这个问题太长了，请删短一些再问。", "This question is too long. Please shorten it."),
    "too_long": Message(
        "太长了，最多 {most} 个字符。请删短一些。", "That is too long: at most {most} characters. Please shorten it."
    ),
    "limit": Message(
        "提问次数暂时用完了，请过一会儿再问。问题已保留。",
        "That was the limit of questions for now. Your question is kept: please come back in a while.",
    ),
    "kept": Message("问题已保留，到时点“重新回答”即可。", "Your question is kept: press “Ask again” then."),
    "lost": Message(
        "连接断了。问题已保留，联网后点“重新回答”即可。",
        "The connection was lost. Your question is kept: ask again once you are back online.",
    ),
    # the dialog
    "how_title": Message("这个页面怎么回答，保留什么", "How this page answers, and what it keeps"),
    "how_from": Message("依据", "What is answered from"),
    "how_from_text": Message(
        "只依据{name}的简历。每句回答都标出所引的条目；简历没有写的，页面会直说没有写。原文是中文，英文是忠实的译文。"
        "匿名的雇主和打码的联系方式保持原样。",
        "From the résumé of {name} and nothing else. Every sentence cites its lines; what the résumé does not state, the page "
        "says it does not state. The original is Chinese, the English a faithful rendering. What is anonymous or masked "
        "there stays so.",
    ),
    "how_made": Message("回答的来历", "How answers are made"),
    "how_made_plain": Message(
        "回答由简历条目的原文拼成，不使用语言模型，也不为此把问题发给任何人。",
        "Answers are put together from the résumé’s own lines. No language model is used, and no question is sent to anybody "
        "for it.",
    ),
    "how_made_model": Message(
        "整份简历、你的问题和前面的几轮对话会发给语言模型的提供方，由它来回答。它的每句话都与所引条目核对，对不上的不显示。"
        "模型用不上时，回答由原文拼成。",
        "The résumé, your question and the last turns of the conversation are sent to the provider of a language model, "
        "which answers. Each of its sentences is checked against the lines it cites; what does not hold is not "
        "shown. Without the model, answers are put together from the lines themselves.",
    ),
    "how_kept": Message("保留什么，多久", "What is kept, and for how long"),
    "how_kept_text": Message(
        "对话只存在于这个打开的页面；关掉以后，服务器最多再留一小时就忘掉。没有统计脚本，没有 Cookie，不从别处加载任何东西。",
        "The conversation lives in this open page; the server forgets it within an hour after you leave. No analytics, no "
        "cookies of ours, nothing loaded from elsewhere.",
    ),
    "how_kept_journal": Message(
        "为了知道大家想了解什么、哪里答得不好，每个问题会记入一份日志，保留 {days}，之后自动删除。记的是：时间、问题（追问则连同补全后的问题）、语言、"
        "回答的类型、所引和查到的简历条目、用时、用没用模型和用量，以及你点的“有用”“没用”和留言；没答完的问题也记，回答的文字不记。"
        "不记地址，也不记你是谁，只记一个散列值：它能看出当天哪些问题出自同一个页面，所用的密钥每天随机更换，过后即毁。请不要在问题里写个人信息。",
        "To learn what people want to know and where answers fall short, each question goes into a journal and is deleted after "
        "{days}: the time, the question (a follow-up also as it was completed), the language, what kind of answer it got, the "
        "lines of the résumé that were cited and found, how long it took, whether a model took part and how much of it, your "
        "“Helpful” or “Not helpful” and your comment. Questions without a whole answer are noted too; the text of answers is "
        "not. No address, nothing that says who you are: only a hash that tells which questions of a day came from the same "
        "page. Its key is random, changes every day and is destroyed after it. Please put nothing personal into a question.",
    ),
    "how_kept_dataset": Message(
        "日志另存一份在 Hugging Face 的一个私有数据集里，保留同样久，不公开。",
        "A copy of the journal is kept in a private dataset at Hugging Face, for the same time. It is not public.",
    ),
    "how_kept_nothing": Message(
        "问题不保留，这里也不收集评价。",
        "Questions are not kept, and no ratings are collected.",
    ),
    "how_unkept": Message(
        "不愿意的话，打开下面的开关：从下一个问题起，你的问题和评价都不会写下来。这个浏览器会记住你的选择。",
        "If you would rather not, set the switch below: from your next question on, neither your questions nor your "
        "ratings are written down. This browser remembers your choice.",
    ),
    "unkept": Message("不要保留我的问题", "Don’t keep my questions"),
    "how_limits": Message("限额", "Limits"),
    "how_limits_text": Message(
        "每位访客和所有访客每分钟、每天能问的次数有限。为此只数一个由会话和地址算出、无法还原的记号，最多一天。回答会留下来给下一位问同样问题的人，但不留问题，也不留是谁问的；"
        "谁点了“没用”，那个回答就会重做。",
        "How many questions a visitor, and all visitors together, can ask in a minute and a day is limited. What is counted "
        "for this is a mark made from session and address that can’t be turned back into them, for a day at most. Answers "
        "are kept for the next visitor who asks the same, but neither the question nor who asked it; an answer that "
        "somebody found “Not helpful” is made anew.",
    ),
    "how_wrong": Message("可能出错的地方", "What can go wrong"),
    "how_wrong_text": Message(
        "问题可能被理解错，或漏掉一条相关的经历。出处就在旁边，请以简历条目为准。",
        "A question may be misread, or a line that fits be missed. The sources stand beside each answer: trust them first.",
    ),
}
"""By key; `{name}` is filled in by who shows it."""
