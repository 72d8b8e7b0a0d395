/** What a node, its machine or a program there said, as a failure of a step. */
import { fail } from '../domain/fail.ts';
import type { FailureCode } from '../domain/failures.ts';

export async function orFail<T>(code: FailureCode, node: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const said = (error as Error).message.replaceAll(/\s+/g, ' ').slice(0, 400);
    throw fail(code, { en: `${node}: ${said}`, ja: `${node}: ${said}` });
  }
}
