/** What the experiment and its page share. */
export const KEEP = 0.5;
/** Units of the last hidden layer: so few that every mask of them can be visited. */
export const LAST_HIDDEN = 12;
/** Thinned networks per prediction. */
export const sampleCounts: readonly number[] = [2, 3, 5, 10, 20, 50];
