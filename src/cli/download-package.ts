/** One tarball from the npm registry, with the user's own configuration; nothing in it is executed. */
import { createWriteStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import pacote from "pacote";
import { npmSettings } from "./npm-settings.ts";

interface PackagePin {
  readonly name: string;
  readonly version: string;
  readonly integrity: string;
  /** Size of the tarball. */
  readonly bytes: number;
}

export interface DownloadProgress {
  readonly bytes: number;
  readonly total: number;
}

export interface DownloadOptions {
  readonly signal?: AbortSignal;
  readonly onProgress?: (progress: DownloadProgress) => void;
}

/** Writes the tarball of `pin` to `file`, which is complete and has the pinned hash once this resolves. */
export type DownloadPackage = (
  pin: PackagePin,
  file: string,
  options: DownloadOptions,
) => Promise<void>;

export const downloadPackage: DownloadPackage = async (pin, file, { signal, onProgress }) => {
  const settings = await npmSettings();
  signal?.throwIfAborted();
  await pacote.tarball.stream(
    `${pin.name}@${pin.version}`,
    // Called again from the start if the first copy was damaged.
    async (tarball) => {
      let bytes = 0;
      onProgress?.({ bytes, total: pin.bytes });
      tarball.on("data", (chunk: Uint8Array) => {
        bytes += chunk.length;
        onProgress?.({ bytes, total: pin.bytes });
      });
      await pipeline(tarball, createWriteStream(file), signal === undefined ? {} : { signal });
    },
    { ...settings, integrity: pin.integrity, ...(signal === undefined ? {} : { signal }) },
  );
};
