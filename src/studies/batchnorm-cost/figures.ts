/** What each net's normalization costs, and each layer's. */
import {
  dotPanel,
  dotRows,
  meanInterval,
  pairedSeeds,
  type DotRow,
  type Figure,
  type StudyResult,
} from "../../experiments/index.ts";
import { fixed } from "../number-text.ts";
import { addedBy, layerNames, TIMES } from "./measures.ts";
import { costNets, nets, type Net } from "./model.ts";

const WIDTH = 440;
/** The lecture's number. */
const STATED = 0.3;

const AXIS = {
  label: "added time per step",
  ticks: 5,
  tickText: (share: number): string => `${Math.round(100 * share)} %`,
} as const;

export function costFigures(result: StudyResult, document: Document): readonly Figure[] {
  const rules = [{ value: STATED, text: "30 %" }];
  const whole = dotRows(result, result.measures["added"]!);
  const layers = nets.map((net) => ({ net, rows: layerRows(result, net) }));
  const basis = `the mean over ${pairedSeeds(result.seeds.length).replace("paired seed", "repetition")} with its 95 % t-interval; small dots are repetitions`;
  return [
    {
      id: "added",
      title: "What batch normalization adds to a training step",
      caption: `At every hidden layer, in three nets: ${basis}. Dotted: the 30 % of the lecture.`,
      alternative: `${sayRows(whole)}.`,
      columns: 1,
      panels: [
        {
          title: "All layers",
          svg: dotPanel({ rows: whole, x: AXIS, rules, width: 640, document }),
        },
      ],
      numbers: tableOf([{ title: "all layers", rows: whole }]),
    },
    {
      id: "layers",
      title: "What it adds at each layer alone",
      caption: `At one hidden layer, the others without: ${basis}.`,
      alternative: layers
        .map(({ net, rows }) => `${costNets[net].title}: ${sayRows(rows)}.`)
        .join(" "),
      panels: layers.map(({ net, rows }) => ({
        title: costNets[net].title,
        svg: dotPanel({ rows, x: AXIS, width: WIDTH, document }),
      })),
      numbers: tableOf(layers.map(({ net, rows }) => ({ title: costNets[net].title, rows }))),
    },
  ];
}

function layerRows({ runs, protocol }: StudyResult, net: Net): DotRow[] {
  const own = runs.filter(({ arm }) => arm === net);
  const arm = protocol.arms.findIndex(({ id }) => id === net);
  return layerNames(own[0]?.probes[TIMES]).map((name, place) => {
    const values = own.flatMap(({ probes }) => addedBy(probes[TIMES], name) ?? []);
    const { mean, low, high } = meanInterval(values);
    return { name: costNets[net].blocks[place]?.name ?? name, arm, mean, low, high, values };
  });
}

function shown(share: number | null): string {
  return share === null ? "–" : `${fixed(100 * share, 1)} %`;
}

function sayRows(rows: readonly DotRow[]): string {
  return rows
    .map(({ name, mean, low, high }) => `${name} ${shown(mean)} [${shown(low)}, ${shown(high)}]`)
    .join(", ");
}

function tableOf(
  groups: readonly { readonly title: string; readonly rows: readonly DotRow[] }[],
): Figure["numbers"] {
  return {
    columns: ["net", "where", "added time, mean", "95 % interval"],
    rows: groups.flatMap(({ title, rows }) =>
      rows.map(({ name, mean, low, high }) => [
        title,
        name,
        shown(mean),
        `[${shown(low)}, ${shown(high)}]`,
      ]),
    ),
  };
}
