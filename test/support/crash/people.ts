/** The people of a run, over HTTP: hana asks and ticks, ren and mio approve. Whatever is not answered they say again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { reportDocument, StartedDocument, StatusDocument } from '../../../contracts/http/recovery.ts';
import { hasEnded, type Decision } from '../../../domain/recovery.ts';
import type { z } from 'zod';
import { tokens, type PersonId } from './case.ts';

export type Report = z.infer<typeof reportDocument>;
type Waiting = StatusDocument['waitingFor'][number];

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const approvers = ['ren', 'mio'] as const;
/** Each look costs a worker that has just begun a whole replay. */
const lookEveryMs = 200;
const patienceMs = 60_000;
const answerMs = 8_000;

export class People {
  readonly #base: string;

  constructor(base: string) {
    this.#base = base;
  }

  async start(start: { readonly scenario: string; readonly target: string; readonly input: unknown }): Promise<StartedDocument> {
    const body = { ...start, reason: 'sweep' };
    const { status, body: started } = await this.#say('hana', 'POST', '/v1/recoveries', { body, key: `start-${start.target}` });
    if (status !== 202) throw new Error(`${start.target} cannot be recovered: ${JSON.stringify(started)}`);
    return started as StartedDocument;
  }

  async cancel(id: string): Promise<void> {
    const { status, body } = await this.#say('hana', 'POST', `/v1/recoveries/${id}/cancel`, {
      body: { reason: 'sweep' },
      key: 'cancel',
    });
    if (status !== 202) throw new Error(`${id} cannot be cancelled: ${JSON.stringify(body)}`);
  }

  /** Answers every gate until the recovery has ended. `atGate` is awaited once for each, before anybody decides. */
  async bringToEnd(id: string, atGate: (gate: string) => Promise<void>): Promise<void> {
    const met = new Set<string>();
    const refused = new Set<string>();
    const deadline = Date.now() + patienceMs * 3;
    for (;;) {
      const { body } = await this.#say('hana', 'GET', `/v1/recoveries/${id}`);
      const { status, stale, waitingFor } = body as StatusDocument;
      if (hasEnded(status)) return;
      if (Date.now() > deadline) throw new Error(`It does not end: ${JSON.stringify(body, undefined, 1)}`);
      for (const waiting of stale ? [] : waitingFor) {
        if (!met.has(waiting.gate)) await atGate(waiting.gate);
        met.add(waiting.gate);
        await this.#decide(id, waiting, refused);
      }
      await delay(lookEveryMs);
    }
  }

  async report(id: string): Promise<Report> {
    return (await this.#say('hana', 'GET', `/v1/recoveries/${id}/report`)).body as Report;
  }

  async #decide(id: string, waiting: Waiting, refused: Set<string>): Promise<void> {
    const { gate, digest, kind, votes } = waiting;
    const decision: Decision = kind === 'approval' ? 'approve' : kind === 'checklist' ? 'tick' : 'retry';
    const may: readonly PersonId[] = kind === 'approval' ? approvers : ['hana'];
    const person = may.find((one) => !votes.some(({ by }) => by === one) && !refused.has(`${one} ${gate} ${digest}`));
    if (person === undefined) return;
    const body = { gate, digest, decision, reason: 'sweep' };
    const key = encodeURIComponent(`${person} ${decision} ${gate} ${digest}`).slice(0, 200);
    const { status } = await this.#say(person, 'POST', `/v1/recoveries/${id}/decisions`, { body, key });
    if (status >= 400) refused.add(`${person} ${gate} ${digest}`);
  }

  /** Says it until it is answered; with a key, so that said twice it counts once. */
  async #say(
    person: PersonId,
    method: string,
    path: string,
    { body, key }: { readonly body?: unknown; readonly key?: string } = {},
  ): Promise<Answer> {
    const deadline = Date.now() + patienceMs;
    let last: unknown;
    while (Date.now() < deadline) {
      try {
        const response = await fetch(this.#base + path, {
          method,
          headers: {
            authorization: `Bearer ${tokens[person]}`,
            accept: 'application/json',
            ...(body !== undefined && { 'content-type': 'application/json' }),
            ...(key !== undefined && { 'idempotency-key': key }),
          },
          ...(body !== undefined && { body: JSON.stringify(body) }),
          signal: AbortSignal.timeout(answerMs),
        });
        const answer = { status: response.status, body: await response.json() };
        if (answer.status < 500) return answer;
        last = answer;
      } catch (error) {
        last = error;
      }
      await delay(100);
    }
    throw new Error(`${method} ${path} is not answered: ${last instanceof Error ? last.message : JSON.stringify(last)}`);
  }
}
