/** The real data sets, where the cache has them: counts, known content, and what a network sees. */
import { describe, expect, test, type TestContext } from "vitest";
import { cacheState } from "../src/cli/data-cache.ts";
import { cifar10, fashionMnist, mnist } from "../src/cli/node-data.ts";
import { catalog, type CatalogName, type Dataset } from "../src/data/index.ts";

async function needs(name: CatalogName, context: TestContext): Promise<void> {
  const { state } = await cacheState(catalog[name]);
  if (state !== "complete") {
    const from = catalog[name].package === null ? " --from FOLDER" : "";
    context.skip(`${name} is ${state} in the cache: evenkeel data pull ${name}${from}`);
  }
}

function perClass({ targets }: Dataset["train"]): number[] {
  const counts = new Array<number>(10).fill(0);
  for (const label of targets) counts[label]!++;
  return counts;
}

function ten(count: number): number[] {
  return new Array<number>(10).fill(count);
}

describe("from the cache", () => {
  test("mnist", async (context) => {
    await needs("mnist", context);
    const { train, test: held } = await mnist();
    expect([train.count, held.count]).toEqual([60_000, 10_000]);
    expect([...train.targets.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
  });

  test("cifar10: 5,000 + 1,000 of each class, the original's first labels and pixels", async (context) => {
    await needs("cifar10", context);
    const { train, test: held, hash } = await cifar10();
    expect(perClass(train)).toEqual(ten(5000));
    expect(perClass(held)).toEqual(ten(1000));
    expect([...train.targets.subarray(0, 5)]).toEqual([6, 9, 9, 4, 1]);
    expect([...held.targets.subarray(0, 5)]).toEqual([3, 8, 8, 0, 6]);
    expect([...train.inputs.subarray(0, 6)]).toEqual([59, 62, 63, 43, 46, 45]);
    expect(hash).toBe("b653be3ce716f20d550d820f714f9c07d2438d52556940d840022fac68eb777d");
  }, 120_000);

  test("fashion-mnist: 6,000 + 1,000 of each class, nothing tested that is trained on", async (context) => {
    await needs("fashion-mnist", context);
    const { train, test: held, hash } = await fashionMnist();
    expect(perClass(train)).toEqual(ten(6000));
    expect(perClass(held)).toEqual(ten(1000));
    const key = ({ inputs }: Dataset["train"], i: number): string =>
      String.fromCharCode(...inputs.subarray(i * 784, (i + 1) * 784));
    const seen = new Set(Array.from({ length: train.count }, (_, i) => key(train, i)));
    const leaked = Array.from({ length: held.count }, (_, i) => key(held, i)).filter((each) =>
      seen.has(each),
    );
    expect(leaked).toEqual([]);
    expect(hash).toBe("ce22adf71f3bfc9b355b96d625d016f929f216b7c1cd6e6108100c7604199b28");
  }, 120_000);

  test("fashion-mnist-official: the makers' own split and order", async (context) => {
    await needs("fashion-mnist-official", context);
    const { name, train, test: held } = await fashionMnist({ edition: "official" });
    expect(name).toBe("fashion-mnist-official");
    expect([perClass(train), perClass(held)]).toEqual([ten(6000), ten(1000)]);
    expect([...train.targets.subarray(0, 5)]).toEqual([9, 0, 0, 3, 0]);
  });
});
