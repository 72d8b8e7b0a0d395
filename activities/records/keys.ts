/** Where each kind of record lives in the record store; the only place that spells these keys. */
import type { Delivery } from '../../domain/notification.ts';

/** What is being changed on a target and not yet verified; there while the change is open. */
export const openChangeKey = (target: string): string => `changes/${target}.json`;
/** A whole plan, as people were shown it. */
export const planKey = (recovery: string, digest: string): string => `plans/${recovery}/${digest}.json`;
/** The whole of what an examination found. */
export const findingsKey = (recovery: string, digest: string): string => `findings/${recovery}/${digest}.json`;
export const recoveryStartKey = (recovery: string): string => `recoveries/${recovery}/start.json`;
/** When a scenario ended last on a target, for its cool-down. */
export const lastEndKey = (target: string, scenario: string): string => `targets/${target}/last/${scenario}.json`;
export const reviewsPrefix = (target: string): string => `reviews/${target}/`;
export const reviewKey = (target: string, review: string): string => `${reviewsPrefix(target)}${review}/opened.json`;
export const reviewClosedKey = (target: string, review: string): string => `${reviewsPrefix(target)}${review}/closed.json`;
/** A signed start, so that a copy of it proves nothing. */
export const startProofKey = (digest: string): string => `starts/${digest}.json`;
/** Which backup a full system recovery goes by, from its second phase on. */
export const systemBackupKey = (recovery: string): string => `recoveries/${recovery}/backup.json`;
/** Final state and whole ledger. */
export const recoveryEndKey = (recovery: string): string => `recoveries/${recovery}/end.json`;
/** A filled checklist, by the recovery or the verification that it belongs to. */
export const checklistKey = (id: string): string => `checklists/${id}.json`;
/** There once a channel took an event. */
export const toldKey = (recovery: string, event: string, { channel, to }: Delivery): string =>
  `told/${recovery}/${encodeURIComponent(event)}/${channel}~${to}.json`;
/** How the last message through a channel went. */
export const channelKey = ({ channel, to }: Delivery): string => `channels/${channel}~${to}.json`;
/** What reads a backup now; there only while it does. */
export const backupUsesPrefix = (target: string): string => `in-use/${target}/`;
export const backupUseKey = (target: string, backup: string, use: string): string =>
  `${backupUsesPrefix(target)}${backup}/${use}.json`;
/** What retention removed, written before it went. */
export const prunedKey = (target: string, backup: string): string => `trail/pruned/${target}/${backup}.json`;
/** Each word of a person on keeping a backup. */
export const holdTrailKey = (target: string, backup: string, at: string): string =>
  `trail/holds/${target}/${backup}/${encodeURIComponent(at)}.json`;
/** What the files of a target were at its newest backup, so that the next one need not read them. */
export const seenFilesKey = (target: string): string => `seen/${target}.json`;
/** What was known when a standby was promoted, one for each recovery that promotes. */
export const takeOversPrefix = (target: string): string => `take-overs/${target}/`;
export const takeOverKey = (target: string, recovery: string): string => `${takeOversPrefix(target)}${recovery}.json`;
/** How far a restore into servers has come, so that a second attempt replaces nothing that came since. */
export const restoreStageKey = (target: string, recovery: string, backup: string): string =>
  `restores/${target}/${recovery}/${backup}.json`;
/** What an administrator changed of a schedule. */
export const scheduleOverrideKey = (schedule: string): string => `${schedule}/override.json`;
