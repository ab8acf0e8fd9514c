/** Numbers as captions and tables print them. */

/** `98 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** `97.53 %`. */
export function percentExact(share: number): string {
  return `${(share * 100).toFixed(2)} %`;
}

/** `−1.20`, with a real minus sign; a dash for what is not there. */
export function fixed(value: number | null | undefined, digits = 2): string {
  return value === null || value === undefined ? "–" : value.toFixed(digits).replace("-", "−");
}

/** `12,000`. */
export function count(value: number): string {
  return value.toLocaleString("en-US");
}

/** `[91.20 %, 93.40 %]`; a dash where there is no interval. */
export function percentInterval(low: number | null = null, high: number | null = null): string {
  return low === null || high === null ? "–" : `[${percentExact(low)}, ${percentExact(high)}]`;
}
