/** Every source file of the project with what it imports, as the architecture tests see it. */
import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { outside, rooms } from './rooms.ts';

export interface Import {
  /** A path from the project's folder, or a package. */
  readonly from: string;
  readonly names: string;
  readonly typeOnly: boolean;
}

export interface SourceFile {
  readonly path: string;
  readonly room: string;
  readonly text: string;
  /** Without comments and with emptied strings, for looking at code alone. */
  readonly code: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

const project = fileURLToPath(new URL('../..', import.meta.url));

/** All `.ts` and `.mjs` files of our rooms, and of `test/`, `bench/`, `scripts/`. */
export function readSources(): readonly SourceFile[] {
  return [...Object.keys(rooms), ...outside].flatMap((room) => {
    const names = readdirSync(join(project, room), { recursive: true, encoding: 'utf8' });
    return names
      .filter((name) => /\.(ts|mjs)$/.test(name))
      .map((name) => parseSource(posix.join(room, name), readFileSync(join(project, room, name), 'utf8')));
  });
}

/** Works on text that prettier has formatted, where a statement begins a line. */
export function parseSource(path: string, text: string): SourceFile {
  return {
    path,
    room: path.split('/')[0]!,
    text,
    code: codeOf(text),
    lines: text.trimEnd().split('\n').length,
    imports: importsOf(path, text),
  };
}

const statement = /^(import|export)\s+(type\s+)?(?:([^;'"]*?)\s+from\s+)?['"]([^'"]+)['"];?/gm;
const dynamic = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(path: string, text: string): Import[] {
  const bare = withoutComments(text);
  const still = [...bare.matchAll(statement)].map(([, , type, names = '', from]) => ({
    from: resolveFrom(path, from!),
    names,
    typeOnly: type !== undefined || isAllTypes(names),
  }));
  // `import('x').Type` in a type position cannot be told from a call here: it counts as a value.
  const late = [...bare.matchAll(dynamic)].map(([, from]) => ({ from: resolveFrom(path, from!), names: '', typeOnly: false }));
  return [...still, ...late];
}

/** `import { type A, type B } from …` */
function isAllTypes(names: string): boolean {
  const inner = /^\{([^}]*)\}$/.exec(names.trim())?.[1];
  if (inner === undefined) return false;
  const parts = inner.split(',').map((part) => part.trim());
  return parts.filter(Boolean).every((part) => part.startsWith('type '));
}

const resolveFrom = (path: string, from: string): string => (from.startsWith('.') ? posix.join(dirname(path), from) : from);

const withoutComments = (text: string): string => text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');

const codeOf = (text: string): string =>
  withoutComments(text)
    .replaceAll(/'(?:\\.|[^'\\\n])*'/g, "''")
    .replaceAll(/\s\/\/ .*$/gm, '');
