import { declarations, palette } from "./palette.ts";

/** The report's whole style: no fonts, no pictures, nothing from a network. */
export const reportStyle: string = `
:root {
  color-scheme: light dark;
  ${declarations(palette.light)}
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "URW Palladio L", "Source Serif 4", Georgia, serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
}
@media (prefers-color-scheme: dark) {
  :root {
    ${declarations(palette.dark)}
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; padding: 3.5rem 1.5rem 5rem; max-width: 62rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.6 var(--sans); font-variant-numeric: tabular-nums; }
h1, h2 { font-family: var(--serif); font-weight: 600; line-height: 1.2; text-wrap: balance; }
h1 { font-size: clamp(1.7rem, 1.1rem + 2.4vw, 2.6rem); margin: 0.4rem 0 0.9rem; letter-spacing: -0.01em; max-width: 24em; }
h2 { font-size: 1.45rem; margin: 3.4rem 0 0.8rem; }
h3 { font-size: 1rem; margin: 1.8rem 0 0.4rem; }
p, ul, dl { max-width: 44rem; }
a { color: inherit; text-underline-offset: 0.15em; }
.eyebrow { margin: 0; color: var(--muted); font-size: 0.8rem; letter-spacing: 0.06em; text-transform: uppercase; }
.source, .note, figcaption { color: var(--muted); font-size: 0.9rem; }
.verdict { margin: 2rem 0 0; padding: 1.4rem 1.6rem 1.2rem; background: var(--card); border: 1px solid var(--line);
  border-left: 5px solid var(--tone); border-radius: 6px; }
.verdict p { margin: 0.3rem 0 0; }
.verdict ul { list-style: none; padding: 0; margin: 0.9rem 0 0; max-width: 52rem; }
.verdict li { margin: 0.45rem 0; }
.verdict .outcome { font-family: var(--serif); font-size: 1.35rem; font-weight: 600; color: var(--tone); margin: 0; }
.supports { --tone: var(--good); } .contradicts { --tone: var(--bad); } .undecided { --tone: var(--open); }
.tone { color: var(--tone); font-weight: 600; white-space: nowrap; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; margin: 0.6rem 0; }
caption { text-align: left; color: var(--muted); padding-bottom: 0.4rem; }
th, td { padding: 0.42rem 0.9rem 0.42rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line); }
thead th { color: var(--muted); font-weight: 500; border-bottom: 1px solid var(--muted); }
th[scope="row"] { font-weight: 500; }
.number { text-align: right; white-space: nowrap; }
#runs th[scope="row"] { min-width: 19rem; } #runs tbody tr:not(.summary) th { padding-left: 3.2rem; }
.summary .note { font-weight: 400; }
tr.summary > * { font-weight: 600; border-bottom-color: var(--muted); }
tr.summary + tr.summary > * { border-bottom-color: var(--line); }
.key { display: inline-block; width: 2.2em; height: 0.75em; margin-right: 0.5em; vertical-align: -0.05em; overflow: visible; }
.legend { display: flex; flex-wrap: wrap; gap: 0.3rem 1.8rem; margin: 0.2rem 0 0.4rem; padding: 0; list-style: none; font-size: 0.9rem; }
figure { margin: 1.2rem 0 0; padding: 1.2rem 1.4rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: 6px; break-inside: avoid; }
figure h3 { margin: 0 0 0.5rem; font-size: 1.05rem; }
figcaption { max-width: 50rem; margin-top: 0.7rem; }
.panels { display: grid; grid-template-columns: repeat(var(--columns), minmax(0, 1fr)); gap: 0.8rem 1.4rem; }
.panel p { margin: 0.2rem 0 0; font-size: 0.82rem; color: var(--muted); }
.panel svg { display: block; width: 100%; height: auto; color: var(--muted); }
math { font-size: 1.1em; } .formula { margin: 1rem 0; max-width: 50rem; overflow-x: auto; } .formula math { text-align: left; }
details { margin-top: 0.6rem; font-size: 0.9rem; }
summary { cursor: pointer; color: var(--muted); width: fit-content; }
details .scroll { max-height: 26rem; overflow-y: auto; }
dl { display: grid; grid-template-columns: minmax(8rem, 12rem) 1fr; gap: 0.35rem 1.4rem; margin: 0.6rem 0; font-size: 0.95rem; }
dt { color: var(--muted); } dd { margin: 0; overflow-wrap: anywhere; }
li { margin: 0.3rem 0; }
pre { font: 0.92rem/1.5 var(--mono); background: var(--card); border: 1px solid var(--line); border-radius: 6px; padding: 0.8rem 1rem; overflow-x: auto; }
:focus-visible { outline: 2px solid var(--arm-1); outline-offset: 2px; }
footer { margin-top: 4rem; color: var(--muted); font-size: 0.85rem; }
@media (max-width: 46rem) {
  body { padding: 2rem 1rem 3rem; } figure { padding: 0.9rem; }
  .panels { grid-template-columns: 1fr; } .panels.small { grid-template-columns: 1fr 1fr; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.6rem; }
}
@media print {
  :root { color-scheme: light; ${declarations({ ...palette.light, ...palette.print })} }
  body { padding: 0; max-width: none; font-size: 10pt; } h2 { break-after: avoid; } table, .verdict { break-inside: avoid; }
  details { display: none; } a { text-decoration: none; }
}
`;
