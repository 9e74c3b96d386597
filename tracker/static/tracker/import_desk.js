// Ties the coloured source and the tree together: a click in one shows the place in the other; a suggestion fills its field.
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("import-form");
  const text = form?.querySelector(".import-text");
  if (!text) return;
  const tree = form.querySelector(".import-tree");
  const head = form.querySelector(".import-head");
  const pieces = [...text.querySelectorAll("[data-start]")];

  // Both panes take what the head leaves of the window.
  const fit = () => form.style.setProperty("--head", `${head.getBoundingClientRect().height}px`);
  new ResizeObserver(fit).observe(head);
  fit();

  const scrollsItself = (pane) => getComputedStyle(pane).overflowY === "auto" && pane.scrollHeight > pane.clientHeight;
  // The window itself moves only on a narrow screen, where the panes stand one below the other: elsewhere a press on a
  // button would pull the button from under the pointer.
  const narrow = matchMedia("(max-width: 900px)");
  const bring = (pane, element) => {
    if (narrow.matches) pane.scrollIntoView({ block: "nearest" });
    if (scrollsItself(pane)) {
      pane.scrollTop += element.getBoundingClientRect().top - pane.getBoundingClientRect().top - 16;
    } else if (narrow.matches && pane === tree) {
      element.scrollIntoView({ block: "start" });
    }
  };
  const unchoose = () => form.querySelectorAll(".chosen").forEach((old) => old.classList.remove("chosen"));
  const choose = (number, at) => {
    unchoose();
    const chosen = at === undefined ? pieces.filter((piece) => piece.dataset.measure === number) : [at];
    chosen.forEach((piece) => piece.classList.add("chosen"));
    const row = number && document.getElementById(`r${number}`);
    row?.classList.add("chosen");
    return { piece: chosen[0], row };
  };
  const showRow = (number, at) => {
    const { row } = choose(number, at);
    if (row) bring(tree, row);
    return row;
  };
  const showSource = (number) => {
    const { piece } = choose(number);
    if (piece) bring(text, piece);
  };
  // A row was asked for: where the panes stand one below the other, the window stays with it.
  const showBoth = (number) => {
    if (!showRow(number) || narrow.matches) return;
    showSource(number);
    tree.scrollIntoView({ block: "nearest" });
  };
  // The new version no longer holds it: there is no place in the source to show.
  const showGone = (id) => {
    unchoose();
    const row = document.getElementById(id);
    if (!row) return;
    row.classList.add("chosen");
    bring(tree, row);
    if (!narrow.matches) tree.scrollIntoView({ block: "nearest" });
  };
  const showCharacter = (offset) => {
    const piece = pieces.findLast((candidate) => Number(candidate.dataset.start) <= offset);
    if (!piece) return;
    choose(piece.dataset.measure, piece);
    bring(text, piece);
    text.scrollIntoView({ block: "nearest" });
  };

  // One click after the other leads through all rows of this page that lack the same or change in the same way.
  const nextStep = (link) => {
    const rows = [...tree.querySelectorAll(link.dataset.step)];
    return rows[(rows.findIndex((row) => row.classList.contains("chosen")) + 1) % rows.length].id;
  };

  text.addEventListener("click", (event) => {
    const piece = event.target.closest("[data-measure]");
    const row = piece && showRow(piece.dataset.measure);
    row?.querySelector("textarea, input")?.focus({ preventScroll: true });
  });
  const follow = (event) => {
    const link = event.target.closest("legend a");
    if (link) event.preventDefault();
    const row = event.target.closest("[data-measure]");
    // On a narrow screen the source stands far above: typing must not jump there, a click on the number does.
    if (row && (link || !narrow.matches)) showSource(row.dataset.measure);
  };
  tree.addEventListener("click", follow);
  tree.addEventListener("focusin", (event) => event.target.matches("a") || follow(event));
  form.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || link.closest("legend")) return;
    const target = link.dataset.step ? nextStep(link) : link.getAttribute("href").slice(1);
    if (link.dataset.at || /^(r|gone-)/.test(target)) event.preventDefault();
    if (link.dataset.at) showCharacter(Number(link.dataset.at));
    else if (target === "plan-title") document.getElementById(target).focus();
    else if (target.startsWith("gone-")) showGone(target);
    else if (target.startsWith("r")) showBoth(target.slice(1));
  });
  const asked = location.hash.slice(1);
  if (asked.startsWith("c")) showCharacter(Number(asked.slice(1)));
  else if (asked.startsWith("gone-")) showGone(asked);
  else if (asked.startsWith("r")) showBoth(asked.slice(1));
  const wrong = tree.querySelector(".refusal")?.closest("[data-measure]");
  if (wrong) showBoth(wrong.dataset.measure);
  else if (!asked) {
    // Many a document tells a long story before its first task.
    const first = pieces.find((piece) => piece.dataset.measure);
    if (first && scrollsItself(text) && first.getBoundingClientRect().top > text.getBoundingClientRect().bottom - 60) {
      text.scrollTop += first.getBoundingClientRect().top - text.getBoundingClientRect().top - 60;
    }
  }

  let changed = false;
  // One value for one field, or several at once as JSON; a refusal brings buttons of its own.
  form.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill], [data-fills]");
    if (!button) return;
    const { fill, value, fills } = button.dataset;
    for (const [name, words] of Object.entries(fills ? JSON.parse(fills) : { [fill]: value })) {
      const field = form.elements.namedItem(name);
      field.value = words;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
  form.addEventListener("input", () => (changed = true));
  form.addEventListener("submit", (event) => {
    const question = event.submitter?.dataset.confirm;
    if (question && !confirm(question)) event.preventDefault();
    else if (event.submitter?.value !== form.dataset.progressFor) changed = false;
  });
  form.addEventListener("restored", () => (changed = true));
  form.addEventListener("sent", () => (changed = false));
  form.addEventListener("leaving", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
});
