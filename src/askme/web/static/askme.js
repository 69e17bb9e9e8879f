// askme on a homepage: one script tag, a small launcher, and a chat whose citations light up the page's own bullets.
// docs/widget.md describes the options, the events and the messages exchanged with the frame.
(() => {
  "use strict";

  const script = document.currentScript ?? document.querySelector('script[src*="/askme.js"]');
  if (!script) return;

  const options = script.dataset;
  const SOURCE = new URL(options.src || new URL(script.src).origin, location.href);
  const SRC = SOURCE.origin + SOURCE.pathname.replace(/\/+$/, "");
  const EVIDENCE = options.evidence || "main, body";

  const TAG = "askme-chat";
  const LONGEST = 2000; // characters of a text in a message
  const PATIENCE = 90_000; // ms until the chat counts as unreachable: a sleeping Space takes about a minute
  const POLL = 3_000;
  const ERRORS = 3; // in a row, over two polls' time: down, not asleep
  const STALE = 30_000; // ms a loaded frame may stay silent: then it shows something else, and is loaded anew
  const KNOCK = 600;
  const PAUSE = 900; // ms without a key after which the chat may take over from the waiting visitor's own box
  const GLOW = 8_000;

  const phone = matchMedia("(max-width: 640px)");
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  const dark = matchMedia("(prefers-color-scheme: dark)");

  const WORDS = {
    zh: {
      greeting: options.greetingZh || options.greeting || "问问这份简历",
      close: "关闭",
      grow: "展开对话",
      tab: "在新窗口打开",
      intro: "直接问就好，每句回答都标明简历出处。",
      waking: "正在唤醒…",
      patience: "醒来大约要一分钟，可以先把问题写下来。",
      placeholder: "用中文或 English 提问",
      send: "发送",
      queued: "醒来后马上提问。",
      edit: "修改",
      down: "暂时连不上",
      sorry: "聊天没有回应。简历都在这个页面上，请稍后再试。",
      retry: "再试一次",
      marked: "已在页面上标出",
    },
    en: {
      greeting: options.greetingEn || options.greeting || "Ask my résumé",
      close: "Close",
      grow: "Show the whole chat",
      tab: "Open in a new tab",
      intro: "Just ask. Every sentence of an answer points to its line of the résumé.",
      waking: "Waking up…",
      patience: "It takes about a minute. You can already write your question.",
      placeholder: "Ask in English or 中文",
      send: "Send",
      queued: "Asked once the chat is awake.",
      edit: "Edit",
      down: "Not reachable right now",
      sorry: "The chat gives no answer. The résumé is all on this page; please try again later.",
      retry: "Try again",
      marked: "Marked on the page",
    },
  };

  // — Looks —

  const STYLE = `
    :host { all: initial !important; }
    :host([data-inline]) { display: block !important; height: 100% !important; min-height: 420px !important; }
    @media print { :host { display: none !important; } }

    * { box-sizing: border-box; margin: 0; font: inherit; color: inherit; }
    .launcher, .panel {
      --paper: #faf8f3; --raised: #fffefb; --ink: #1d211f; --muted: #5f6663; --line: #e3ddd1;
      --accent: #1d5c4c; --soft: #e8f0ea; --on-accent: #fff; --shade: 28 31 30; --side: min(24px, 4vw);
      --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Noto Serif", "Songti SC", "Noto Serif CJK SC", SimSun, serif;
      position: fixed; z-index: 2147483000; right: var(--side); bottom: 24px; color: var(--ink);
      font: 400 16px/1.6 system-ui, "Segoe UI", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif;
    }
    :host([data-theme="dark"]) :is(.launcher, .panel) {
      --paper: #141716; --raised: #1b1f1d; --ink: #e8e5de; --muted: #a3aba6; --line: #2e3431;
      --accent: #95d0bc; --soft: #1e2c27; --on-accent: #10201b; --shade: 0 0 0; color-scheme: dark;
    }
    :host([data-side="left"]) :is(.launcher, .panel) { right: auto; left: var(--side); }
    button, a { cursor: pointer; -webkit-tap-highlight-color: transparent; }
    button { border: 0; background: none; }
    :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
    [hidden] { display: none !important; }

    .launcher {
      display: flex; align-items: center; gap: 11px; max-width: calc(100vw - 32px); height: 52px; padding: 0 21px 0 16px;
      border: 1px solid rgb(255 255 255 / .14); border-radius: 26px; background: #1d5c4c; color: #fff; font-weight: 600;
      box-shadow: 0 1px 2px rgb(var(--shade) / .16), 0 10px 28px -6px rgb(var(--shade) / .34); transition: background .16s;
    }
    .launcher:hover { background: #174a3d; }
    .launcher span, .title { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .launcher[aria-expanded="true"] { visibility: hidden; }

    .panel {
      display: flex; flex-direction: column; overflow: hidden; overscroll-behavior: contain;
      width: min(420px, 100vw - 48px); height: min(640px, 100vh - 48px); border: 1px solid var(--line); border-radius: 18px;
      background: var(--paper); outline: 0; box-shadow: 0 2px 6px rgb(var(--shade) / .06), 0 24px 64px -12px rgb(var(--shade) / .3);
      transition: opacity .16s, transform .2s ease-out; /* visible at once when opened: what is hidden takes no focus */
    }
    .panel[data-closed] { visibility: hidden; opacity: 0; transform: translateY(12px); transition: opacity .16s, transform .16s, visibility 0s .16s; }
    .panel[data-shrunk] { height: 45%; min-height: 200px; }
    :host([data-inline]) .panel { position: relative; inset: auto; z-index: auto; width: 100%; height: 100%; min-height: 420px; box-shadow: none; }

    .bar { flex: none; display: flex; align-items: center; height: 54px; padding: 0 5px 0 20px; border-bottom: 1px solid var(--line); }
    .title { flex: 1; font: 600 17px/1.4 var(--serif); }
    .bar :is(button, a) { flex: none; display: grid; place-items: center; width: 44px; height: 44px; border-radius: 12px; color: var(--muted); }
    .bar :is(button, a):hover { background: var(--soft); color: var(--accent); }
    .panel:not([data-shrunk]) .grow, .panel[data-shrunk] .tab, :host([data-inline]) .close { display: none; }

    .stage { position: relative; flex: 1; min-height: 0; }
    iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0; opacity: 0; } /* a hidden one gets no time to start */
    .panel[data-view="chat"] iframe { opacity: 1; transition: opacity .2s; }
    .view { position: absolute; inset: 0; display: flex; flex-direction: column; background: var(--paper); }
    .panel:is([data-view="chat"], [data-view="card"]) .waiting, .panel:not([data-view="card"]) .card { visibility: hidden; }
    .panel:not([data-view="waiting"]) :is(.progress, .note), .panel:not([data-view="start"]) .intro { display: none; }

    .progress { height: 2px; background: var(--accent); transform-origin: 0; animation: wake 75s cubic-bezier(.08, .62, .3, .95) both; }
    .note { animation: appear .5s 1.5s both; } /* most chats are awake, and there before it shows */
    @keyframes wake { from { transform: scaleX(.02); } to { transform: scaleX(.96); } }
    @keyframes appear { from { opacity: 0; } }

    .middle { flex: 1; min-height: 0; overflow-y: auto; display: flex; flex-direction: column; justify-content: safe center; gap: 8px; padding: 24px 28px; }
    .heading, .intro { font: 400 22px/1.45 var(--serif); }
    .soft { color: var(--muted); font-size: 15px; }
    .queued { margin-top: 22px; text-align: right; }
    .bubble {
      display: inline-block; max-width: 88%; margin-bottom: 4px; padding: 9px 16px; border-radius: 16px 16px 4px; background: var(--soft);
      text-align: left; overflow-wrap: anywhere; white-space: pre-wrap;
    }
    .edit { min-width: 44px; min-height: 44px; padding: 0 0 0 10px; color: var(--accent); text-decoration: underline; text-underline-offset: 3px; }

    .composer {
      flex: none; display: grid; grid-template-columns: minmax(0, 1fr) auto; align-items: end; margin: 0 16px 16px; padding: 5px;
      border: 1px solid var(--line); border-radius: 16px; background: var(--raised);
    }
    .composer:focus-within { border-color: var(--accent); }
    textarea {
      width: 100%; min-height: 46px; max-height: 124px; padding: 10px 12px; border: 0; outline: 0 !important; resize: none; background: none;
      font-size: 17px; line-height: 26px; field-sizing: content; /* below 16 px iOS zooms in */
    }
    textarea::placeholder { color: var(--muted); opacity: 1; }
    .send, .retry { min-height: 46px; padding: 0 18px; border-radius: 11px; background: var(--accent); color: var(--on-accent); font-size: 15px; font-weight: 600; }
    .retry { align-self: start; margin-top: 8px; }
    .contacts a { display: inline-block; margin-right: 20px; padding: 10px 0; color: var(--accent); text-underline-offset: 3px; overflow-wrap: anywhere; }
    .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }

    @media (max-width: 640px) {
      .launcher { bottom: max(16px, env(safe-area-inset-bottom)); }
      :host(:not([data-inline])) .panel {
        inset: var(--askme-top, 0) 0 auto; width: 100%; height: var(--askme-height, 100%); border-width: 0; border-radius: 0;
        padding-bottom: env(safe-area-inset-bottom);
      }
      :host(:not([data-inline])) .panel[data-shrunk] {
        inset: auto 0 0; height: 45%; border-top-width: 1px; border-radius: 18px 18px 0 0; box-shadow: 0 -12px 40px rgb(var(--shade) / .18);
      }
    }
    @media (prefers-reduced-motion: reduce) {
      .panel, .panel[data-closed], .panel iframe { transition: none !important; }
      .note { animation-duration: 0s; }
      .progress { animation-timing-function: steps(15); }
    }
  `;

  const icon = (path) =>
    `<svg width="20" height="20" viewBox="0 0 20 20" fill="none" stroke="currentColor" stroke-width="1.7" stroke-linecap="round" stroke-linejoin="round" aria-hidden="true">${path}</svg>`;

  const LAUNCHER = `
    <button class="launcher" type="button" aria-haspopup="dialog" aria-expanded="false">
      <svg width="22" height="22" viewBox="0 0 22 22" fill="none" stroke="currentColor" stroke-width="2.4" aria-hidden="true">
        <path d="M7 3H3v16h4M15 3h4v16h-4"/><circle cx="11" cy="11" r="2.6" stroke="none" fill="#9fd6c2"/>
      </svg>
      <span data-text="greeting"></span>
    </button>`;

  const PANEL = `
    <section class="panel" id="panel" tabindex="-1" aria-labelledby="title" data-closed>
      <header class="bar">
        <p class="title" id="title" data-text="greeting"></p>
        <button class="grow" type="button" data-label="grow">${icon('<path d="M4.5 12.5 10 7l5.5 5.5"/>')}</button>
        <a class="tab" target="_blank" rel="noopener" data-label="tab">${icon('<path d="M8 4.5H4.5v11h11V12M11.5 4.5h4v4M15 5l-6 6"/>')}</a>
        <button class="close" type="button" data-label="close">${icon('<path d="m5 5 10 10M15 5 5 15"/>')}</button>
      </header>
      <div class="stage">
        <div class="view waiting">
          <div class="progress"></div>
          <div class="middle">
            <p class="intro" data-text="intro"></p>
            <p class="heading note" data-text="waking"></p>
            <p class="soft note" data-text="patience"></p>
            <div class="queued" hidden>
              <p class="bubble"></p>
              <p class="soft"><span data-text="queued"></span><button class="edit" type="button" data-text="edit"></button></p>
            </div>
          </div>
          <form class="composer">
            <textarea rows="1" maxlength="${LONGEST}" enterkeyhint="send" data-label="placeholder"></textarea>
            <button class="send" data-text="send"></button>
          </form>
        </div>
        <div class="view card">
          <div class="middle">
            <p class="heading" data-text="down"></p>
            <p class="soft" data-text="sorry"></p>
            <p class="contacts"></p>
            <button class="retry" type="button" data-text="retry"></button>
          </div>
        </div>
      </div>
      <span class="edge" tabindex="0" hidden></span>
      <p class="unseen" role="status"></p>
    </section>`;

  // — What is going on —

  const host = document.createElement(TAG);
  const root = host.attachShadow({ mode: "open" });
  const part = (name) => root.querySelector(name);

  let language = "zh";
  let theme = "light";
  let isOpen = false;
  let isReady = false; // the frame has said so
  let frame = null;
  let loaded = null; // stands for the document that the frame has loaded; another object for each
  let wait = null; // the wait for `ready` that is under way
  let queued = ""; // a question to ask as soon as the chat is ready
  let draft = ""; // what stands unsent in the chat's box, or in ours
  let cameFrom = null; // what had the focus before the panel

  const panel = () => part(".panel");
  const field = () => part("textarea");
  const isInline = () => host.hasAttribute("data-inline");

  // — The page's language and theme —

  const isLanguage = (name) => /^(zh|en)$/.test(name);
  const isTheme = (name) => /^(light|dark)$/.test(name);

  function pageLanguage() {
    if (isLanguage(options.language)) return options.language;
    return /^zh/i.test(document.documentElement.lang || navigator.language) ? "zh" : "en";
  }

  function pageTheme() {
    const named = [document.documentElement, document.body].flatMap(({ dataset, classList }) => [dataset.theme, ...classList]);
    return [options.theme, ...named, dark.matches ? "dark" : "light"].find(isTheme);
  }

  function setLanguage(chosen) {
    language = chosen;
    relabel();
    if (isReady) send("language", { language });
  }

  function setTheme(chosen) {
    theme = chosen;
    host.dataset.theme = theme;
    if (frame) frame.style.colorScheme = theme; // a frame in another scheme gets a white ground
    if (isReady) send("theme", { theme });
  }

  function followPage() {
    let [lastLanguage, lastTheme] = [pageLanguage(), pageTheme()];
    const look = () => {
      // Only a change counts: an unrelated class on <html> mustn't undo what an event has chosen.
      if (lastLanguage !== pageLanguage()) setLanguage((lastLanguage = pageLanguage()));
      if (lastTheme !== pageTheme()) setTheme((lastTheme = pageTheme()));
    };
    const observer = new MutationObserver(look);
    const attributeFilter = ["lang", "class", "data-theme"];
    for (const element of [document.documentElement, document.body]) observer.observe(element, { attributeFilter });
    dark.addEventListener("change", look);
    on(document, "askme:language", ({ detail }) => isLanguage(detail) && setLanguage(detail));
    on(document, "askme:theme", ({ detail }) => isTheme(detail) && setTheme(detail));
    setLanguage(lastLanguage);
    setTheme(lastTheme);
  }

  function relabel() {
    const words = WORDS[language];
    for (const element of root.querySelectorAll("[data-text]")) element.textContent = words[element.dataset.text];
    for (const element of root.querySelectorAll("[data-label]")) {
      element.setAttribute("aria-label", words[element.dataset.label]);
      if (element.localName !== "textarea") element.title = words[element.dataset.label];
    }
    for (const element of root.querySelectorAll(".launcher, .panel")) element.lang = language === "zh" ? "zh-CN" : "en";
    if (!panel()) return;
    field().placeholder = words.placeholder;
    part(".tab").href = `${SRC}/?lang=${language}`;
    if (frame) frame.title = words.greeting;
  }

  // — Opening and closing —

  function open({ question = "", focus = true } = {}) {
    if (question) queued = question.slice(0, LONGEST);
    if (!panel()) addPanel();
    const wasOpen = isOpen;
    isOpen = true;
    if (!isReady && !wait) begin();
    if (question) isReady ? askAtOnce() : showQueued();
    if (!wasOpen && !isInline()) showPanel(focus);
  }

  function askAtOnce() {
    send("ask", { question: queued });
    queued = "";
  }

  function showPanel(focus) {
    cameFrom = root.activeElement ?? document.activeElement;
    part(".launcher").setAttribute("aria-expanded", "true");
    panel().removeAttribute("data-closed");
    if (phone.matches) enterHistory();
    grow();
    fitKeyboard();
    if (focus) focusInside();
  }

  function close() {
    if (!isOpen || isInline()) return;
    const hadFocus = document.activeElement === host || document.activeElement === document.body;
    isOpen = false;
    unmark();
    grow();
    panel().setAttribute("data-closed", "");
    part(".launcher").setAttribute("aria-expanded", "false");
    if (hadFocus) giveFocusBack();
    leaveHistory();
  }

  function focusInside() {
    // A phone's keyboard shouldn't jump up before anything has been read.
    const target = isReady ? frame : phone.matches ? panel() : field();
    target.focus({ preventScroll: true });
    if (isReady && !phone.matches) send("focus"); // what was hidden has forgotten where the cursor was
  }

  function giveFocusBack() {
    const elsewhere = cameFrom?.isConnected && cameFrom !== document.body && cameFrom !== host;
    (elsewhere ? cameFrom : part(".launcher")).focus({ preventScroll: true });
  }

  // On a phone the panel is a screen of its own: the back button leaves it, and closed otherwise it leaves no entry.

  let restoration = history.scrollRestoration;

  function enterHistory() {
    if (history.state?.askme) return;
    restoration = history.scrollRestoration;
    history.scrollRestoration = "manual"; // going back mustn't scroll away from the bullet that a citation has led to
    history.pushState({ ...history.state, askme: true }, "");
  }

  function leaveHistory() {
    if (history.state?.askme) history.back();
  }

  function wentBack() {
    if (history.state?.askme) return;
    history.scrollRestoration = restoration;
    close();
  }

  // Phones lay their keyboard over the page; only the visual viewport shrinks.

  function fitKeyboard() {
    const seen = window.visualViewport;
    if (!isOpen || !phone.matches || !(seen?.scale < 1.1)) return; // not when zoomed in
    host.style.setProperty("--askme-top", `${seen.offsetTop}px`);
    host.style.setProperty("--askme-height", `${seen.height}px`);
    if (seen.height < innerHeight * 0.75) grow();
  }

  function setShrunk(isShrunk) {
    panel().toggleAttribute("data-shrunk", isShrunk);
    const isModal = phone.matches && !isShrunk && !isInline();
    panel().setAttribute("aria-modal", isModal);
    part(".edge").hidden = !isModal;
    if (!isShrunk) makeRoom(0);
  }

  const grow = () => setShrunk(false);

  // — The frame —

  function loadFrame() {
    const query = new URLSearchParams({ embed: 1, lang: language, __theme: theme, parent: location.origin });
    const fresh = document.createElement("iframe"); // a new one leaves no entry in the history, unlike a new src
    Object.assign(fresh, { src: `${SRC}/?${query}`, title: WORDS[language].greeting, allow: "clipboard-write", inert: true });
    fresh.style.colorScheme = theme;
    fresh.addEventListener("load", () => fresh === frame && frameLoaded());
    frame?.remove();
    frame = fresh;
    loaded = null;
    part(".stage").prepend(frame);
  }

  function frameLoaded() {
    const isAnother = loaded !== null;
    const mine = (loaded = {});
    if (isReady && !isAnother) return; // it was ready before its last picture had come
    if (isReady) beginWait(); // it has loaded itself anew
    if (!wait) return send("hello");
    knock(mine);
    // A host may show a "starting" page of its own, and that page may never make way.
    after(wait, STALE, () => mine === loaded && loadFrame());
  }

  function knock(mine) {
    if (mine !== loaded) return;
    send("hello");
    after(wait, KNOCK, () => knock(mine));
  }

  function send(type, fields = {}) {
    frame?.contentWindow?.postMessage({ askme: 1, type, ...fields }, SOURCE.origin);
  }

  const isText = (value) => typeof value === "string" && value.length <= LONGEST;

  const RECEIVED = new Map([
    ["ready", ready],
    ["cite", ({ id, texts }) => isText(id) && isText(texts?.zh) && isText(texts?.en) && cite(id, texts)],
    ["uncite", () => (unmark(), grow())],
    ["close", close],
    ["typed", ({ text }) => isText(text) && keep(text)],
  ]);

  function receive({ origin, source, data }) {
    if (!frame || origin !== SOURCE.origin || source !== frame.contentWindow || data?.askme !== 1) return;
    RECEIVED.get(data.type)?.(data);
  }

  function keep(text) {
    draft = text;
    if (text && isOpen) grow();
  }

  // — Waiting for it —

  // Timers aren't cleared: each asks whether the wait it belongs to is over.

  function begin() {
    beginWait();
    loadFrame();
  }

  function beginWait() {
    endWait();
    isReady = false;
    wait = { isOver: false, errors: 0, failingSince: 0 };
    after(wait, PATIENCE, giveUp);
    after(wait, POLL, () => poll(wait));
    after(wait, 1_500, () => announce("waking"));
    show("waiting");
    showQueued();
  }

  function after(mine, ms, then) {
    setTimeout(() => mine.isOver || then(), ms);
  }

  function endWait() {
    if (wait) wait.isOver = true;
    wait = null;
  }

  async function poll(mine) {
    const asked = performance.now();
    const reachable = await isReachable();
    if (mine.isOver) return;
    if (reachable && mine.errors) loadFrame(); // in it is the browser's own error page
    if (!mine.errors) mine.failingSince = asked;
    mine.errors = reachable ? 0 : mine.errors + 1;
    if (mine.errors >= ERRORS && performance.now() - mine.failingSince >= 2 * POLL) giveUp();
    else after(mine, POLL, () => poll(mine));
  }

  // Another origin's answer stays unread; that there is one is all we need.
  const isReachable = () => fetch(`${SRC}/healthz`, { mode: "no-cors", cache: "no-store" }).then(() => true, () => false);

  function giveUp() {
    endWait();
    show("card");
    announce("down");
  }

  function retry() {
    begin();
    panel().focus({ preventScroll: true });
  }

  function ready() {
    if (isReady) return;
    isReady = true;
    endWait();
    send("language", { language });
    send("theme", { theme });
    handOver();
  }

  // The chat takes over, with what was asked and what was typed; not in the middle of a word, though.

  let lastKey = -Infinity;
  let composing = false;

  const isTyping = () =>
    composing || (root.activeElement === field() && field().value !== "" && performance.now() - lastKey < PAUSE);

  function handOver() {
    if (!isReady) return;
    if (isTyping()) return void setTimeout(handOver, PAUSE / 3);
    const inside = isOpen && root.activeElement;
    const focus = inside === field() || Boolean(inside && !phone.matches); // a phone's keyboard stays as it is
    if (queued) send("ask", { question: queued });
    if (draft || focus) send("draft", { text: draft, focus });
    queued = field().value = "";
    showQueued();
    show("chat");
    if (inside) frame.focus({ preventScroll: true });
  }

  function show(view) {
    panel().dataset.view = view;
    if (frame) frame.inert = view !== "chat";
  }

  const announce = (word) => (part(".unseen").textContent = WORDS[language][word]); // to screen readers

  function submit(event) {
    event.preventDefault();
    const question = field().value.trim();
    if (!question) return;
    queued = question;
    draft = field().value = "";
    showQueued();
    panel().focus({ preventScroll: true });
  }

  function showQueued() {
    part(".queued").hidden = !queued;
    part(".composer").hidden = Boolean(queued);
    part(".bubble").textContent = queued;
  }

  function editQueued() {
    draft = field().value = queued;
    queued = "";
    showQueued();
    field().focus();
  }

  // — From a citation to the page's own bullet —

  function cite(id, texts) {
    if (!isOpen) return;
    unmark();
    const element = byAttribute(id) ?? byText(texts);
    if (!element) return;
    mark(element);
    announce("marked");
  }

  const isHidden = (element) => {
    const { display, visibility } = getComputedStyle(element);
    return display === "none" || visibility === "hidden";
  };

  function byAttribute(id) {
    const named = document.querySelectorAll(`[data-askme-bullet="${CSS.escape(id)}"]`);
    return [...named].find((element) => element.getClientRects().length || element.closest("details:not([open])"));
  }

  // Text as compared: letters and digits only, so that neither spacing, punctuation nor list marks matter.
  const plain = (text) => text.normalize("NFKC").toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "");
  const withoutLinks = (text) => text.replace(/\[([^\]]*)\]\([^)]*\)/g, "$1");

  function byText(texts) {
    const inOrder = [texts[language], texts[language === "zh" ? "en" : "zh"]].map(withoutLinks);
    for (const selector of EVIDENCE.split(",")) {
      const entries = [...document.querySelectorAll(selector)].flatMap(readable);
      for (const text of inOrder) {
        // The heading of a job has several lines, which a page may set apart.
        const found = closest(entries, plain(text)) ?? closest(entries, plain(text.split("\n")[0]));
        if (found) return found;
      }
    }
    return null;
  }

  const SKIPPED = new Set(["script", "style", "noscript", "template", "iframe", "svg", "textarea", "select", TAG]);

  // All elements that show text, with that text; what lies inside comes before what is around it.
  function readable(top) {
    const entries = [];
    const read = (element) => {
      if (SKIPPED.has(element.localName) || isHidden(element)) return "";
      let text = "";
      for (const node of element.childNodes) {
        if (node.nodeType === Node.TEXT_NODE) text += plain(node.data);
        if (node.nodeType === Node.ELEMENT_NODE) text += read(node);
      }
      if (text) entries.push({ element, text });
      return text;
    };
    read(top);
    return entries;
  }

  const SHORTEST = 4; // a shorter text is found in too many places
  const ALIKE = 0.8;
  const LEAD = 0.1;

  // The element that has the text; else the one that words it nearly so. Nothing if another comes close.
  function closest(entries, wanted) {
    if (wanted.length < SHORTEST) return null;
    const holders = innermostHolding(entries, wanted);
    if (holders.length === 1) return holders[0].element;
    const scored = (holders.length ? holders : entries).map(({ element, text }) => ({ element, score: dice(text, wanted) }));
    const [best, ...others] = scored.sort((a, b) => b.score - a.score);
    if (!best || (!holders.length && best.score < ALIKE)) return null;
    const rival = others.find(({ element }) => !element.contains(best.element) && !best.element.contains(element));
    return best.score - (rival?.score ?? 0) >= LEAD ? best.element : null;
  }

  function innermostHolding(entries, wanted) {
    const holders = [];
    for (const entry of entries) {
      if (!entry.text.includes(wanted)) continue;
      if (!holders.some(({ element }) => entry.element.contains(element))) holders.push(entry);
    }
    // The parts of the text may stand in different places: then it is the whole section that "holds" them.
    return holders.filter(({ text }) => text.length <= 4 * wanted.length + 200);
  }

  const pairs = (text) => Array.from(text.slice(1), (_, i) => text.slice(i, i + 2));

  // Sørensen–Dice coefficient of character pairs: 2·|common| / (|a| + |b|), in 0…1.
  function dice(a, b) {
    const left = new Map();
    for (const pair of pairs(a)) left.set(pair, (left.get(pair) ?? 0) + 1);
    const common = pairs(b).filter((pair) => {
      left.set(pair, (left.get(pair) ?? 0) - 1);
      return left.get(pair) >= 0;
    });
    return (2 * common.length) / Math.max(1, a.length + b.length - 2);
  }

  // — Marking it —

  const MARK = "askme-cited-bullet";
  // Tripled to win against the page's rules without !important, which would stop the fading. 3:1 on white and on black.
  const PAGE_STYLE = `
    .${MARK}.${MARK}.${MARK} {
      background-color: rgb(46 143 118 / .15); box-shadow: 0 0 0 3px rgb(46 143 118 / .15);
      border-radius: 2px; outline: 2px solid rgb(46 143 118); outline-offset: 2px;
    }
    html {}`;
  let pageSheet = null; // added to the page with the first mark
  let marked = null;
  let fading = 0;

  function mark(element) {
    for (let outer = element; (outer = outer.parentElement?.closest("details")); ) outer.open = true;
    pageSheet ??= addStyle(document, PAGE_STYLE);
    marked = element;
    marked.classList.add(MARK);
    if (!still.matches) marked.animate([{ backgroundColor: "transparent", boxShadow: "none", outlineColor: "transparent" }, {}], 400);
    fading = setTimeout(unmark, GLOW);
    bringIntoView(element);
  }

  function unmark() {
    clearTimeout(fading);
    if (!marked) return;
    marked.classList.remove(MARK);
    if (!marked.classList.length) marked.removeAttribute("class");
    marked = null;
  }

  // Into the part of the window that is seen: below a header that sticks, above the panel if that is in the way.
  function bringIntoView(element) {
    const text = boxOfText(element);
    const top = bottomOfHeader((text.left + text.right) / 2);
    const needed = Math.min(text.height, innerHeight * 0.4) + 96; // with a line around it
    if (coveredBelow(text) && innerHeight - coveredBelow(text) - top < needed) setShrunk(true);
    const below = coveredBelow(text);
    makeRoom(below);
    pageSheet.cssRules[0].style.scrollMargin = `${top + 20}px 0 ${below + 20}px`;
    const fits = text.height + 40 < innerHeight - below - top;
    element.scrollIntoView({ block: fits ? "center" : "start", inline: "nearest", behavior: still.matches ? "instant" : "smooth" });
  }

  function boxOfText(element) {
    const range = document.createRange();
    range.selectNodeContents(element);
    return range.getBoundingClientRect();
  }

  function coveredBelow({ left, right }) {
    const box = panel().getBoundingClientRect();
    const isBeside = isInline() || right + 16 < box.left || left - 16 > box.right;
    return isBeside ? 0 : innerHeight - box.top;
  }

  function bottomOfHeader(x) {
    const sticks = (element) => element !== host && /fixed|sticky/.test(getComputedStyle(element).position);
    const bottoms = document.elementsFromPoint(x, 1).filter(sticks).map((element) => element.getBoundingClientRect().bottom);
    return Math.max(0, ...bottoms.filter((bottom) => bottom < innerHeight / 3));
  }

  // The page's last lines could otherwise never be scrolled out from under the panel.
  function makeRoom(height) {
    if (pageSheet) pageSheet.cssRules[1].style.paddingBottom = height ? `${height}px` : "";
  }

  function addStyle(target, css) {
    const sheet = new CSSStyleSheet(); // unlike a <style> it needs no leave from a page's CSP
    sheet.replaceSync(css);
    target.adoptedStyleSheets = [...target.adoptedStyleSheets, sheet];
    return sheet;
  }

  // — Putting it on the page —

  function on(target, types, listener, settings) {
    for (const type of types.split(" ")) target.addEventListener(type, listener, settings);
  }

  function append(markup) {
    const template = document.createElement("template");
    template.innerHTML = markup;
    root.append(template.content);
  }

  function addPanel() {
    append(PANEL);
    if (!isInline()) panel().setAttribute("role", "dialog");
    addContacts();
    relabel();
    on(part(".close"), "click", close);
    on(part(".bar"), "click", (event) => event.target.closest(".close") || grow());
    on(part(".retry"), "click", retry);
    on(part(".edit"), "click", editQueued);
    on(part(".composer"), "submit", submit);
    on(part(".edge"), "focus", () => panel().focus());
    listenToField();
  }

  function listenToField() {
    on(field(), "input", () => {
      draft = field().value;
      lastKey = performance.now();
    });
    on(field(), "compositionstart compositionend", ({ type }) => (composing = type === "compositionstart"));
    on(field(), "keydown", (event) => {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) submit(event);
    });
  }

  function addContacts() {
    for (const href of (options.contact ?? "").split(/\s+/)) {
      if (!/^(mailto:|tel:|https?:)/i.test(href)) continue;
      const text = href.replace(/^\w+:(\/\/)?|[?].*|\/$/g, "");
      part(".contacts").append(Object.assign(document.createElement("a"), { href, text, target: "_blank", rel: "noopener" }));
    }
  }

  function connectEarly() {
    document.head.append(Object.assign(document.createElement("link"), { rel: "preconnect", href: SOURCE.origin }));
  }

  function addLauncher() {
    append(LAUNCHER);
    const launcher = part(".launcher");
    on(launcher, "click", () => open());
    on(launcher, "pointerenter focus", connectEarly, { once: true });
    document.body.append(host);
  }

  // In an element of the page the panel stands open, but loads nothing before it is touched either.
  function addInline(container) {
    host.dataset.inline = "";
    addPanel();
    panel().removeAttribute("data-closed");
    show("start");
    on(field(), "focus", () => open());
    container.append(host);
  }

  function listenToPage() {
    on(window, "message", receive);
    on(window, "popstate", wentBack);
    on(document, "keydown", (event) => {
      if (event.key === "Escape" && !event.isComposing && !event.defaultPrevented) close();
    });
    on(document, "askme:open", ({ detail }) => open({ question: typeof detail === "string" ? detail.trim() : "" }));
    on(document, "askme:close", close);
    if (window.visualViewport) on(visualViewport, "resize scroll", fitKeyboard);
  }

  function start(container) {
    if (document.querySelector(TAG)) return; // the line is on the page twice
    addStyle(root, STYLE);
    host.dataset.side = options.position === "left" ? "left" : "right";
    container ? addInline(container) : addLauncher();
    followPage();
    listenToPage();
    if ("open" in options && options.open !== "false") open({ focus: false });
  }

  // The container may be rendered later, like the rest of the page.
  function whenThere(selector, then) {
    const seek = () => document.querySelector(selector);
    if (seek()) return then(seek());
    const observer = new MutationObserver(() => seek() && (observer.disconnect(), then(seek())));
    observer.observe(document.documentElement, { childList: true, subtree: true });
  }

  const begun = () => (options.container ? whenThere(options.container, start) : start());
  document.readyState === "loading" ? on(document, "DOMContentLoaded", begun, { once: true }) : begun();
})();
