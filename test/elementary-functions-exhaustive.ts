/**
 * All 2³² floats through every elementary function as WebAssembly, with and without FMA; some minutes.
 *
 * Usage: npm run test:math [-- exp log tanh sigmoid rsqrt]
 */
import { elementaryFunctions, worstErrors, type Worst } from "./elementary-functions.ts";

function line(name: string, mode: string, { error, x, y }: Worst): string {
  return `${name.padEnd(8)} ${mode.padEnd(6)} ${error.toFixed(3)} ulp at x = ${x}, y = ${y}\n`;
}

const wanted = process.argv.slice(2);
for (const subject of elementaryFunctions) {
  const { name, bound } = subject;
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const { fma, noFma } = worstErrors(subject, 1);
  process.stdout.write(line(name, "fma", fma) + line(name, "no fma", noFma));
  if (!(Math.max(fma.error, noFma.error) <= bound)) {
    process.stderr.write(`${name}: the error must be at most ${bound} ulp\n`);
    process.exitCode = 1;
  }
}
