/** Which role each route needs; the one table, and the server refuses to start with a route that is not in it. */
import type { Role } from '../contracts/inventory.ts';
import type { Decision } from '../domain/recovery.ts';

/** `open` needs no token; `by decision` depends on what is decided. */
export type Access = Role | 'open' | 'by decision';

export const access: Readonly<Record<string, Access>> = {
  'GET /healthz': 'open',
  'GET /readyz': 'open',
  'GET /openapi.json': 'open',
  'GET /v1/scenarios': 'viewer',
  'GET /v1/targets': 'viewer',
  'GET /v1/targets/:id': 'viewer',
  'GET /v1/targets/:id/diagnosis': 'viewer',
  'GET /v1/targets/:id/may-promote': 'viewer',
  'GET /v1/targets/:id/audit-log': 'viewer',
  'GET /v1/targets/:id/backups': 'viewer',
  'POST /v1/targets/:id/backups': 'operator',
  'GET /v1/backups/:id': 'viewer',
  'POST /v1/backups/:id/verify': 'operator',
  'POST /v1/targets/:id/verify': 'operator',
  'GET /v1/verifications/:id': 'viewer',
  'POST /v1/backups/:id/hold': 'admin',
  'GET /v1/recoveries': 'viewer',
  'POST /v1/recoveries': 'operator',
  'GET /v1/recoveries/:id': 'viewer',
  'GET /v1/recoveries/:id/events': 'viewer',
  'GET /v1/recoveries/:id/report': 'viewer',
  'GET /v1/recoveries/:id/plans/:digest': 'viewer',
  'POST /v1/recoveries/:id/decisions': 'by decision',
  'POST /v1/recoveries/:id/cancel': 'operator',
  'POST /v1/drills': 'operator',
  'GET /v1/drills/:id': 'viewer',
  'POST /v1/reviews/:id/close': 'approver',
  'GET /v1/schedules': 'viewer',
  'PUT /v1/schedules/:id': 'admin',
  'POST /v1/schedules/:id/pause': 'admin',
  'POST /v1/schedules/:id/unpause': 'admin',
  'POST /v1/schedules/:id/trigger': 'admin',
  'POST /v1/people/:id/test-message': 'operator',
};

/** Groups and self-approval are judged inside the workflow, on the inventory of that moment; the role is judged here. */
export const roleToDecide = (decision: Decision): Role =>
  decision === 'approve' || decision === 'reject' ? 'approver' : 'operator';

/** Whether only the gate can tell if this role may decide so: an operator alone, an approver who overrides a safety check. */
export const isGatesToSay = (decision: Decision, { roles }: { readonly roles: ReadonlySet<Role> }): boolean =>
  (decision === 'approve' && roles.has('operator')) || (decision === 'skip' && roles.has('approver'));

export const accessOf = (method: string, url: string): Access | undefined =>
  url === '/docs' || url.startsWith('/docs/') ? 'open' : access[`${method} ${url}`];
