/** Cheap signs of a breach in a look at a store: rights that no tool needs, and tools that are new and dangerous. */
import type { Diagnosis } from '../diagnosis.ts';
import { isToolPath } from '../tool-store/layout.ts';
import type { LiveFile } from '../tool-store/restore-plan.ts';
import { naming } from '../tool-store/tool-limit.ts';
import { dangersIn, hasSpecialBits, nameOfFile } from './examine-tool.ts';

/** `verified` are the paths of the newest verified backup; without one nothing is called new. */
export function breachSigns(
  live: readonly LiveFile[],
  verified: readonly string[] | undefined,
): Pick<Diagnosis, 'symptoms' | 'suggests'> {
  const known = new Set(verified);
  const tools = live.filter(({ path }) => isToolPath(path));
  const rights = tools.filter(({ state }) => state.kind === 'file' && hasSpecialBits(state.mode));
  const isNew = ({ path }: LiveFile): boolean => verified !== undefined && !known.has(path);
  const dangerous = tools.filter((file) => isNew(file) && file.judged !== undefined && dangersIn(file.judged).length > 0);
  const symptoms = [
    ...sign('special-modes', rights, 'Modes that give rights no tool needs', '不要な権限を与えるモード'),
    ...sign(
      'new-dangerous-tools',
      dangerous,
      'Not in the newest verified backup, and dangerous',
      '最新の検証済みバックアップになく、危険なコードを含む',
    ),
  ];
  const why = {
    en: `${symptoms.map(({ sentence }) => sentence.en).join(' ')} Try it as a dry run first.`,
    ja: `${symptoms.map(({ sentence }) => sentence.ja).join('')}まず予行で確かめてください。`,
  };
  return { symptoms, suggests: symptoms.length === 0 ? [] : [{ scenario: 'security-breach', input: {}, why }] };
}

function sign(id: string, files: readonly LiveFile[], en: string, ja: string): Diagnosis['symptoms'][number][] {
  if (files.length === 0) return [];
  const words = naming(
    files.map((file) => nameOfFile(file)),
    5,
  );
  return [{ id, sentence: { en: `${en}: ${words.en}.`, ja: `${ja}: ${words.ja}。` }, evidence: { count: files.length } }];
}
