/** Toys as crash cases: what was done to each is its diary, line by line. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { CrashCase, Place, Wreck } from '../case.ts';
import { ToyDiary } from '../toy-diary.ts';

interface ToyCase {
  readonly scenario: string;
  /** Made from the target's name. */
  readonly input: (target: string) => unknown;
  /** What may be in the diary of the target, and of those whose name begins with its own, by the rest of the name. */
  readonly diaries: Readonly<Record<string, readonly string[]>>;
  readonly cancelAt?: string;
}

/** More than a sweep can use up. */
const targets = 60;
const people = `version: 1
locale: en
people:
  - { id: hana, name: Hana, roles: [operator], token: { env: TOKEN_HANA } }
  - { id: ren, name: Ren, roles: [approver], token: { env: TOKEN_REN } }
  - { id: mio, name: Mio, roles: [approver], token: { env: TOKEN_MIO } }
targets:
`;

export const toyCase = ({ scenario, input, diaries, cancelAt }: ToyCase): CrashCase<Toys> => ({
  ...{ scenario, thorough: true, cancelAt },
  place: toysPlace(Object.keys(diaries)),
  async wreck({ names, diary }): Promise<Wreck> {
    const target = names.shift()!;
    for (const rest of Object.keys(diaries)) diary.write(target + rest, 1);
    return {
      target,
      input: input(target),
      faults: () =>
        Object.entries(diaries).flatMap(([rest, wanted]) => {
          const found = diary.of(target + rest);
          return isDeepStrictEqual(found, ['set 1', ...wanted]) ? [] : [`${target}${rest}: ${found.join(', ')}`];
        }),
    };
  },
});

interface Toys {
  /** Of targets that nobody had yet. */
  readonly names: string[];
  readonly diary: ToyDiary;
}

/** Each target has others whose names go on in these ways. */
const toysPlace = (rests: readonly string[]): Place<Toys> => ({
  world: new URL('../worlds/toys.ts', import.meta.url),
  lanes: [],
  async open(_server, runWorker) {
    const folder = mkdtempSync(join(tmpdir(), 'okiagari-crash-'));
    const [inventoryFile, data] = [join(folder, 'okiagari.yaml'), join(folder, 'data')];
    const names = Array.from({ length: targets }, (_name, n) => `toy-${n + 1}`);
    const entries = names.flatMap((name) => rests.map((rest) => entryOf(name + rest)));
    writeFileSync(inventoryFile, people + entries.join(''));
    const diary = new ToyDiary(folder);
    const worker = await runWorker({ inventoryFile, data });
    return {
      stack: { names, diary },
      env: { OKIAGARI_INVENTORY: inventoryFile, OKIAGARI_DATA: data },
      async stop() {
        await worker.stop();
        rmSync(folder, { recursive: true, force: true });
      },
    };
  },
});

const entryOf = (id: string): string => `  - { id: ${id}, kind: toy, approvals: { set: { need: 2 } } }\n`;
