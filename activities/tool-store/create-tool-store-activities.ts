/** The effects of a tool store, made of ports; each stays alive in Temporal's eyes while it works. */
import type { Ports } from '../ports/index.ts';
import { isAgentRunning, startAgent, stopAgent } from './agent.ts';
import { alive } from '../alive.ts';
import { listBackupsOf, testBackupOf } from '../backup-keeping/backups-of.ts';
import { applyRestore } from './apply-restore.ts';
import { chooseBackup } from './choose-backup.ts';
import { diagnose } from './diagnose.ts';
import type { ToolStoreActivities } from './interface.ts';
import { toolStoreBackups } from './open-backups.ts';
import { planRestore } from './plan-restore.ts';
import { protectStore } from './protect.ts';
import { runCriticalTools } from './sample-runs.ts';
import { takeBackup } from './take-backup.ts';
import { testSet } from './test-backup.ts';
import { undoRestore } from './undo-restore.ts';
import { verifyRestored } from './verify-restored.ts';

export function createToolStoreActivities(ports: Ports): ToolStoreActivities {
  return {
    diagnoseToolStore: (input) => alive((signal) => diagnose(ports, input, signal)),
    isAgentRunning: (input) => alive((signal) => isAgentRunning(ports, input, signal)),
    stopAgent: (input) => alive((signal) => stopAgent(ports, input, signal)),
    startAgent: (input) => alive((signal) => startAgent(ports, input, signal)),
    protectToolStore: (input) => alive((signal) => protectStore(ports, input, signal)),
    chooseBackup: (input) => alive((signal) => chooseBackup(ports, input, signal)),
    planRestore: (input) => alive((signal) => planRestore(ports, input, signal)),
    applyRestore: (input) => alive((signal) => applyRestore(ports, input, signal)),
    undoRestore: (input) => alive((signal) => undoRestore(ports, input, signal)),
    verifyRestoredTools: (input) => alive((signal) => verifyRestored(ports, input, signal)),
    runCriticalTools: (input) => alive((signal) => runCriticalTools(ports, input, signal)),
    listToolStoreBackups: (input) => alive((signal) => listBackupsOf(ports, toolStoreBackups, input, signal)),
    takeToolStoreBackup: (input) => alive((signal) => takeBackup(ports, input, signal)),
    testToolStoreBackup: (input) =>
      alive((signal) =>
        testBackupOf(ports, toolStoreBackups, input, async ({ id }, set) => (await testSet(ports, id, set, signal)).set, signal),
      ),
  };
}
