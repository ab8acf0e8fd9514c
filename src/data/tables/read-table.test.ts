import { zipSync } from "fflate";
import fc from "fast-check";
import { parquetWriteBuffer } from "hyparquet-writer";
import { describe, expect, test } from "vitest";
import { DataError } from "../../base/errors.ts";
import { readTable } from "./read-table.ts";

/** As NumPy writes it, version 1.0. */
function npy(
  descr: string,
  shape: readonly number[],
  data: Uint8Array,
  fortran = false,
): Uint8Array {
  const sizes = shape.length === 1 ? `${shape[0]!},` : shape.join(", ");
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${sizes}), }`;
  const header = new TextEncoder().encode(`${text.padEnd(117)}\n`);
  const bytes = new Uint8Array(10 + header.length + data.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  bytes.set(header, 10);
  bytes.set(data, 10 + header.length);
  return bytes;
}

const raw = (array: Float32Array | Float64Array | Int32Array | BigInt64Array): Uint8Array =>
  new Uint8Array(array.buffer);

const parquet = (): Uint8Array =>
  new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "n", data: [1.5, null, -2], type: "DOUBLE", nullable: true },
        { name: "big", data: [1n, 2n, 3n], type: "INT64" },
        { name: "city", data: ["Rome", "Oslo", "Rome"], type: "STRING" },
        { name: "flag", data: [true, false, true], type: "BOOLEAN" },
      ],
    }),
  );

describe("readTable", () => {
  test("reads Parquet", async () => {
    const table = await readTable(parquet(), { name: "t.parquet" });
    expect(table).toMatchObject({ rows: 3, form: { format: "Parquet" } });
    const [n, big, city, flag] = table.columns;
    expect(n).toMatchObject({
      kind: "number",
      values: Float64Array.of(1.5, Number.NaN, -2),
      missing: 1,
    });
    expect(big).toMatchObject({ values: Float64Array.of(1, 2, 3) });
    expect(city).toMatchObject({
      kind: "category",
      codes: Int32Array.of(1, 0, 1),
      labels: ["Oslo", "Rome"],
    });
    expect(flag).toMatchObject({ values: Float64Array.of(1, 0, 1) });
    const some = await readTable(parquet(), { ignore: ["n"], only: ["n", "city"] });
    expect(some.columns.map(({ name }) => name)).toEqual(["city"]);
  });

  test("reads NPY in either order, and NPZ as columns beside each other", async () => {
    const rows = await readTable(npy("<f4", [2, 3], raw(Float32Array.of(1, 2, 3, 4, 5, 6))));
    expect(rows.columns.map((column) => column.kind === "number" && [...column.values])).toEqual([
      [1, 4],
      [2, 5],
      [3, 6],
    ]);
    const columns = await readTable(
      npy("<f8", [2, 3], raw(Float64Array.of(1, 4, 2, 5, 3, 6)), true),
    );
    expect(columns.columns).toEqual(rows.columns);
    const archive = zipSync({
      "x.npy": npy("<f4", [2, 2], raw(Float32Array.of(1, 2, 3, 4))),
      "y.npy": npy("<i8", [2], raw(BigInt64Array.of(7n, 8n))),
    });
    const both = await readTable(archive, { name: "t.npz" });
    expect(both.columns.map(({ name }) => name)).toEqual(["x 1", "x 2", "y"]);
    expect(both.columns[2]).toMatchObject({ values: Float64Array.of(7, 8) });
  });

  test.each<[string, Uint8Array, string, string]>([
    [
      "objects to unpickle",
      npy("|O8", [1], new Uint8Array(8)),
      "t.npy",
      "must hold plain numbers, got the header {'descr': '|O8'",
    ],
    [
      "an array cut short",
      npy("<f8", [3], new Uint8Array(16)),
      "t.npy",
      "must end at offset 152 (shape (3)), got the end at 144",
    ],
    [
      "an infinite number",
      npy("<f8", [2], raw(Float64Array.of(1, Infinity))),
      "t.npy",
      'row 2, column "column" must hold a finite number',
    ],
    [
      "arrays of two lengths",
      zipSync({
        "a.npy": npy("<i4", [1], raw(Int32Array.of(1))),
        "b.npy": npy("<i4", [2], raw(Int32Array.of(1, 2))),
      }),
      "t.npz",
      'all arrays must have 1 rows, got 2 in "b"',
    ],
    [
      "an empty archive",
      zipSync({ "a.txt": new Uint8Array(3) }),
      "t.npz",
      "must hold at least one array, got none",
    ],
  ])("refuses %s", async (_, bytes, name, message) => {
    const reading = readTable(bytes, { name });
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(message);
  });

  test("refuses a Parquet file that is cut short", async () => {
    const whole = parquet();
    for (const length of [4, 5, 12, whole.length - 8, whole.length - 1]) {
      await expect(readTable(whole.subarray(0, length), { name: "t" })).rejects.toThrow(
        "t: must be a whole Parquet file, got",
      );
    }
  });

  test("makes of any damage a table or a DataError", async () => {
    const files = [
      npy("<f4", [2, 2], raw(Float32Array.of(1, 2, 3, 4))),
      zipSync({ "x.npy": npy("<f4", [2, 2], raw(Float32Array.of(1, 2, 3, 4))) }),
    ];
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files),
        damage,
        fc.nat(60),
        async (file, changes, cut) => {
          const bytes = file.slice(0, file.length - (cut < 30 ? 0 : cut));
          for (const [at, value] of changes) bytes[4 + (at % (bytes.length - 4))] = value;
          const outcome = await readTable(bytes, { name: "t.npz", maxCells: 1e6 }).catch(
            (error: unknown) => error,
          );
          return outcome instanceof DataError || "columns" in (outcome as object);
        },
      ),
      { numRuns: 300 },
    );
    expect(files).toHaveLength(2);
  });
});
