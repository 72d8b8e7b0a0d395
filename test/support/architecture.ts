/** The rules of the house as functions: sources in, sentences about what is wrong out, each with the reason. */
import { barrels, exceptions, outside, rooms } from './rooms.ts';
import type { Import, SourceFile } from './source-files.ts';

type Rule = (files: readonly SourceFile[]) => string[];

const isPackage = (from: string): boolean => !/\.(ts|mjs|json)$/.test(from);
const fits = (from: string, allowed: string): boolean =>
  allowed === '*'
    ? isPackage(from) && !from.startsWith('node:')
    : allowed.endsWith('/') || allowed.endsWith('*')
      ? from.startsWith(allowed.replace(/\*$/, ''))
      : from === allowed;

const inRooms = (files: readonly SourceFile[]): SourceFile[] => files.filter(({ room }) => !outside.includes(room));

/** Rooms import only what their row of the table names. */
export const roomRule: Rule = (files) =>
  inRooms(files).flatMap(({ path, room, imports }) => {
    const { value, types, reason } = rooms[room]!;
    const allowed = (one: Import): boolean =>
      [...value, ...(exceptions[path] ?? []), ...(one.typeOnly ? types : [])].some((entry) => fits(one.from, entry));
    return imports
      .filter((one) => !allowed(one))
      .map(({ from, typeOnly }) => `${path} imports ${from}${typeOnly ? ' (types)' : ''}: ${reason}`);
  });

/** `protobufjs`, `@temporalio/client` and the like: one place each. */
const places: readonly { readonly what: RegExp; readonly only: RegExp; readonly reason: string }[] = [
  {
    what: /^@temporalio\/client(\/|$)/,
    only: /^api\/temporal-(gateway|schedules)\.ts$/,
    reason: 'only the gateway knows the Temporal client, because deadlines and reconnecting are set there',
  },
  {
    what: /^@temporalio\/worker(\/|$)/,
    only: /^worker\//,
    reason: 'the worker SDK carries a native core of 150 MB; only worker/ loads it',
  },
];
export const placeRule: Rule = (files) =>
  inRooms(files).flatMap(({ path, imports }) =>
    places.flatMap(({ what, only, reason }) =>
      imports.filter(({ from }) => what.test(from) && !only.test(path)).map(({ from }) => `${path} imports ${from}: ${reason}`),
    ),
  );

const words: readonly { readonly what: RegExp; readonly only: RegExp; readonly reason: string }[] = [
  {
    what: /\bprocess\.env\b|^import \{[^}]*\benv\b[^}]*\} from/m,
    // The supervisor hands its own environment on to its children.
    only: /^(config\/|cli\/start\.ts$)/,
    reason: 'only config/ reads process.env, so that every setting is checked once and documented in one place',
  },
  {
    what: /\bproxy(Local)?Activities\b/,
    only: /^workflows\/kit\/activities\.ts$/,
    reason: 'only workflows/kit/activities.ts makes proxies, so that every activity runs under a named policy',
  },
  {
    what: /\bApplicationFailure\s*\.\s*(create|retryable|nonRetryable|fromError)\b|\bnew ApplicationFailure\b/,
    only: /^domain\/fail\.ts$/,
    reason: 'failures are made in domain/fail.ts alone, from the table that documents every code',
  },
  {
    what: /^export default\b/m,
    only: /^$/,
    reason: 'a default export has no name of its own: it is called differently everywhere and found nowhere',
  },
];
export const wordRule: Rule = (files) =>
  inRooms(files).flatMap(({ path, code }) =>
    words.filter(({ what, only }) => what.test(code) && !only.test(path)).map(({ reason }) => `${path}: ${reason}`),
  );

export const sizeRule: Rule = (files) =>
  inRooms(files)
    .filter(({ room, lines }) => lines > rooms[room]!.maxLines)
    .map(
      ({ path, room, lines }) =>
        `${path} has ${lines} lines, ${rooms[room]!.maxLines} at most: a longer file hides its idea; split it`,
    );

export const openingRule: Rule = (files) =>
  files
    .filter(({ text }) => !/^(#!.*\n)?\/\*\*\s(?:[^*]|\*(?!\/))*?[.:!?)]\s*(?:[^*]|\*(?!\/))*\*\/\n/.test(text))
    .map(({ path }) => `${path} does not open with a /** sentence. */: whoever opens a file must know at once what it is for`);

export const nameRule: Rule = (files) =>
  files.flatMap(({ path }) => {
    const faults: string[] = [];
    if (/(^|\/)(utils?|helpers?|common|misc)(\/|\.)/.test(path)) {
      faults.push(`${path}: a folder or file called utils collects what nobody thought about; name the idea`);
    }
    if (!/^[a-z0-9./-]+$/.test(path)) faults.push(`${path}: file names are kebab-case, so that they look the same everywhere`);
    if (/(^|\/)index\.ts$/.test(path) && !barrels.includes(path) && !path.startsWith('test/')) {
      faults.push(`${path}: no barrels but ${barrels.join(', ')}: they hide where things live and invite cycles`);
    }
    return faults;
  });

/** A file that only passes on what others export, under another name than index.ts. */
export const barrelRule: Rule = (files) =>
  inRooms(files)
    .filter(({ path, code }) => !barrels.includes(path) && /^export\s+(type\s+)?(\*|\{[^}]*\})\s+from\b/m.test(code))
    .map(({ path }) => `${path} passes on what another file exports: import it from where it lives`);

/** Type-only imports vanish at run time and may go round. */
export const cycleRule: Rule = (files) => {
  const next = new Map(
    files.map(({ path, imports }) => [path, imports.filter(({ typeOnly }) => !typeOnly).map(({ from }) => from)]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    const at = way.indexOf(path);
    if (at >= 0) {
      found.push(`${[...way.slice(at), path].join(' -> ')}: a cycle has no beginning to read from, and no order to load in`);
      return;
    }
    if (done.has(path) || !next.has(path)) return;
    for (const to of next.get(path)!) visit(to, [...way, path]);
    done.add(path);
  };
  for (const path of next.keys()) visit(path, []);
  return found;
};

/** Nobody imports a door, the tests, or the scripts. */
export const doorRule: Rule = (files) =>
  inRooms(files).flatMap(({ path, room, imports }) =>
    imports
      .filter(({ from }) => /^(test|bench|worker|api|cli)\//.test(from) && from.split('/')[0] !== room)
      .filter(({ from }) => !(exceptions[path] ?? []).includes(from))
      .map(({ from }) => `${path} imports ${from}: doors wire rooms together, and nothing behind a door may lean on one`),
  );
