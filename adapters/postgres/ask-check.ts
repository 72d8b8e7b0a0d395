/** A question of a person, such as "are all totals positive?", asked of one server: yes or no, in bounded time, without a way to write. */
import { fail } from '../../domain/fail.ts';
import { NoAnswer } from '../no-answer.ts';
import type { ReadSecret } from '../secrets.ts';
import { inSession, type Server } from './session.ts';

const askMs = 60_000;

/** Fails: check-unusable. Throws NoAnswer where the server does not answer at all. */
export async function askCheck(server: Server, question: string, secret: ReadSecret, signal?: AbortSignal): Promise<boolean> {
  try {
    return await inSession(server, { secret, ms: askMs, signal }, async (client) => {
      await client.query('begin read only');
      // The extended protocol takes one statement, so that none ends the transaction around it and goes on.
      const asked = { text: question, rowMode: 'array', queryMode: 'extended' } as const;
      const { rows } = await client.query<[unknown]>(asked);
      const [[answer] = []] = rows;
      if (rows.length === 1 && typeof answer === 'boolean') return answer;
      throw new NoAnswer('failed', `it answers with ${rows.length} rows, not with one that says true or false`);
    });
  } catch (error) {
    if (!(error instanceof NoAnswer) || error.why !== 'failed') throw error;
    throw fail('check-unusable', {
      en: `The check does not tell good from bad: ${error.message}`,
      ja: `チェックが真偽を返しません: ${error.message}`,
    });
  }
}
