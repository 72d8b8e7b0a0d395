/** Users: requests through the proxies the whole time, and what became of each. */
import { Agent, request } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { TestProxy } from './proxy.ts';

export interface Answer {
  readonly proxy: string;
  /** 0 where nobody answered. */
  readonly status: number;
  /** Which side answered, by its own word; or the system's word why nobody did. */
  readonly by: string;
}

export interface Users {
  readonly answers: readonly Answer[];
  /** Those that did not go well. */
  readonly lost: readonly Answer[];
  stop(): Promise<void>;
}

/** So many at each proxy, each of whom asks again after so long. */
export function startUsers(proxies: readonly TestProxy[], { each = 2, everyMs = 15 } = {}): Users {
  const answers: Answer[] = [];
  const over = new AbortController();
  const use = async (proxy: TestProxy): Promise<void> => {
    while (!over.signal.aborted) {
      answers.push(await get(proxy));
      await delay(everyMs);
    }
  };
  const work = proxies.flatMap((proxy) => Array.from({ length: each }, () => use(proxy)));
  return {
    answers,
    get lost() {
      return answers.filter(({ status }) => status !== 200);
    },
    async stop() {
      over.abort();
      await Promise.all(work);
    },
  };
}

/** One request on a connection of its own. */
export const get = ({ id, port }: TestProxy, path = '/'): Promise<Answer> =>
  new Promise((resolve) => {
    const agent = new Agent({ keepAlive: false });
    const asked = request({ host: '127.0.0.1', port, path, agent }, (response) => {
      let by = '';
      response.setEncoding('utf8').on('data', (text: string) => (by += text));
      response.on('end', () => resolve({ proxy: id, status: response.statusCode!, by }));
      response.on('error', ({ message }) => resolve({ proxy: id, status: 0, by: message }));
    });
    asked.on('error', ({ code = '' }: NodeJS.ErrnoException) => resolve({ proxy: id, status: 0, by: code }));
    asked.end();
  });

/** How many answers came from the side, and from the other one. */
export const countBy = (answers: readonly Answer[]): Record<string, number> =>
  Object.fromEntries(['home', 'dr'].map((side) => [side, answers.filter(({ by }) => by === side).length]));
