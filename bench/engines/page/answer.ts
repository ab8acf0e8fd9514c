import type { NetworkProblem, OperationProblem } from "../../problem.ts";
import type { Calculator, Engine, Trainer } from "../engine.ts";
import { pack, unpack } from "./pack.ts";

/** What the outside asks of an engine in a page's worker. */
export type Question =
  | { readonly name: "start" }
  | { readonly name: "load"; readonly problem: NetworkProblem }
  | { readonly name: "loadOperation"; readonly problem: OperationProblem }
  | { readonly name: "run"; readonly count: number }
  | { readonly name: "giveMasks"; readonly given: boolean }
  | { readonly name: "reset" | "loss" | "tensors" | "result" };

/** Answers questions, packed text for packed text, one after another. */
export function answerWith(start: () => Promise<Engine>): void {
  let engine: Engine | null = null;
  let loaded: (Trainer | Calculator) | null = null;
  const ask = async (question: Question): Promise<unknown> => {
    if (question.name === "start") {
      engine = await start();
      return engine.description;
    }
    if (question.name === "load") loaded = await engine!.load(question.problem);
    if (question.name === "loadOperation") loaded = await engine!.loadOperation(question.problem);
    const subject = loaded as Trainer & Calculator;
    if (question.name === "run") await subject.run(question.count);
    if (question.name === "giveMasks") subject.giveMasks?.(question.given);
    if (question.name === "reset") await subject.reset();
    if (question.name === "loss") return subject.loss();
    if (question.name === "tensors") return subject.tensors();
    return question.name === "result" ? subject.result() : null;
  };
  self.addEventListener("message", ({ data }: MessageEvent<string>) => {
    ask(unpack(data) as Question).then(
      (value) => self.postMessage(pack({ value })),
      (error: unknown) => self.postMessage(pack({ error: String(error) })),
    );
  });
}
