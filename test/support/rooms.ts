/** The rooms of the house: who may import whom, by value or for its types only, and how long a file may be (docs/design.md). */

export interface Room {
  /** Rooms and packages that may be imported by value; a trailing `/` or `*` takes everything below. */
  readonly value: readonly string[];
  /** Further ones, for their types only. */
  readonly types: readonly string[];
  readonly maxLines: number;
  readonly reason: string;
}

/** Named in `value` for everything that Node itself brings. */
export const node = 'node:*';

export const rooms: Readonly<Record<string, Room>> = {
  domain: {
    value: ['domain/', '@noble/hashes/*'],
    types: [],
    maxLines: 200,
    reason: 'domain/ holds pure decisions: no I/O, no clock, no schema library, so that every case fits a table in a test',
  },
  contracts: {
    value: ['zod', 'domain/', 'contracts/'],
    types: [],
    maxLines: 200,
    reason: 'contracts/ are the words that cross doors; whatever they import, every door and the sandbox would carry',
  },
  workflows: {
    value: ['@temporalio/workflow', '@temporalio/common', 'zod', 'domain/', 'workflows/', 'contracts/inputs/'],
    types: ['contracts/', 'activities/'],
    maxLines: 200,
    reason: 'workflows/ run in a sandbox and are replayed: effects belong into activities/, named here by type only',
  },
  activities: {
    value: ['activities/', 'domain/', 'contracts/', '@temporalio/activity', '@temporalio/common', 'node:crypto', 'node:path'],
    types: [],
    maxLines: 250,
    reason: 'activities/ reach the world only through activities/ports/, so that they run on fakes and on any technology',
  },
  adapters: {
    value: [node, '*', 'adapters/', 'domain/', 'contracts/'],
    types: ['activities/ports/'],
    maxLines: 300,
    reason: 'adapters/ make ports real; they know no workflow, no activity and no door',
  },
  config: {
    value: [node, 'zod', 'yaml', 'contracts/', 'config/'],
    types: [],
    maxLines: 200,
    reason: 'config/ loads and checks, and knows nothing of what is done with it',
  },
  worker: {
    value: [node, '*', 'worker/', 'activities/', 'adapters/', 'config/', 'contracts/', 'domain/'],
    types: ['workflows/'],
    maxLines: 200,
    reason: 'worker/ is a door: it only wires rooms together, and no other door',
  },
  api: {
    value: [node, '*', 'api/', 'activities/ports/', 'activities/records/', 'adapters/', 'config/', 'contracts/', 'domain/'],
    types: ['workflows/', 'activities/'],
    maxLines: 200,
    reason: 'api/ is a door: it speaks to Temporal through its gateway, never to activities or workflows by value',
  },
  cli: {
    value: [node, '*', 'cli/', 'adapters/', 'config/', 'contracts/', 'domain/', 'scripts/temporal-cli.mjs'],
    types: ['workflows/'],
    maxLines: 200,
    reason: 'cli/ is a door: a client of the HTTP API, and the supervisor of the processes beside it',
  },
};

/** What single files may do beyond their room. */
export const exceptions: Readonly<Record<string, readonly string[]>> = {
  // Defines the messages that workflows and doors share.
  'domain/messages.ts': ['@temporalio/workflow'],
  'domain/fail.ts': ['@temporalio/common'],
  'domain/search-attributes.ts': ['@temporalio/common'],
  // Parsers are pure: text in, tree out. What the tree means is decided here.
  'domain/danger/parse-javascript.ts': ['acorn'],
  'domain/danger/scan-shell.ts': ['unbash'],
  // `okiagari worker` and `okiagari api` become that process.
  'cli/processes.ts': ['worker/main.ts', 'api/main.ts'],
};

/** Files whose whole purpose is to export what others wrote. */
export const barrels = ['workflows/index.ts', 'activities/index.ts', 'activities/ports/index.ts'];

/** Rooms outside the house: they may look into every other one, and nobody looks into them. */
export const outside = ['test', 'bench', 'scripts'];
