import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { DataError } from "../../base/errors.ts";
import { readCsv, type CsvOptions } from "./read-csv.ts";
import type { Column, Table } from "./table.ts";

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const read = async (text: string, options: CsvOptions = {}): Promise<Table> =>
  readCsv(encode(text), { name: "t.csv", ...options });

function cells(column: Column | undefined): (string | number | null)[] {
  if (column === undefined) return [];
  if (column.kind === "category") {
    return [...column.codes].map((code) => (code < 0 ? null : column.labels[code]!));
  }
  return [...column.values].map((value) => (Number.isNaN(value) ? null : value));
}

async function* pieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

describe("readCsv", () => {
  test("guesses delimiter, header, kinds and missing cells, and says so", async () => {
    const table = await read('city;area;rooms\r\n"Aix; old";41,5;2\r\nBonn;NA;3\r\n;12,25;\r\n');
    expect(table.form).toEqual({
      format: "text",
      encoding: "utf-8",
      delimiter: "semicolon",
      header: "yes",
      decimal: "comma",
    });
    expect(table.columns.map(({ name, kind }) => `${name} ${kind}`)).toEqual([
      "city category",
      "area number",
      "rooms number",
    ]);
    expect(cells(table.columns[0])).toEqual(["Aix; old", "Bonn", null]);
    expect(cells(table.columns[1])).toEqual([41.5, null, 12.25]);
    expect(cells(table.columns[2])).toEqual([2, 3, null]);
  });

  test("reads a file without a header, and one in UTF-16", async () => {
    const plain = await read("1\t2\n3\t4\n");
    expect(plain.columns.map(({ name }) => name)).toEqual(["column 1", "column 2"]);
    const text = "näme,x\nä,1\nö,2\n";
    const wide = new Uint8Array(2 + 2 * text.length);
    const view = new DataView(wide.buffer);
    view.setUint16(0, 0xfeff, true);
    for (let i = 0; i < text.length; i++) view.setUint16(2 + 2 * i, text.charCodeAt(i), true);
    const table = await readCsv(wide);
    expect(table.form["encoding"]).toBe("utf-16le, with a byte order mark");
    expect(cells(table.columns[0])).toEqual(["ä", "ö"]);
    const western = Uint8Array.from(encode("a,b\nx,1\n"), (byte) => (byte === 120 ? 0xe9 : byte));
    const decoded = await readCsv(western, { encoding: "windows-1252" });
    expect(cells(decoded.columns[0])).toEqual(["é"]);
  });

  test.each<[string, string, CsvOptions, string]>([
    [
      "a ragged row",
      "a,b\n1,2\n3\n4,5\n",
      {},
      "t.csv: line 3, a row must have 2 cells, as the first has, got 1",
    ],
    [
      "a long row",
      "a,b\n1,2\n3,4,5\n",
      {},
      "line 3, a row must have 2 cells, as the first has, got 3",
    ],
    [
      "grouped digits",
      'a,b\n1,2\n"1,234",5\n',
      {},
      'line 3, column 1 ("a") must be a number, got "1,234"; if "," groups thousands there, set thousands to it',
    ],
    [
      "text among numbers",
      `a,b\n${"1,2\n".repeat(20)}1,12 EUR\n`,
      {},
      'line 22, column 2 ("b") must be a number, got "12 EUR"; correct it, name it as missing',
    ],
    [
      "an infinite cell",
      "a,b\n1,2\ninf,5\n",
      {},
      'line 3, column 1 ("a") must be a finite number, got "inf"',
    ],
    [
      "the lines of a quoted break",
      'a,b\n"x\ny",1\nz,\n"q"r,3\n',
      {},
      'line 5, column 1 ("a") must end after its closing quote',
    ],
    [
      "a quote left open",
      'a,b\nx,1\n"y,2\nz,3\n',
      { delimiter: "," },
      'line 3, column 1 ("a") opens a quote that is never closed',
    ],
    [
      "two columns of one name",
      "a,a\n1,2\n",
      {},
      'line 1, columns must have distinct names, got "a" twice',
    ],
    [
      "too many texts",
      "a,b\nx,1\ny,2\nz,3\n",
      { maxCategories: 2 },
      'line 4, column 1 ("a") must hold at most 2 different texts, got one more ("z")',
    ],
    ["nothing", "", {}, "must hold at least one row, got none"],
    ["a header alone", "a,b\n", { header: true }, "must hold at least one row of data, got none"],
    [
      "a spreadsheet",
      "PK\u0003\u0004....",
      {},
      "must be text, got a zip file, such as a spreadsheet; save it as CSV",
    ],
    ["a zero byte", "a,b\n1,\u0000\n", {}, "must be text, got a zero byte at offset 6"],
  ])("refuses %s", async (_, text, options, message) => {
    const reading = read(text, options);
    await expect(reading).rejects.toThrow(DataError);
    await expect(reading).rejects.toThrow(message);
  });

  test("refuses bytes that are not UTF-8, with their place", async () => {
    const bytes = Uint8Array.from(encode("a,b\nx,1\ny,2\n"), (byte) =>
      byte === 121 ? 0xe9 : byte,
    );
    await expect(readCsv(bytes, { name: "t.csv" })).rejects.toThrow(
      't.csv: line 3, column 1 ("a") must be UTF-8 text, got other bytes; name the file\'s encoding',
    );
  });

  test("leaves out as many bad rows as allowed, and no trace of them", async () => {
    const text = "a,b\nx,1\nbad,2,3\ny,1e999\nz,4\n";
    const table = await read(text, { skipBad: 2, types: { b: "number" } });
    expect(cells(table.columns[0])).toEqual(["x", "z"]);
    expect(table.columns[0]).toMatchObject({ labels: ["x", "z"] });
    expect(table.skipped.map(({ line }) => line)).toEqual([3, 4]);
    await expect(read(text, { skipBad: 1, types: { b: "number" } })).rejects.toThrow(
      'line 4, column 2 ("b") must be a number, got "1e999"; correct it, name it as missing, or make the column a category (after 1 bad rows',
    );
  });

  test("takes columns, kinds, marks and missing texts as told", async () => {
    const table = await read('id,n,code\nq,"1,234.5",7\nr,-,8\ns,"12,000",x\n', {
      thousands: ",",
      missing: ["-"],
      types: { code: "category", n: "number" },
      ignore: ["id"],
    });
    expect(table.columns.map(({ name }) => name)).toEqual(["n", "code"]);
    expect(cells(table.columns[0])).toEqual([1234.5, null, 12000]);
    expect(cells(table.columns[1])).toEqual(["7", "8", "x"]);
  });

  test("reads what was written, wherever the pieces end", async () => {
    const text = fc.string({ unit: fc.constantFrom("a", "é", '"', ",", "\n", "\r", " ", "1") });
    const row = fc.record({
      number: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.integer()),
      text,
    });
    const quoted = (cell: string): string => `"${cell.replaceAll('"', '""')}"`;
    await fc.assert(
      fc.asyncProperty(
        fc.array(row, { minLength: 1, maxLength: 30 }),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom("\n", "\r\n"),
        async (rows, size, end) => {
          const lines = rows.map((each) => `${String(each.number)},${quoted(each.text)}`);
          const bytes = encode(["n,t", ...lines].join(end) + end);
          const table = await readCsv(pieces(bytes, size), {
            types: { t: "category", n: "number" },
            missing: ["absent"],
            delimiter: ",",
            header: true,
          });
          expect(cells(table.columns[0])).toEqual(rows.map((each) => each.number + 0));
          expect(cells(table.columns[1])).toEqual(rows.map((each) => each.text));
        },
      ),
      { numRuns: 150 },
    );
  });

  test("makes of any bytes a table or a DataError", async () => {
    const soup = fc.array(
      fc.oneof(fc.constantFrom(...encode('",;\t\n\r 1.5aé-')), fc.integer({ min: 0, max: 255 })),
      { maxLength: 80 },
    );
    let tables = 0;
    await fc.assert(
      fc.asyncProperty(soup, fc.integer({ min: 1, max: 9 }), async (bytes, size) => {
        const outcome = await readCsv(pieces(Uint8Array.from(bytes), size), { skipBad: 2 }).catch(
          (error: unknown) => error,
        );
        if (outcome instanceof DataError) return true;
        tables++;
        const { columns, rows } = outcome as Table;
        return columns.every((column) => cells(column).length === rows);
      }),
      { numRuns: 500 },
    );
    expect(tables).toBeGreaterThan(20);
  });

  test("tells how far it has come", async () => {
    const seen: number[] = [];
    await read("a\n1\n2\n", { onProgress: ({ bytes, rows }) => seen.push(bytes, rows) });
    expect(seen).toEqual([6, 2]);
  });
});
