/** When a restore that overwrites nothing still needs people: too many tools, or two of one name. */
import type { Text } from '../text.ts';
import { toolLimit } from './layout.ts';
import { duplicateNames, type ToolDefinition } from './tool-file.ts';

/** `after` are all tools of the store once restored, `foreign` those that the backup does not know. */
export function whyPeople(after: readonly ToolDefinition[], foreign: readonly ToolDefinition[]): Text | undefined {
  const reasons: Text[] = [];
  if (after.length > toolLimit) {
    const named = naming(foreign.map(({ id, name }) => `${name} (${id})`));
    reasons.push({
      en: `${after.length} tools would be there and the agent takes ${toolLimit}. Added since the backup: ${named.en}.`,
      ja: `復元後のツールは ${after.length} 件となり、エージェントの上限 ${toolLimit} 件を超えます。バックアップ後に追加: ${named.ja}。`,
    });
  }
  const foreignNames = new Set(foreign.map(({ name }) => name));
  const clashes = [...duplicateNames(after)].filter(([name]) => foreignNames.has(name));
  if (clashes.length > 0) {
    const named = naming(clashes.map(([name, ids]) => `${name} (${ids.join(', ')})`));
    reasons.push({
      en: `Names that two tools would bear: ${named.en}.`,
      ja: `同じ名前のツールが複数になります: ${named.ja}。`,
    });
  }
  if (reasons.length === 0) return undefined;
  return { en: reasons.map(({ en }) => en).join(' '), ja: reasons.map(({ ja }) => ja).join('') };
}

/** The first twenty, so that a sentence stays one. */
export function naming(names: readonly string[], most = 20): Text {
  const first = names.slice(0, most);
  const more = names.length - first.length;
  if (names.length === 0) return { en: 'none', ja: 'なし' };
  return {
    en: first.join(', ') + (more > 0 ? ` and ${more} more` : ''),
    ja: first.join('、') + (more > 0 ? ` ほか ${more} 件` : ''),
  };
}
