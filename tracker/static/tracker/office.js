// Brings the marked sentence of the source into view inside its own box, without moving the page.
document.addEventListener("DOMContentLoaded", () => {
  const box = document.querySelector(".source-text");
  const mark = box && box.querySelector("mark");
  if (mark) {
    box.scrollTop = Math.max(0, mark.offsetTop - 8);
  }
});

// The theme expects its own field around every file input and would write the file's name into some other field.
document.addEventListener("DOMContentLoaded", () => {
  for (const input of document.querySelectorAll("input[type=file]")) input.hasChangeListener = true;
});
