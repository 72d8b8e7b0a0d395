/** The id of a recovery as the name of a folder: it comes from outside. */
import { fail } from '../../domain/fail.ts';

/** Fails: invalid-input. */
export function checkedName(recovery: string): string {
  if (/^[A-Za-z0-9][A-Za-z0-9._~-]{0,160}$/.test(recovery)) return recovery;
  throw fail('invalid-input', { en: `${recovery} is not the id of a recovery.`, ja: `${recovery} は復旧の ID ではありません。` });
}
