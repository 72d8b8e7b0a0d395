/** HAProxy as proxies that spread requests: looked at and set through its runtime interface. */
import type { Proxy, Traffic } from '../../activities/ports/traffic.ts';
import type { Setting } from '../../domain/traffic/words.ts';
import { NoAnswer, orFailure, orSilence } from '../no-answer.ts';
import { rowsOfStat, rowsOfState, serversIn, settingsIn } from './parse.ts';
import { ask } from './runtime.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

const code = 'proxy-refused';
/** Types of `show stat`: servers alone. */
const serversOnly = 4;
/** A line of commands is shorter than the proxy's buffer. */
const commandsAtOnce = 100;

export const createHaproxy = (): Traffic<Proxy> => ({
  look: (proxy, backend = '', signal) =>
    orSilence(proxy.id, async () => {
      const level = (await ask(proxy, 'show cli level', signal)).trim();
      const states = await stateOf(proxy, backend, signal);
      const stats = rowsOfStat(await ask(proxy, `show stat ${backend} ${serversOnly} -1`, signal));
      const { stateFile } = proxy;
      const saved = stateFile === undefined ? undefined : settingsIn(rowsOfState(await savedText(stateFile)), backend);
      return {
        node: proxy.id,
        answers: true,
        level,
        servers: serversIn(states, stats, backend),
        ...(saved !== undefined && { saved }),
      };
    }),

  set: (proxy, backend = '', settings, signal) =>
    orFailure(
      proxy.id,
      async () => {
        const commands = settings.flatMap((one) => commandsFor(backend, one));
        for (let from = 0; from < commands.length; from += commandsAtOnce) {
          // A command that did what it should answers with an empty line.
          const said = (await ask(proxy, commands.slice(from, from + commandsAtOnce).join('; '), signal)).trim();
          if (said !== '') throw new NoAnswer('failed', said.replaceAll(/\s+/g, ' ').slice(0, 200));
        }
        const now = settingsIn(await stateOf(proxy, backend, signal), backend);
        const wrong = settings.filter(
          ({ server, weight, state }) =>
            !now.some((one) => one.server === server && one.weight === weight && one.state === state),
        );
        if (wrong.length > 0) throw new NoAnswer('failed', `${wrong.map(({ server }) => server).join(', ')} did not take it`);
      },
      code,
    ),

  save: (proxy, signal) =>
    orFailure(
      proxy.id,
      async () => {
        if (proxy.stateFile === undefined) return;
        const text = await ask(proxy, 'show servers state', signal);
        if (rowsOfState(text).length === 0) throw new NoAnswer('failed', text.trim().slice(0, 200) || 'it tells of no servers');
        await writeStateFile(proxy.stateFile, `${text.trimEnd()}\n`);
      },
      code,
    ),
});

async function stateOf(proxy: Proxy, backend: string, signal?: AbortSignal) {
  const text = await ask(proxy, `show servers state ${backend}`, signal);
  const rows = rowsOfState(text);
  if (rows.length === 0) throw new NoAnswer('failed', `${backend}: ${text.trim().slice(0, 200) || 'it has no servers'}`);
  return rows;
}

/** One that we may not read is one that we cannot vouch for. */
const savedText = (path: string): Promise<string> => readStateFile(path).catch(() => '');

/** The weight comes first: who is made ready has it from the first request. */
const commandsFor = (backend: string, { server, weight, state }: Setting): string[] => [
  `set server ${backend}/${server} weight ${weight}`,
  `set server ${backend}/${server} state ${state}`,
];
