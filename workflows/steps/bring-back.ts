/** A node of a database on its way back: it must get there, or may be left where others wait for the rest. */
import type { Text } from '../../domain/text.ts';
import type { Said } from '../kit/attempt.ts';
import { tellFailure } from '../kit/ending.ts';

/** Answers false where it could not be brought back and may be left: it stays as it is, fenced where it was. */
export async function broughtBackOrLeft(
  node: string,
  mayLeave: boolean,
  work: () => Promise<Said<boolean>>,
): Promise<Said<boolean>> {
  try {
    return await work();
  } catch (error) {
    const { code, sentence } = tellFailure(error);
    if (!mayLeave || code === 'internal') throw error;
    return { value: false, sentence: left(node, sentence), evidence: { code } };
  }
}

const left = (node: string, { en, ja }: Text): Text => ({
  en: `${node} is left as it is: ${en} Once its machine is well, the same scenario brings it back.`,
  ja: `${node} はそのまま残します: ${ja} マシンの復旧後、同じシナリオで復帰できます。`,
});
