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
