/** A database server that did not do what it was asked. */
import { fail } from './fail.ts';
import type { FailureCode } from './failures.ts';

export const nodeFailed = (node: string, said: string, code: FailureCode = 'database-refused') =>
  fail(code, { en: `${node} said: ${said}`, ja: `${node} の応答: ${said}` });
