/** HAProxy as what protects against floods: its stick table, and the lists and the map that its rules read. */
import { lookup } from 'node:dns/promises';
import { networkInterfaces } from 'node:os';
import type { Protection } from '../../activities/ports/protection.ts';
import type { Proxy } from '../../activities/ports/traffic.ts';
import type { Pieces } from '../../domain/protection/prepared.ts';
import type { Counted, Guard, GuardChange, Piece } from '../../domain/protection/words.ts';
import { NoAnswer, orFailure, orSilence } from '../no-answer.ts';
import {
  countedIn,
  entriesIn,
  fileEntries,
  keptList,
  keptMap,
  limitIn,
  namesIn,
  rateIn,
  tableIn,
  type FrontendRow,
} from './guard-words.ts';
import { rowsOfStat } from './parse.ts';
import { ask } from './runtime.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

const code = 'proxy-refused';
/** Types of `show stat`: frontends alone. */
const frontendsOnly = 1;
/** A line of commands is shorter than the proxy's buffer. */
const commandsAtOnce = 50;

export const createGuard = (): Protection => ({
  look: (proxy, pieces, attacker, signal) =>
    orSilence(proxy.id, async () => {
      const level = (await ask(proxy, 'show cli level', signal)).trim();
      const row = await frontendOf(proxy, pieces, signal);
      const table = tableIn(await ask(proxy, `show table ${pieces.table} data.http_req_rate ge ${attacker}`, signal));
      const [lists, maps] = [namesIn(await ask(proxy, 'show acl', signal)), namesIn(await ask(proxy, 'show map', signal))];
      const has: Readonly<Record<Piece, boolean>> = {
        frontend: row !== undefined,
        table: table !== undefined,
        limits: maps.includes(pieces.limits.map),
        denyList: lists.includes(pieces.denyList),
        allowList: lists.includes(pieces.allowList),
      };
      const saved = isHere(proxy) ? await savedIn(pieces) : undefined;
      return {
        node: proxy.id,
        answers: true,
        level,
        missing: (Object.keys(has) as Piece[]).filter((piece) => !has[piece]),
        ...(await guardOf(proxy, pieces, has, signal)),
        allowed: has.allowList ? entriesIn(await ask(proxy, `show acl ${pieces.allowList}`, signal)) : [],
        sources: table?.sources ?? [],
        known: table?.known ?? 0,
        rate: row ? rateIn(row) : 0,
        counted: row ? countedIn(row) : { requests: 0, denied: 0 },
        ...(saved && { saved }),
      };
    }),

  readCounted: (proxy, pieces, signal) =>
    orFailure(
      proxy.id,
      async (): Promise<Counted> => {
        const row = await frontendOf(proxy, pieces, signal);
        if (row === undefined) throw new NoAnswer('failed', `it has no frontend ${pieces.frontend} of mode http`);
        return countedIn(row);
      },
      code,
    ),

  async readOwn(proxy) {
    if (isHere(proxy)) return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
    if (!('host' in proxy)) return [];
    const found = await lookup(proxy.host, { all: true }).catch(() => []);
    return found.map(({ address }) => address);
  },

  set: (proxy, pieces, change, signal) =>
    orFailure(
      proxy.id,
      async () => {
        const commands = commandsFor(pieces, change, await setAt(proxy, pieces, signal));
        for (let from = 0; from < commands.length; from += commandsAtOnce) {
          // A command that did what it should answers with an empty line.
          const said = (await ask(proxy, commands.slice(from, from + commandsAtOnce).join('; '), signal)).trim();
          if (said !== '') throw new NoAnswer('failed', said.replaceAll(/\s+/g, ' ').slice(0, 200));
        }
        const left = commandsFor(pieces, change, await setAt(proxy, pieces, signal));
        if (left.length > 0) throw new NoAnswer('failed', `it did not take: ${left.join('; ').slice(0, 200)}`);
      },
      code,
    ),

  save: (proxy, pieces, signal) =>
    orFailure(
      proxy.id,
      async () => {
        if (!isHere(proxy)) return;
        const { limit, denied } = await setAt(proxy, pieces, signal);
        const { denyList, limits } = pieces;
        await rewrite(denyList, (text) => keptList(text, denied));
        await rewrite(limits.map, (text) => keptMap(text, limits.key, limit));
      },
      code,
    ),
});

/** Its files are on this machine. */
const isHere = (proxy: Proxy): boolean => 'socket' in proxy;

async function frontendOf(proxy: Proxy, { frontend }: Pieces, signal?: AbortSignal): Promise<FrontendRow | undefined> {
  const rows = rowsOfStat(await ask(proxy, `show stat ${frontend} ${frontendsOnly} -1`, signal));
  return rows.find((row) => row['pxname'] === frontend && row['mode'] === 'http');
}

async function guardOf(
  proxy: Proxy,
  { denyList, limits }: Pieces,
  has: Pick<Record<Piece, boolean>, 'denyList' | 'limits'>,
  signal?: AbortSignal,
): Promise<Guard> {
  const denied = has.denyList ? entriesIn(await ask(proxy, `show acl ${denyList}`, signal)) : [];
  const limit = has.limits ? limitIn(entriesIn(await ask(proxy, `show map ${limits.map}`, signal)), limits.key) : undefined;
  return { ...(limit !== undefined && { limit }), denied };
}

const setAt = (proxy: Proxy, pieces: Pieces, signal?: AbortSignal): Promise<Guard> =>
  guardOf(proxy, pieces, { denyList: true, limits: true }, signal);

/** Only what is not so already: an entry that is added twice would be there twice. */
function commandsFor({ denyList, limits: { map, key } }: Pieces, { limit, add, remove }: GuardChange, now: Guard): string[] {
  const limits =
    limit === now.limit
      ? []
      : limit === undefined
        ? [`del map ${map} ${key}`]
        : [`${now.limit === undefined ? 'add' : 'set'} map ${map} ${key} ${limit}`];
  return [
    ...limits,
    ...add.filter((one) => !now.denied.includes(one)).map((one) => `add acl ${denyList} ${one}`),
    ...remove.filter((one) => now.denied.includes(one)).map((one) => `del acl ${denyList} ${one}`),
  ];
}

/** A file that we may not read is one that we cannot vouch for. */
async function savedIn({ denyList, limits }: Pieces): Promise<Guard> {
  const [denied, map] = await Promise.all([denyList, limits.map].map((path) => readStateFile(path).catch(() => '')));
  const limit = limitIn(fileEntries(map!), limits.key);
  return { ...(limit !== undefined && { limit }), denied: fileEntries(denied!) };
}

async function rewrite(path: string, change: (text: string) => string): Promise<void> {
  const text = await readStateFile(path).catch((error: NodeJS.ErrnoException) => {
    throw new NoAnswer('failed', `${path} cannot be read (${error.code})`);
  });
  const next = change(text);
  if (next !== text) await writeStateFile(path, next);
}
