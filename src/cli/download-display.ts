import { createLogUpdate } from "log-update";
import type { DownloadProgress } from "./download-package.ts";
import type { Output } from "./output.ts";
import { progressBar } from "./progress-bar.ts";
import { showBytes } from "./units.ts";

export interface DownloadDisplay {
  update(progress: DownloadProgress): void;
  done(): void;
}

/** Shows a download's bytes: a bar on a terminal, else a line at every quarter of the way. */
export function downloadDisplay(name: string, output: Output): DownloadDisplay {
  const log = createLogUpdate(process.stderr);
  let nextQuarter = 0;
  let drawn = 0;
  return Object.freeze({
    update({ bytes, total }: DownloadProgress): void {
      const text = `fetching ${name}: ${showBytes(bytes)} of ${showBytes(total)}`;
      const share = bytes / total;
      if (output.live) {
        const now = performance.now();
        if (now - drawn < 50 && bytes < total) return;
        drawn = now;
        log(`${progressBar(share, 24)} ${text}`);
      } else if (share * 4 >= nextQuarter) {
        nextQuarter = Math.floor(share * 4) + 1;
        output.note(text);
      }
    },
    done(): void {
      if (output.live) log.done();
    },
  });
}
