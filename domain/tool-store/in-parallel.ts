/** Bounded parallelism: enough to keep a disk busy, not so much that one activity starves the others. */

/** Twice the four threads that Node gives to file work, so that none of them waits for us. */
export const fileWorkers = 8;

/** Results in the order of `items`. The first failure stops new work, waits for what is under way, and is thrown. */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  workers: number = fileWorkers,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const worker = async (): Promise<void> => {
    while (failure === undefined && next < items.length) {
      const at = next++;
      try {
        results[at] = await work(items[at]!);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(workers, items.length) }, worker));
  if (failure !== undefined) throw failure.error;
  return results;
}
