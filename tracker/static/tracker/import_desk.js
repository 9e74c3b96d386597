// Ties the coloured source and the tree together: a click in one shows the place in the other; a suggestion fills its field.
document.addEventListener("DOMContentLoaded", () => {
  const text = document.querySelector(".import-text");
  if (!text) return;
  const pieces = [...text.querySelectorAll("[data-start]")];

  const show = (chosen) => {
    text.querySelectorAll(".chosen").forEach((piece) => piece.classList.remove("chosen"));
    chosen.forEach((piece) => piece.classList.add("chosen"));
    if (chosen.length) text.scrollTop += chosen[0].getBoundingClientRect().top - text.getBoundingClientRect().top - 24;
  };
  const ofMeasure = (number) => pieces.filter((piece) => piece.dataset.measure === number);

  text.addEventListener("click", (event) => {
    const piece = event.target.closest("[data-measure]");
    const row = piece && document.getElementById(`r${piece.dataset.measure}`);
    if (!row) return;
    show(ofMeasure(piece.dataset.measure));
    row.scrollIntoView({ block: "start" });
    row.querySelector("input")?.focus({ preventScroll: true });
  });
  document.querySelector(".import-tree").addEventListener("click", (event) => {
    const link = event.target.closest("legend a");
    if (link) event.preventDefault();
    const row = event.target.closest("[data-measure]");
    if (row) show(ofMeasure(row.dataset.measure));
  });
  document.querySelectorAll("[data-at]").forEach((link) =>
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const at = Number(link.dataset.at);
      const piece = pieces.findLast((candidate) => Number(candidate.dataset.start) <= at);
      if (piece) show([piece]);
    }),
  );
  document.querySelectorAll("[data-fill]").forEach((button) =>
    button.addEventListener("click", () => {
      document.querySelector(`[name="${CSS.escape(button.dataset.fill)}"]`).value = button.dataset.value;
    }),
  );
});
