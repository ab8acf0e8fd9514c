import { sizeOf } from "../base/shape.ts";
import { lecunNormal, zeros, type Observation, type Parameter } from "../nn/index.ts";
import { kindOf, leafBefore, leavesOf, placeOf, type Mistake } from "./mistake.ts";

/** Normalizers by batch statistics, and whether the mean is all that a bias before them changes. */
const BATCH_NORMALIZERS: Readonly<Record<string, { readonly cancelsBias: boolean }>> = {
  batchNorm: { cancelsBias: true },
  batchRenorm: { cancelsBias: true },
  ghostBatchNorm: { cancelsBias: true },
  noisyBatchNorm: { cancelsBias: true },
  meanOnlyBatchNorm: { cancelsBias: true },
  // Its norm is that of the values as they come, bias and all.
  lpBatchNorm: { cancelsBias: false },
};

/** Layers that change the variance from training to test. */
const DROPOUTS: ReadonlySet<string> = new Set([
  "dropout",
  "spatialDropout",
  "gaussianDropout",
  "dropBlock",
]);

/** Batches below this size lose accuracy under BatchNorm. Source: Wu & He 2018, Figure 1. */
const SMALL_BATCH = 16;

/** What the layers and their order say. */
export function inspectLayers(
  observations: readonly Observation[],
  batchSize: number | null,
): Mistake[] {
  const leaves = leavesOf(observations);
  return leaves.flatMap((leaf) => {
    const before = leafBefore(leaves, leaf);
    if (Object.hasOwn(BATCH_NORMALIZERS, kindOf(leaf))) {
      return [
        biasBefore(leaf, before),
        smallBatch(leaf, batchSize),
        dropoutBefore(leaf, leaves),
      ].flatMap((found) => found ?? []);
    }
    if (kindOf(leaf) === "selu") return seluInitialization(leaf, before);
    const dropout = seluDropout(leaf, before);
    return dropout === null ? [] : [dropout];
  });
}

function biasBefore(leaf: Observation, before: Observation | null): Mistake | null {
  if (before === null || !BATCH_NORMALIZERS[kindOf(leaf)]!.cancelsBias) return null;
  if (biasOf(before) === null) return null;
  return {
    rule: "bias-before-normalization",
    severity: "warning",
    path: placeOf(before),
    what: `${before.label} has a bias, and ${leaf.label} ("${placeOf(leaf)}") follows`,
    why: "The normalization subtracts the mean and the bias with it: its gradient is 0 but for roundings, which Adam and RMSProp magnify to full steps.",
    fix: "Leave it out with { bias: false }; the shift of the normalization takes its place.",
  };
}

function smallBatch(leaf: Observation, batchSize: number | null): Mistake | null {
  const { module, input } = leaf;
  if (batchSize === null) return null;
  const ghost = "ghostSize" in module ? Number(module.ghostSize) : batchSize;
  const examples = Math.min(ghost, batchSize);
  const perChannel = examples * sizeOf(input.shape.slice(1, -1));
  const here = { rule: "small-batch", path: placeOf(leaf) } as const;
  if (perChannel < 2) {
    return {
      ...here,
      severity: "mistake",
      what: `${leaf.label} gets ${perChannel} value per channel and step`,
      why: "One value has no variance: its normalized value is 0 whatever the input, and training is refused.",
      fix: "Train on larger batches, or normalize within each example: layerNorm, groupNorm.",
    };
  }
  if (examples >= SMALL_BATCH || kindOf(leaf) === "batchRenorm") return null;
  return {
    ...here,
    severity: "warning",
    what: `${leaf.label} takes its statistics from ${examples} examples`,
    why: `Statistics of fewer than ${SMALL_BATCH} examples are noise that the network is not tested with: errors rise from there on down (Wu & He 2018, Figure 1).`,
    fix: "Train on larger batches, or use groupNorm, layerNorm or batchRenorm.",
  };
}

/** Looks back from a normalizer to the one before it. */
function dropoutBefore(leaf: Observation, leaves: readonly Observation[]): Mistake | null {
  let between = 0;
  let layer = leafBefore(leaves, leaf);
  while (layer !== null && !Object.hasOwn(BATCH_NORMALIZERS, kindOf(layer))) {
    if (DROPOUTS.has(kindOf(layer)) && keepOf(layer) < 1) {
      const direct = between === 0;
      return {
        rule: "dropout-before-normalization",
        severity: direct ? "mistake" : "warning",
        path: placeOf(layer),
        what: `${layer.label} comes ${direct ? "right" : `${between} ${between === 1 ? "layer" : "layers"}`} before ${leaf.label} ("${placeOf(leaf)}")`,
        why: "Dropout raises the variance in training and not at test, so the running variance is that of a network that is never tested (Li et al. 2018, variance shift).",
        fix: 'Put dropout behind the last normalization, or recompute the statistics without it: statistics: "population".',
      };
    }
    between++;
    layer = leafBefore(leaves, layer);
  }
  return null;
}

function seluInitialization(leaf: Observation, before: Observation | null): Mistake[] {
  if (before === null) return [];
  const weight = memberOf(before, "weight");
  const bias = biasOf(before);
  const wrong = [
    ...(weight !== null && weight.initialize !== lecunNormal ? ["weight by lecunNormal"] : []),
    ...(bias !== null && bias.initialize !== zeros ? ["bias by zeros"] : []),
  ];
  if (wrong.length === 0) return [];
  return [
    {
      rule: "selu-initialization",
      severity: "warning",
      path: placeOf(before),
      what: `${before.label} before selu ("${placeOf(leaf)}") does not start its ${wrong.join(" nor its ")}`,
      why: "SELU keeps mean 0 and variance 1 from layer to layer only for weights of mean 0 and variance 1 / fan-in, and biases 0 (Klambauer et al. 2017, equation 5).",
      fix: "Give the layer { weight: lecunNormal, bias: zeros }.",
    },
  ];
}

function seluDropout(leaf: Observation, before: Observation | null): Mistake | null {
  const afterSelu = before !== null && kindOf(before) === "selu";
  if (!afterSelu || !DROPOUTS.has(kindOf(leaf)) || keepOf(leaf) === 1) return null;
  const fix = leaf.input.shape.length > 2 ? "alphaDropout or featureAlphaDropout" : "alphaDropout";
  return {
    rule: "selu-dropout",
    severity: "mistake",
    path: placeOf(leaf),
    what: `${leaf.label} follows selu ("${placeOf(before)}")`,
    why: "Zeros are not where SELU is off (it saturates at −1.758): plain dropout moves mean and variance away from the fixed point that SELU is used for.",
    fix: `Use ${fix}, with the same rate or less.`,
  };
}

function keepOf({ module }: Observation): number {
  return "keep" in module ? Number(module.keep) : 0;
}

function biasOf(observation: Observation): Parameter | null {
  return memberOf(observation, "weight") === null ? null : memberOf(observation, "bias");
}

function memberOf({ module }: Observation, name: string): Parameter | null {
  const member = (module as unknown as Readonly<Record<string, unknown>>)[name];
  const found = typeof member === "object" && member !== null && "kind" in member;
  return found && member.kind === "parameter" ? (member as Parameter) : null;
}
