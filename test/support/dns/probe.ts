/** A user of a resolver who asks the same name again and again, and remembers when it got which answer. */
import { setTimeout as delay } from 'node:timers/promises';
import { Resolver } from 'node:dns/promises';
import type { NameServer } from './servers.ts';

export interface Probe {
  /** Answers in order, with the moment each was last given; neighbours that are alike are one. */
  readonly heard: readonly { readonly answer: string; readonly first: number; last: number }[];
  stop(): Promise<void>;
}

const everyMs = 25;

export function startProbe({ host, port }: NameServer, name: string): Probe {
  const resolver = new Resolver({ timeout: 1_000, tries: 2 });
  resolver.setServers([`${host}:${port}`]);
  const heard: { answer: string; first: number; last: number }[] = [];
  const over = new AbortController();
  const asking = (async () => {
    while (!over.signal.aborted) {
      // A busy machine may lose a packet: what is not answered says nothing.
      const answer = await resolver.resolveCname(name).then(
        (names) => names.join(),
        () => undefined,
      );
      const now = Date.now();
      const latest = heard.at(-1);
      if (answer !== undefined && latest?.answer === answer) latest.last = now;
      else if (answer !== undefined) heard.push({ answer, first: now, last: now });
      await delay(everyMs);
    }
  })();
  return {
    heard,
    async stop() {
      over.abort();
      await asking;
    },
  };
}
