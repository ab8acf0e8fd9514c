/**
 * The five ways Evenkeel refuses. A message reads `who: rule, got value (where)`.
 * Code reacts to the class, people read the message.
 */

/** A tensor's shape does not fit where it is used. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** An option is outside its range, unknown, or contradicts another. */
export class OptionError extends Error {
  override readonly name = "OptionError";
}

/** A file, data set or checkpoint is not what it claims to be. */
export class DataError extends Error {
  override readonly name = "DataError";
}

/** A broken invariant of the compiler: our bug, never the user's. */
export class GraphError extends Error {
  override readonly name = "GraphError";
}

/** A backend is absent, or failed to compile, load or run a program. */
export class BackendError extends Error {
  override readonly name = "BackendError";
}
