/** A database server that tells nothing of itself, and why. */
import { symptom, type Symptom } from './symptom.ts';
import type { Text } from './text.ts';

export interface SilentNode {
  readonly node: string;
  readonly answers: false;
  readonly why: keyof typeof reasons;
  /** The server's own words, or the system's. */
  readonly said: string;
}

const reasons = {
  unreachable: { en: 'cannot be reached', ja: 'に接続できません' },
  starting: { en: 'is starting or shutting down', ja: 'は起動中または停止中です' },
  'login-refused': { en: 'refuses our login', ja: 'がログインを拒否しました' },
  'tls-refused': { en: 'cannot be reached by TLS', ja: 'に TLS で接続できません' },
  'not-allowed': { en: 'does not let our role look', ja: 'の参照権限がありません' },
  failed: { en: 'gave no usable answer', ja: 'から有効な応答がありません' },
} as const satisfies Record<string, Text>;

/** Somebody is there, and does not let us in: it may be at work for everybody else. */
export const isShut = ({ why }: SilentNode): boolean => why === 'login-refused' || why === 'not-allowed' || why === 'tls-refused';

export const judgeSilence = ({ node, why, said }: SilentNode): Symptom =>
  symptom(`node-${why}`, `${node} ${reasons[why].en}: ${said}`, `${node} ${reasons[why].ja}: ${said}`, { node });
