/** Use is told from damage. */
import { expect, test } from 'vitest';
import { changedOnlyByUse } from '../../../domain/tool-store/drift.ts';
import type { ToolDefinition } from '../../../domain/tool-store/tool-file.ts';

const tool: ToolDefinition = {
  id: 'dt_1',
  name: 'a',
  code: 'c',
  description: 'd',
  usageCount: 3,
  lastUsedAt: 't1',
  updatedAt: 't1',
  tags: ['x', 'y'],
};

test.each([
  ['nothing', {}, true],
  ['the count', { usageCount: 4 }, true],
  ['count, last use and update', { usageCount: 9, lastUsedAt: 't2', updatedAt: 't2' }, true],
  ['the last use appeared', { lastUsedAt: undefined, usageCount: 0 }, true],
  ['the order of the fields', { code: 'c', name: 'a' }, true],
  ['the update alone', { updatedAt: 't2' }, false],
  ['the description', { description: 'other' }, false],
  ['the description and the count', { description: 'other', usageCount: 4 }, false],
  ['the tags', { tags: ['x'] }, false],
  ['a field that appeared', { extra: 1 }, false],
])('%s: %j', (_, change, onlyUse) => {
  expect(changedOnlyByUse({ ...tool, ...change }, tool)).toBe(onlyUse);
  expect(changedOnlyByUse(tool, { ...tool, ...change })).toBe(onlyUse);
});
