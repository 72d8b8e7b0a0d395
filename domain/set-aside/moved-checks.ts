/** The questions after tools were moved: is each where it ought to be, byte for byte, gone from where it was, and nothing else touched? */
import type { Check } from '../verification.ts';
import type { Text } from '../text.ts';
import { isToolPath } from '../tool-store/layout.ts';
import type { LiveFile } from '../tool-store/restore-plan.ts';
import { naming } from '../tool-store/tool-limit.ts';
import type { MovePlan } from './move-plan.ts';
import { isMovable, isSameContent, markOf } from './set-aside-world.ts';

/** `live` is everything below the tools folder, the side folders judged as well. */
export function checkMoved(plan: MovePlan, live: readonly LiveFile[], leftovers: readonly string[]): Check[] {
  const now = new Map(live.map((file) => [file.path, file]));
  const { moves, others } = plan;
  const misplaced = moves.filter(({ to, mark }) => {
    const file = now.get(to);
    if (file === undefined) return true;
    // A tool may have been used between the plan and the move, and since it is back.
    return markOf(file) !== mark;
  });
  const used = moves.filter(({ to, state }) => now.has(to) && !isSameContent(now.get(to)!.state, state)).length;
  const back = moves.filter(({ from }) => now.has(from));
  const touched = others.filter(({ path, mark }) => !now.has(path) || markOf(now.get(path)!) !== mark);
  const expected = new Set([...others.map(({ path }) => path), ...moves.map(({ to }) => to)]);
  const added = live.filter(({ path, state }) => isToolPath(path) && isMovable(state) && !expected.has(path));
  return [
    check(
      'moved-files',
      misplaced.map(({ to }) => to),
      {
        good: {
          en: `${moves.length} file(s) are where they ought to be, ${used === 0 ? 'byte for byte' : `${used} used since they were looked at`}.`,
          ja: `${moves.length} ファイルが所定の場所に${used === 0 ? '元の内容のまま' : `(${used} 件は使用による変化のみで)`}あります。`,
        },
        bad: ({ en, ja }) => ({ en: `Missing or altered: ${en}.`, ja: `欠落または変更: ${ja}。` }),
      },
    ),
    check(
      'old-places',
      back.map(({ from }) => from),
      {
        good: { en: 'Nothing is left in the old places.', ja: '元の場所には残っていません。' },
        bad: ({ en, ja }) => ({ en: `Still, or again, in the old place: ${en}.`, ja: `元の場所に残っています: ${ja}。` }),
      },
    ),
    check(
      'other-tools',
      touched.map(({ path }) => path),
      {
        good: {
          en: `The other ${others.length} tools are untouched${added.length > 0 ? `; ${added.length} came meanwhile` : ''}.`,
          ja: `他のツール ${others.length} 件は変わっていません${added.length > 0 ? `(この間に ${added.length} 件追加)` : ''}。`,
        },
        bad: ({ en, ja }) => ({ en: `Other tools changed meanwhile: ${en}.`, ja: `他のツールが変化しました: ${ja}。` }),
      },
    ),
    check('leftovers', leftovers, {
      good: { en: 'No unfinished file is left.', ja: '未完了のファイルはありません。' },
      bad: ({ en, ja }) => ({ en: `Unfinished files are left: ${en}.`, ja: `未完了のファイルがあります: ${ja}。` }),
    }),
  ];
}

function check(
  id: string,
  wrong: readonly string[],
  { good, bad }: { readonly good: Text; readonly bad: (named: Text) => Text },
): Check {
  return {
    id,
    ok: wrong.length === 0,
    sentence: wrong.length === 0 ? good : bad(naming(wrong, 5)),
    evidence: { wrong: wrong.length },
  };
}
