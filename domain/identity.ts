/** How recoveries, dry runs, leases and backups are named; the only place where ids are made or taken apart. */

export const controlQueue = 'okiagari';
export const siteQueue = (site: string): string => `site-${site}`;

/** A recovery's workflow id is made from its target, so that Temporal itself refuses a second one. */
export const recoveryWorkflowId = (target: string): string => `recovery/${target}`;
export const dryRunWorkflowId = (target: string, n: string): string => `dry-run/${target}/${n}`;
/** A recovery run by another one: its root's workflow id with the path of the call. */
export const childWorkflowId = (root: string, path: string): string => `${root}/${path}`;
export const leaseWorkflowId = (target: string): string => `lease/${target}`;
export const backupWorkflowId = (backup: string): string => `backup/${backup}`;
export const backupTestWorkflowId = (backup: string): string => `backup-test/${backup}`;
export const verificationWorkflowId = (verification: string): string => `verification/${verification}`;

/** The public id: `<target>~<run id of its first run>`. URL-safe because target ids are. */
export const recoveryId = (target: string, firstRunId: string): string => `${target}~${firstRunId}`;

/** Takes a public id apart; undefined when it is not one. */
export function parseRecoveryId(id: string): { target: string; runId: string } | undefined {
  const match = /^([a-z0-9][a-z0-9-]{0,62})~([0-9a-f-]{36})$/.exec(id);
  return match ? { target: match[1]!, runId: match[2]! } : undefined;
}

/** `20261122T020000Z-full-1a2b3c`: sorts by time, says its kind, `suffix` is six random hex digits. */
export const backupId = (at: Date, kind: string, suffix: string): string =>
  `${at.toISOString().replace(/[-:]|\.\d+/g, '')}-${kind}-${suffix}`;
