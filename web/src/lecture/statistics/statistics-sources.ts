/** What the experiment and its page share. */

/** Running averages; Algorithm 2; Algorithm 2 without its factor m / (m − 1). */
export const statisticsSources = ["running", "population", "biased"] as const;
export type StatisticsSource = (typeof statisticsSources)[number];
