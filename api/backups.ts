/** Backups: take one, list them, look at one, have it tested by a restore. */
import { randomBytes } from 'node:crypto';
import { backupDocument, takeBackupRequest } from '../contracts/backup.ts';
import { idParams, listOf, noBody, pageQuery, writeHeaders } from '../contracts/http/requests.ts';
import type { Backup } from '../domain/backup.ts';
import { backupId, backupTestWorkflowId, backupWorkflowId } from '../domain/identity.ts';
import type { BackupLists } from './backup-lists.ts';
import type { ApiWorld, App } from './context.ts';
import { backupDocumentOf } from './documents.ts';
import { findBackup } from './find-backup.ts';
import { leaseHolder } from './holders.ts';
import { answers } from './openapi.ts';
import { pageOf } from './pages.ts';
import { startOnce } from './start-once.ts';
import { backupActivityOf, targetById } from './targets.ts';

export function registerBackups(app: App, world: ApiWorld, lists: BackupLists): void {
  const tags = ['backups'];
  const { gateway } = world;

  app.get(
    '/v1/targets/:id/backups',
    {
      schema: {
        summary: 'The backups of a target, newest first',
        tags,
        params: idParams,
        querystring: pageQuery,
        response: answers({ 200: listOf(backupDocument) }),
      },
    },
    async (request) => {
      const all = await lists.of(targetById(world.inventory(), request.params.id));
      const page = pageOf(all, request.query, ({ startedAt, id }) => `${new Date(startedAt).toISOString()} ${id}`);
      return { ...page, items: page.items.map((backup) => backupDocumentOf(backup, request.locale)) };
    },
  );

  app.post(
    '/v1/targets/:id/backups',
    {
      schema: {
        summary: 'Take a backup',
        tags,
        params: idParams,
        body: takeBackupRequest.prefault({}),
        headers: writeHeaders,
        response: answers({ 202: backupDocument }),
      },
    },
    async (request, reply) => {
      const target = targetById(world.inventory(), request.params.id);
      const activity = backupActivityOf(world, target, 'take');
      const { kind, reason } = request.body;
      // With an Idempotency-Key the same id for every repeat, so that Temporal itself refuses a second one.
      const startedAt = request.claim?.since ?? new Date().toISOString();
      const suffix = request.claim?.key.slice(0, 6) ?? randomBytes(3).toString('hex');
      const id = backupId(new Date(startedAt), kind, suffix);
      const holder = await leaseHolder(gateway, target.id);
      const backup: Backup = {
        id,
        target: target.id,
        kind,
        source: 'okiagari',
        status: holder ? 'waiting' : 'running',
        startedAt,
        bytes: 0,
        files: 0,
        counts: {},
        repositories: [],
        held: false,
      };
      await startOnce(
        gateway,
        {
          type: 'backup',
          workflowId: backupWorkflowId(id),
          args: [
            { target: target.id, site: target.site, id, kind, startedAt, activity, ...(reason !== undefined && { reason }) },
          ],
          summary: `${kind} backup of ${target.id}${reason === undefined ? '' : `: ${reason}`}`,
          memo: { requestedBy: request.caller.id, backup },
          attributes: { target: target.id, status: 'running', site: target.site },
        },
        request.claim,
      );
      reply.code(202).header('location', `/v1/backups/${id}`);
      return backupDocumentOf(backup, request.locale);
    },
  );

  app.get(
    '/v1/backups/:id',
    { schema: { summary: 'One backup', tags, params: idParams, response: answers({ 200: backupDocument }) } },
    async (request) => backupDocumentOf(await findBackup(world, lists, request.params.id, request.locale), request.locale),
  );

  app.post(
    '/v1/backups/:id/verify',
    {
      schema: {
        summary: 'Restore it into scratch and check it: only this makes it verified',
        tags,
        params: idParams,
        body: noBody,
        headers: writeHeaders,
        response: answers({ 202: backupDocument }),
      },
    },
    async (request, reply) => {
      const backup = await findBackup(world, lists, request.params.id, request.locale);
      const target = targetById(world.inventory(), backup.target);
      const activity = backupActivityOf(world, target, 'test');
      // A test that runs already is as good as a new one.
      await startOnce(
        gateway,
        {
          type: 'backupTest',
          workflowId: backupTestWorkflowId(backup.id),
          args: [{ target: target.id, site: target.site, backup: backup.id, activity }],
          summary: `restore test of ${backup.id}`,
          memo: { requestedBy: request.caller.id },
          attributes: { target: target.id, status: 'running', site: target.site },
        },
        request.claim,
      );
      reply.code(202).header('location', `/v1/backups/${backup.id}`);
      return backupDocumentOf(backup, request.locale);
    },
  );
}
