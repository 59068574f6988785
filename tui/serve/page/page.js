// Starts textual-serve's terminal on this page: with the fonts there, the keyboard's focus, and a word on why it ended.
"use strict";

const FONT = '16px "Roboto Mono"';
const FONT_SIZE = Number.parseInt(new URLSearchParams(location.search).get("fontsize")) || 16;

// The terminal's own script keeps its websocket to itself, and draws over the text that it ended with.
window.WebSocket = class extends WebSocket {
  constructor(url) {
    super(url);
    this.addEventListener("open", () => setTimeout(focusTerminal));
    this.addEventListener("close", (event) => ended(event.reason));
  }
};

function focusTerminal() {
  document.querySelector(".xterm-helper-textarea").focus();
}

function ended(reason) {
  document.querySelector("#reason").textContent = reason || "The screen is closed.";
  document.querySelector("#ended").hidden = false;
  document.querySelector("#again").focus();
}

window.addEventListener("load", async () => {
  const terminal = document.querySelector("#terminal");
  const url = new URL("ws", location.href);
  url.protocol = location.protocol === "https:" ? "wss:" : "ws:";
  url.search = url.hash = "";
  terminal.dataset.sessionWebsocketUrl = url.href;
  terminal.dataset.fontSize = String(Math.min(Math.max(FONT_SIZE, 6), 60));
  document.querySelector("#again").addEventListener("click", () => location.reload());
  // Cells are measured once, with the fonts that are there.
  await Promise.all(["", "bold ", "italic "].map((style) => document.fonts.load(style + FONT)));
  const script = document.createElement("script");
  script.src = "static/textual.js";
  script.addEventListener("load", () => window.onload());
  document.head.append(script);
});
