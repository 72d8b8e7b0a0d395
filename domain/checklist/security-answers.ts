/** Answers on rights and on secrets that lie where they should not. */
import type { Text } from '../text.ts';
import { naming } from '../tool-store/tool-limit.ts';
import { judged, type Answer } from './words.ts';

/** One entry of the store with its rights; links are told, not followed. */
export interface Rights {
  readonly path: string;
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Octal text. */
  readonly mode: string;
  readonly uid: number;
  readonly gid: number;
}

interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** `ownerOf` says whose an entry should be. Where this process may not give files away, a wrong owner is told and is no failure. */
export function answerRights(
  entries: readonly Rights[],
  ownerOf: (path: string) => Owner | undefined,
  mayGiveAway: boolean,
): Answer {
  const wrong = entries.flatMap((entry) => faultsOf(entry).map((fault) => `${entry.path} (${fault})`));
  const strange = entries.filter(({ path, uid, gid }) => {
    const owner = ownerOf(path);
    return owner !== undefined && (owner.uid !== uid || owner.gid !== gid);
  });
  const owners = strange.map(({ path, uid, gid }) => `${path} (owner ${uid}:${gid})`);
  const faults = mayGiveAway ? [...wrong, ...owners] : wrong;
  const named = naming(faults, 5);
  const note = naming(owners, 3);
  return judged(
    'permissions',
    faults.length === 0,
    faults.length > 0
      ? { en: `Not proper: ${named.en}.`, ja: `不適切な権限: ${named.ja}。` }
      : owners.length > 0
        ? {
            en: `Modes are proper; owners differ, which this process may not set: ${note.en}.`,
            ja: `モードは適切です。所有者の違い(設定権限なし): ${note.ja}。`,
          }
        : { en: `${entries.length} entries looked at.`, ja: `${entries.length} 件を確認しました。` },
    { measured: faults.length, expected: 0 },
  );
}

function faultsOf({ kind, mode }: Rights): string[] {
  if (kind === 'link') return ['link'];
  if (kind === 'other') return ['no regular file'];
  const bits = Number.parseInt(mode, 8);
  return [
    ...(bits & 0o002 ? [`mode ${mode}`] : []),
    // On a folder the group bit only says whose new files are.
    ...(bits & 0o4000 || (kind === 'file' && bits & 0o2000) ? [`mode ${mode}`] : []),
  ].slice(0, 1);
}

export interface Leak {
  readonly path: string;
  readonly line: number;
  readonly kinds: readonly string[];
}

/** `seen` says how much was looked at. */
export function answerLeaks(leaks: readonly Leak[], seen: Text): Answer {
  const named = naming(
    leaks.map(({ path, line, kinds }) => `${path}:${line} (${kinds.join(', ')})`),
    5,
  );
  return judged(
    'no-leak',
    leaks.length === 0,
    leaks.length === 0
      ? { en: `Nothing looks like a secret. ${seen.en}`, ja: `機密情報らしいものはありません。${seen.ja}` }
      : { en: `Looks like a secret: ${named.en}. ${seen.en}`, ja: `機密情報らしいもの: ${named.ja}。${seen.ja}` },
    { measured: leaks.length, expected: 0 },
  );
}
