/** Why a database server gave no answer; `why` is what a person can do something about. */
import type { FailureCode } from '../domain/failures.ts';
import { nodeFailed } from '../domain/node-failed.ts';
import type { SilentNode } from '../domain/silent-node.ts';

export class NoAnswer extends Error {
  readonly why: SilentNode['why'];

  constructor(why: SilentNode['why'], said: string) {
    super(said);
    this.why = why;
  }
}

/** A look that tells silence as what it saw. */
export async function orSilence<T>(node: string, look: () => Promise<T>): Promise<T | SilentNode> {
  try {
    return await look();
  } catch (error) {
    if (error instanceof NoAnswer) return { node, answers: false, why: error.why, said: error.message };
    throw error;
  }
}

/** Work that fails where the server does not do it: with `database-refused` or `tls-refused`, unless something else is named. */
export async function orFailure<T>(node: string, work: () => Promise<T>, code?: FailureCode): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof NoAnswer)) throw error;
    throw nodeFailed(node, error.message, code ?? (error.why === 'tls-refused' ? error.why : undefined));
  }
}
