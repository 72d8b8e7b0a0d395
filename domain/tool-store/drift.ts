/** What normal use does to a tool file: every run rewrites it. Such a difference from a backup is not damage. */
import { canonicalJson } from '../digest.ts';
import type { ToolDefinition } from './tool-file.ts';

/**
 * Whether two versions of a tool differ only by use: `usageCount`, `lastUsedAt`, and `updatedAt` where a use explains it.
 * Equal contents written with other spaces count as well.
 */
export function changedOnlyByUse(one: ToolDefinition, other: ToolDefinition): boolean {
  const used = one.usageCount !== other.usageCount || one['lastUsedAt'] !== other['lastUsedAt'];
  const rest = (tool: ToolDefinition): string =>
    canonicalJson({ ...tool, usageCount: undefined, lastUsedAt: undefined, ...(used ? { updatedAt: undefined } : {}) });
  return rest(one) === rest(other);
}
