/** The training worker: takes commands, tells events. */
import { writeSafetensors } from "evenkeel/nn";
import type { Answer, Command } from "./protocol.ts";
import { type Session, startSession } from "./session.ts";

let session: Session | null = null;

function post(answer: Answer, transfer: Transferable[] = []): void {
  postMessage(answer, { transfer });
}

addEventListener("message", ({ data: command }: MessageEvent<Command>) => {
  switch (command.type) {
    case "train": {
      const { spec, own, base, paused } = command;
      session = startSession({
        spec,
        own,
        base,
        paused,
        send: (events) => post({ type: "events", events }),
      });
      return;
    }
    case "pause":
      return session?.gate.close();
    case "resume":
      return session?.gate.open();
    case "step":
      return session?.gate.allow(command.rounds);
    case "change":
      return session?.change(command.change);
    case "stop":
      return session?.stop();
    case "export":
      void exportRun(command);
  }
});

async function exportRun({ id, run, as }: Extract<Command, { type: "export" }>): Promise<void> {
  try {
    const bytes = await bytesOf(run, as);
    post({ type: "exported", id, bytes }, [bytes.buffer]);
  } catch (error) {
    post({
      type: "not-exported",
      id,
      message: error instanceof Error ? error.message : String(error),
    });
  }
}

async function bytesOf(
  key: Extract<Command, { type: "export" }>["run"],
  as: Extract<Command, { type: "export" }>["as"],
): Promise<Uint8Array<ArrayBuffer>> {
  const found = session?.find(key);
  if (found === undefined) throw new Error("export: needs a run that has begun, got none");
  const weights = found.run.weights();
  if (as === "safetensors") return writeSafetensors(weights);
  const { exportOnnx } = await import("evenkeel/onnx");
  return exportOnnx(found.run.model(), weights, { inputShape: found.data.train.shape });
}
