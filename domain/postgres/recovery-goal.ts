/** Where a restore of a cluster is to end, and what then. */

/** `immediate` = as the backup left it; `latest` = as far as the archived log goes. Times ISO. */
export type RecoveryGoal =
  | { readonly kind: 'time'; readonly at: string }
  | { readonly kind: 'lsn'; readonly lsn: string }
  | { readonly kind: 'xid'; readonly xid: string }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'latest' }
  | { readonly kind: 'immediate' };

/** `pause` leaves a server that answers questions and takes no writes, on the timeline of the backup. */
export type AfterRecovery = 'pause' | 'promote';

/** Whether it may go into the settings of a server as it is: nothing in it ends a quotation or a line. */
export function isWellFormed(goal: RecoveryGoal): boolean {
  switch (goal.kind) {
    case 'time':
      return !Number.isNaN(Date.parse(goal.at)) && /(Z|[+-]\d\d:?\d\d)$/.test(goal.at);
    case 'lsn':
      return /^[0-9A-Fa-f]{1,8}\/[0-9A-Fa-f]{1,8}$/.test(goal.lsn);
    case 'xid':
      return /^\d{1,20}$/.test(goal.xid);
    case 'name':
      return /^[^'\\\n\r\0]{1,63}$/.test(goal.name);
    case 'latest':
    case 'immediate':
      return true;
  }
}
