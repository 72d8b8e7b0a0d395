/** What the scan of a tool's code finds, in words. */
import type { Text } from '../text.ts';

export const dangerKinds = {
  evaluation: { en: 'runs text as code', ja: '文字列をコードとして実行' },
  process: { en: 'starts or ends processes', ja: 'プロセスの起動・終了' },
  write: { en: 'writes or deletes files', ja: 'ファイルの書き込み・削除' },
  network: { en: 'uses the network', ja: 'ネットワークの利用' },
  secrets: { en: 'reads environment or credentials', ja: '環境変数・認証情報の読み取り' },
  pollution: { en: 'changes what all code shares (prototypes)', ja: 'プロトタイプなど共有物の変更' },
  endless: { en: 'may never end', ja: '終わらない可能性' },
  unjudged: { en: 'cannot be judged', ja: '判定不能' },
} as const satisfies Record<string, Text>;
export type DangerKind = keyof typeof dangerKinds;

export interface Danger {
  readonly kind: DangerKind;
  /** From 1. */
  readonly line: number;
  /** The first characters of the code in question. */
  readonly code: string;
  readonly sentence: Text;
}

/** Where in the code, and why: the scanners report these. */
export type Report = (kind: DangerKind, start: number, end: number) => void;

const mostDangers = 40;
const mostCharacters = 60;

/** Collects reports on one text: one of a kind a line, the first forty, by line. `firstLine`: of the text within a larger one. */
export function collectDangers(code: string, scan: (report: Report) => void, firstLine = 1): Danger[] {
  const found = new Map<string, Danger>();
  scan((kind, start, end) => {
    const line = firstLine + (code.slice(0, start).match(/\n/g)?.length ?? 0);
    const key = `${line} ${kind}`;
    if (found.has(key) || found.size >= mostDangers) return;
    const piece = code.slice(start, end).replaceAll(/\s+/g, ' ').trim();
    const shown = piece.length > mostCharacters ? `${piece.slice(0, mostCharacters)}…` : piece;
    const { en, ja } = dangerKinds[kind];
    found.set(key, {
      kind,
      line,
      code: shown,
      sentence: { en: `Line ${line} ${en}: ${shown}`, ja: `${line} 行目 ${ja}: ${shown}` },
    });
  });
  return [...found.values()].toSorted((a, b) => a.line - b.line);
}
