/** Makes a POST safe to repeat: the first request with a key acts, every other gets its answer; a crash in between blocks nobody. */
import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { RecordStore } from '../activities/ports/records.ts';
import { fail } from '../domain/fail.ts';

/** The right to act for a key. */
export interface Claim {
  /** Stands for person, address and key; the same for every repeat. */
  readonly key: string;
  /** When the key was claimed first, ISO. */
  readonly since: string;
  /** Somebody claimed it before, and whether that had an effect is unknown: look for the effect first. */
  readonly resumes: boolean;
  /** Keeps the answer; called before it is sent. */
  settle(answer: Answer): Promise<void>;
  /** The outcome is unknown; the next request may act at once. */
  abandon(): Promise<void>;
}

export interface Answer {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
  readonly location?: string;
}

interface Kept {
  readonly at: string;
  /** When the first claim of this key was made. */
  readonly since: string;
  readonly fingerprint: string;
  readonly generation: number;
  readonly abandoned?: boolean;
  readonly answer?: Answer;
}

const keptMs = 24 * 3_600_000;
/** A claim that is older was left by an API that died. Should one be only slow, both have the effect of one: see start-once.ts. */
const claimMs = 5_000;
const lookMs = 25;

/**
 * Claims the key, or answers what was answered. While another request acts, this waits for it.
 * Fails with `key-reused` when the key came with another body. Claims are generations 0, 1, 2 …, each created by exactly
 * one request, so that of many that find a claim left behind, one goes on.
 */
export async function claimKey(
  records: RecordStore,
  request: { readonly person: string; readonly address: string; readonly key: string; readonly fingerprint: string },
): Promise<Claim | Answer> {
  const key = createHash('sha256').update(`${request.person}\n${request.address}\n${request.key}`).digest('hex');
  const { fingerprint } = request;
  for (;;) {
    const newest = await newestOf(records, key);
    const age = newest ? Date.now() - Date.parse(newest.at) : Infinity;
    if (newest && age < keptMs) {
      if (newest.fingerprint !== fingerprint) {
        throw fail('key-reused', {
          en: 'This Idempotency-Key came with another body before.',
          ja: 'この Idempotency-Key は別の本文で使われています。',
        });
      }
      if (newest.answer) return newest.answer;
      if (!newest.abandoned && age < claimMs) {
        await delay(lookMs);
        continue;
      }
    }
    const at = new Date().toISOString();
    const left = age < keptMs ? newest : undefined;
    const mine: Kept = { at, since: left?.since ?? at, fingerprint, generation: newest ? newest.generation + 1 : 0 };
    if (!(await records.create(fileOf(key, mine.generation), JSON.stringify(mine)))) continue;
    return {
      key,
      since: mine.since,
      resumes: left !== undefined,
      // The base file always tells the latest outcome, so that a reader need not walk the generations from the start.
      settle: (answer) => records.put(fileOf(key, 0), JSON.stringify({ ...mine, answer } satisfies Kept)),
      abandon: () => records.put(fileOf(key, 0), JSON.stringify({ ...mine, abandoned: true } satisfies Kept)),
    };
  }
}

export const isAnswer = (outcome: Claim | Answer): outcome is Answer => 'status' in outcome;

/** Removes what is past its time. Harmless beside running requests and other processes. */
export async function sweepKeys(records: RecordStore): Promise<void> {
  for (const file of await records.list('idempotency/')) {
    const kept = parse((await records.get(file)) ?? '');
    if (!kept || Date.now() - Date.parse(kept.at) > keptMs + 3_600_000) await records.remove(file);
  }
}

const fileOf = (key: string, generation: number): string => `idempotency/${key}${generation === 0 ? '' : `.${generation}`}.json`;

async function newestOf(records: RecordStore, key: string): Promise<Kept | undefined> {
  let newest: Kept | undefined;
  for (;;) {
    const generation: number = newest ? newest.generation + 1 : 0;
    const body = await records.get(fileOf(key, generation));
    if (body === undefined) return newest;
    newest = parse(body) ?? { at: longAgo, since: longAgo, fingerprint: '', generation };
  }
}

const longAgo = new Date(0).toISOString();

/** Undefined for a record that nobody can read; it counts as expired. */
function parse(body: string): Kept | undefined {
  try {
    return JSON.parse(body) as Kept;
  } catch {
    return undefined;
  }
}
