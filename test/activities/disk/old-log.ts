/** A log with old and young lines, and what should become of it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { createDiskActivities } from '../../../activities/disk/create-disk-activities.ts';
import type { DiskActivities } from '../../../activities/disk/interface.ts';
import type { Ports } from '../../../activities/ports/index.ts';
import { linesOf } from '../../support/log-lines.ts';
import { logPath, makeWorld, recovery, target, type World } from '../tool-store/world.ts';

export interface OldLog {
  readonly world: World;
  readonly disk: DiskActivities;
  readonly old: string;
  readonly young: string;
  readonly log: string;
}

/** Sixty days of old lines with some damage among them, and a few young ones. */
export async function makeOldLog(
  options: Parameters<typeof makeWorld>[0] = {},
  old = `${linesOf(60, 200)}{"torn\n\n${linesOf(40, 200)}`,
  young = `null\n${linesOf(3, 50)}{"also torn\n${linesOf(1, 20)}`,
): Promise<OldLog> {
  const world = await makeWorld({ tools: 3, ...options });
  const log = world.live(logPath);
  writeFileSync(log, old + young);
  return { world, disk: createDiskActivities(world.ports), old, young, log };
}

export async function planned(ports: Ports) {
  const plan = await createDiskActivities(ports).planArchive({ target, recovery });
  return {
    plan,
    apply: (through: Ports = ports) =>
      createDiskActivities(through).applyArchive({ target, plan: plan.ref, digest: plan.digest }),
    undo: (through: Ports = ports) => createDiskActivities(through).undoArchive({ target, plan: plan.ref }),
  };
}

export const unpacked = (file: string): string => gunzipSync(readFileSync(file)).toString('utf8');
