/** Whether a result holds what was expected of it. */

/** Members and items of `expected` must be there, deeply; what `actual` has beyond them does not matter. Lists must be as long. */
export function contains(actual: unknown, expected: unknown): boolean {
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) && actual.length === expected.length && expected.every((item, index) => contains(actual[index], item))
    );
  }
  if (expected !== null && typeof expected === 'object') {
    return (
      actual !== null &&
      typeof actual === 'object' &&
      !Array.isArray(actual) &&
      Object.entries(expected).every(
        ([key, item]) => Object.hasOwn(actual, key) && contains((actual as Record<string, unknown>)[key], item),
      )
    );
  }
  return Object.is(actual, expected);
}
