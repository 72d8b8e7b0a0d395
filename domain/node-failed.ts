/** A database server that did not do what it was asked. */
import { fail } from './fail.ts';

export const nodeFailed = (node: string, said: string) =>
  fail('database-refused', { en: `${node} said: ${said}`, ja: `${node} の応答: ${said}` });
