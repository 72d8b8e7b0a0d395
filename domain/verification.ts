/** A verification as a list of questions, each answered with a sentence. */
import type { Text } from './text.ts';

export interface Check {
  /** Stable name, such as `tool-count`. */
  readonly id: string;
  readonly ok: boolean;
  readonly sentence: Text;
  /** Measured values behind the sentence. */
  readonly evidence?: Readonly<Record<string, unknown>>;
}

/** One sentence for the ledger: how many checks passed, and what failed. */
export function summarizeChecks(checks: readonly Check[]): Text {
  const failed = checks.filter((check) => !check.ok);
  if (checks.length === 0) return { en: 'Nothing was checked.', ja: '検査項目がありません。' };
  if (failed.length === 0) return { en: `${checks.length} checks passed.`, ja: `${checks.length} 項目すべて合格。` };
  return {
    en: `${failed.length} of ${checks.length} checks failed: ${failed.map((check) => check.sentence.en).join(' ')}`,
    ja: `${checks.length} 項目中 ${failed.length} 項目が不合格: ${failed.map((check) => check.sentence.ja).join(' ')}`,
  };
}
