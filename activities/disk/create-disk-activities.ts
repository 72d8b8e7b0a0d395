/** Room on the disk of a tool store, made of ports; each stays alive in Temporal's eyes while it works. */
import { alive } from '../alive.ts';
import type { Ports } from '../ports/index.ts';
import { applyArchive, undoArchive } from './apply-archive.ts';
import type { DiskActivities } from './interface.ts';
import { listLeastUsed } from './least-used.ts';
import { lookAtDisk } from './look-at-disk.ts';
import { planArchive } from './plan-archive.ts';
import { removeOwnLeftovers } from './remove-leftovers.ts';
import { verifyDisk } from './verify-disk.ts';

export const createDiskActivities = (ports: Ports): DiskActivities => ({
  lookAtDisk: (input) => alive((signal) => lookAtDisk(ports, input, signal)),
  listLeastUsedTools: (input) => alive((signal) => listLeastUsed(ports, input, signal)),
  removeOwnLeftovers: (input) => alive(() => removeOwnLeftovers(ports, input)),
  planArchive: (input) => alive((signal) => planArchive(ports, input, signal)),
  applyArchive: (input) => alive((signal) => applyArchive(ports, input, signal)),
  undoArchive: (input) => alive((signal) => undoArchive(ports, input, signal)),
  verifyDisk: (input) => alive((signal) => verifyDisk(ports, input, signal)),
});
