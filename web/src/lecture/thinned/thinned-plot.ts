import type { PlotOptions } from "@observablehq/plot";
import type { PlotLibrary } from "../../charts/index.ts";

interface Tested {
  readonly whole: number;
  /** Probability of the thinned networks by their accuracy. */
  readonly shares: readonly { readonly accuracy: number; readonly share: number }[];
}

/** How probable a thinned network of an accuracy is; the whole network as a line. */
export function thinnedPlot(library: PlotLibrary, tested: Tested | null): PlotOptions {
  const axes = { x1: "from", x2: "to", y: "share" };
  const bars = (tested?.shares ?? []).map(({ accuracy, share }) => ({
    from: accuracy,
    to: accuracy + 0.05,
    share,
  }));
  return {
    marginLeft: 48,
    marginBottom: 34,
    x: { label: "test accuracy (%)", percent: true, domain: [0, 100] },
    y: {
      label: "thinned networks (%)",
      percent: true,
      grid: true,
      ...(tested === null && { domain: [0, 20] }),
    },
    style: { fontSize: "12px", background: "transparent" },
    marks: [
      library.rectY(bars, { ...axes, fill: "var(--arm-1)", fillOpacity: 0.55 }),
      ...(tested === null
        ? []
        : [
            library.ruleX([tested.whole], { stroke: "var(--arm-0)", strokeWidth: 2.4 }),
            library.text(["whole"], {
              x: () => tested.whole,
              frameAnchor: "top",
              dy: -10,
              fill: "var(--arm-0)",
            }),
          ]),
    ],
  };
}
