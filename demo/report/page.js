"use strict";

const charts = JSON.parse(document.getElementById("charts").textContent);
const themes = JSON.parse(document.getElementById("themes").textContent);
const dark = window.matchMedia("(prefers-color-scheme: dark)");

async function draw() {
  const theme = dark.matches ? "dark" : "light";
  const options = { actions: false, config: themes[theme], renderer: "svg", tooltip: { theme } };
  for (const [name, chart] of Object.entries(charts)) {
    await vegaEmbed(document.querySelector(`#${name} .chart`), chart, options);
  }
  document.documentElement.dataset.drawn = theme;
}

dark.addEventListener("change", draw);
draw();
