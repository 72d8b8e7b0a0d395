/** Zones in a file that their primary loads: changed in the file, loaded by a command, over when the primary says so. */
import { utimes } from 'node:fs/promises';
import type { CommandRunner } from '../../activities/ports/command-runner.ts';
import type { RecordChange } from '../../activities/ports/dns-zones.ts';
import { changeZoneFile } from '../../domain/dns/change-zone-file.ts';
import { areSame, inWords } from '../../domain/dns/records.ts';
import { countSets, readZoneFile, setIn } from '../../domain/dns/zone-file.ts';
import { fail } from '../../domain/fail.ts';
import { isServedWithin, servedBy } from './look-at-servers.ts';
import { mayReplace, readOwnText, replaceOwnText, whileLocked } from './zone-text.ts';
import type { AccessBy, ZoneProvider } from './zone-provider.ts';

type Access = AccessBy<'file'>;

const commandMs = 10_000;
/** Loading is begun by the command and ends later; a server that was busy may need to be told again. */
const roundMs = 3_000;
const rounds = 3;

export const createZoneFiles = (commands: CommandRunner): ZoneProvider<'file'> => ({
  async tryKey({ zone, provider: { path } }) {
    try {
      readZoneFile(await readOwnText(path), zone);
      await mayReplace(path);
      return { ok: true, of: 'file' };
    } catch (error) {
      return { ok: false, of: 'file', isSilent: false, said: (error as Error).message };
    }
  },

  async standing({ zone, provider: { path } }, places) {
    const file = readZoneFile(await readOwnText(path), zone);
    return places.map((place) => setIn(file, place));
  },

  count: async ({ zone, provider: { path } }) => countSets(readZoneFile(await readOwnText(path), zone)),

  async update(zone, changes, signal) {
    const { path } = zone.provider;
    // A file that nobody would load now is left alone.
    await servedBy(zone, [], signal);
    const odd = await whileLocked(path, async () => {
      const text = await readOwnText(path);
      const changed = changeZoneFile(text, zone.zone, changes);
      if (changed.is === 'changed') await replaceOwnText(path, text, changed.text);
      return changed.is === 'odd' ? changed.at : undefined;
    });
    if (odd === undefined) {
      await load(commands, zone, changes, signal);
      return 'done';
    }
    const file = readZoneFile(await readOwnText(path), zone.zone);
    const stands = setIn(file, odd);
    const served = await servedBy(zone, [odd], signal);
    if (areSame(served[0]!, stands)) return 'not-as-before';
    throw notLoaded(
      `The zone file has ${inWords(stands)} at ${odd.name} and ${zone.servers[0]!.id} serves ${inWords(served[0]!)}: somebody edited it and did not load it.`,
      `${odd.name} はファイルでは ${inWords(stands)}、${zone.servers[0]!.id} では ${inWords(served[0]!)} です。編集後に再読み込みされていません。`,
    );
  },
});

async function load(
  commands: CommandRunner,
  zone: Access,
  changes: readonly RecordChange[],
  signal?: AbortSignal,
): Promise<void> {
  if (await isServedWithin(0, zone, changes, signal)) return;
  const { path, reload } = zone.provider;
  for (let round = 0; round < rounds; round++) {
    // A server that loaded it in the moment between its writing and its place takes it for old.
    if (round > 0) await utimes(path, new Date(), new Date());
    const { ended, exitCode, stderr } = await commands.run(reload, { timeoutMs: commandMs, signal });
    signal?.throwIfAborted();
    if (exitCode !== 0) throw commandFailed(reload[0]!, exitCode === null ? ended : `ended with ${exitCode}`, stderr);
    if (await isServedWithin(roundMs, zone, changes, signal)) return;
  }
  const { id } = zone.servers[0]!;
  throw notLoaded(
    `${reload[0]!} was run and ${id} does not serve what stands in ${path}.`,
    `${reload[0]!} を実行しましたが、${id} は ${path} の内容を返しません。`,
  );
}

const notLoaded = (en: string, ja: string) => fail('zone-not-loaded', { en, ja });
const commandFailed = (program: string, how: string, said: string) =>
  notLoaded(`${program} ${how}: ${said.slice(0, 300)}`, `${program}: ${how}(${said.slice(0, 300)})。`);
