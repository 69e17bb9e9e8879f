// Whether the visitor's questions may be kept: switches that move together, remembered by the browser.

const PLACE = "askme-unkept";
const page = document.querySelector("#askme");
const switches = [...document.querySelectorAll("input[data-unkept]")];

export const keeps = () => !("unkept" in page.dataset);

function show(unkept) {
  page.toggleAttribute("data-unkept", unkept);
  switches.forEach((each) => (each.checked = unkept));
}

function remembered() {
  try {
    return localStorage.getItem(PLACE) === "1";
  } catch {
    return false; // storage may be closed to pages in frames: the choice holds while the page is open
  }
}

function choose(unkept) {
  show(unkept);
  try {
    if (unkept) localStorage.setItem(PLACE, "1");
    else localStorage.removeItem(PLACE);
  } catch {
    // as above
  }
}

switches.forEach((each) => each.addEventListener("change", () => choose(each.checked)));
addEventListener("storage", ({ key }) => key === PLACE && show(remembered()));
show(remembered());
