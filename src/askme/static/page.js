// A mark like [1] leads to its line beside the answer. Gradio's page has <base href="./">: left to itself, a link to
// "#source-0-1" would load the page anew when its address has a query, and the conversation would be gone.
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#source-"]');
  if (!link) return;
  event.preventDefault();
  const mark = link.getAttribute("href");
  document.querySelector(mark)?.closest("details")?.setAttribute("open", "");
  location.replace(location.pathname + location.search + mark);
});

// The last question moves up as its answer grows, but never out of sight: long answers are read from their start.
// (Gradio's own scrolling goes to the end.)
let shown = "";
new MutationObserver(() => {
  const questions = document.querySelectorAll("#chat .user-row");
  const last = questions[questions.length - 1];
  const conversation = last?.closest(".bubble-wrap");
  if (!conversation || conversation.textContent === shown) return;
  shown = conversation.textContent;
  conversation.scrollTop += last.getBoundingClientRect().top - conversation.getBoundingClientRect().top - 22;
}).observe(document, { childList: true, subtree: true, characterData: true });
