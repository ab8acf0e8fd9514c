/** The door of the charts. */
export { default as Figure } from "./figure.svelte";
export { default as LineChart } from "./line-chart.svelte";
export type { ChartMoment, Point, Series } from "./line-plot.ts";
export type { PlotLibrary } from "./plot-library.ts";
