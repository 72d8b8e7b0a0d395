/** A yes or no with its reason. */
import type { Text } from './text.ts';

export interface Verdict {
  readonly ok: boolean;
  readonly sentence: Text;
}

export const no = (en: string, ja: string): Verdict => ({ ok: false, sentence: { en, ja } });
