/** What a short look at the beginning and the end of a log tells, and which scenario would help. */
import type { Diagnosis } from '../diagnosis.ts';
import { judgeLines } from './judge-lines.ts';

type Findings = Pick<Diagnosis, 'symptoms' | 'suggests'>;

/** Damaged lines among those that end within these bytes. `isStart`: the first one begins here. */
export function damagedLines(bytes: Uint8Array, isStart: boolean): number {
  const from = isStart ? 0 : bytes.indexOf(10) + 1;
  const to = bytes.lastIndexOf(10) + 1;
  let damaged = 0;
  const nothing = (): void => undefined;
  if (to > from) {
    const sink = { keep: nothing, salvage: nothing, reject: nothing, separate: nothing, blank: nothing };
    judgeLines(bytes, from, to, false, { ...sink, damaged: () => void damaged++ });
  }
  return damaged;
}

export function logFindings(damaged: number): Findings {
  if (damaged === 0) return { symptoms: [], suggests: [] };
  const sentence = {
    en: `${damaged} damaged lines at the beginning or the end of the audit log.`,
    ja: `監査ログの先頭か末尾に損傷した行が ${damaged} 行あります。`,
  };
  return {
    symptoms: [{ id: 'log-damaged', sentence, evidence: { count: damaged } }],
    suggests: [{ scenario: 'audit-log-corruption', input: {}, why: sentence }],
  };
}
