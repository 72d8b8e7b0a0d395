/** What the file system says of an entry, in the words of the file tree. */
import type { BigIntStats } from 'node:fs';
import type { FileFacts } from '../../activities/ports/file-tree.ts';

export const describeFile = (path: string, stats: BigIntStats, pointsTo?: string): FileFacts => ({
  path,
  kind: stats.isFile() ? 'file' : stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : 'other',
  bytes: Number(stats.size),
  mode: modeText(Number(stats.mode)),
  uid: Number(stats.uid),
  gid: Number(stats.gid),
  modifiedAt: new Date(Number(stats.mtimeMs)).toISOString(),
  version: `${stats.dev}:${stats.ino}:${stats.size}:${stats.mtimeNs}:${stats.ctimeNs}`,
  ...(pointsTo === undefined ? {} : { pointsTo }),
});

const modeText = (mode: number): string => `0${(mode & 0o7777).toString(8).padStart(3, '0')}`;
