import { recipes, type ArmRecipe } from "../dropout-mnist/model.ts";

/** Training digits, as in the paper's figure. */
export const EXAMPLE_COUNTS = [100, 500, 1_000, 5_000, 10_000, 50_000] as const;

export type ExampleCount = (typeof EXAMPLE_COUNTS)[number];
export type Method = "without" | "with";
export type DataSizeArm = `${Method}-${ExampleCount}`;

/** The networks of the study dropout-mnist, with and without dropout and alike otherwise. */
export const METHODS: Readonly<Record<Method, ArmRecipe>> = {
  without: recipes.relu,
  with: recipes["relu-dropout"],
};

export interface DataSizeChoice {
  readonly id: DataSizeArm;
  readonly method: Method;
  readonly examples: ExampleCount;
}

/** Every method at every size. */
export const choices: readonly DataSizeChoice[] = EXAMPLE_COUNTS.flatMap((examples) =>
  (["without", "with"] as const).map((method) => ({
    id: `${method}-${examples}` as const,
    method,
    examples,
  })),
);

export function choiceOf(arm: DataSizeArm): DataSizeChoice {
  return choices.find(({ id }) => id === arm)!;
}
