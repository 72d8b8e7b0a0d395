/** An administrator's word that a backup stays against retention, or may go its way again. */
import { backupDocument, holdRequest } from '../contracts/backup.ts';
import { idParams, writeHeaders } from '../contracts/http/requests.ts';
import type { Backup } from '../domain/backup.ts';
import { fail } from '../domain/fail.ts';
import { askTarget } from './ask.ts';
import type { BackupLists } from './backup-lists.ts';
import type { ApiWorld, App } from './context.ts';
import { backupDocumentOf } from './documents.ts';
import { findBackup } from './find-backup.ts';
import { answers } from './openapi.ts';
import { backupActivityOf, targetById } from './targets.ts';

const answerMs = 10_000;

export function registerHolds(app: App, world: ApiWorld, lists: BackupLists): void {
  app.post(
    '/v1/backups/:id/hold',
    {
      schema: {
        summary: 'Keep a backup against retention, or let it go its way again',
        tags: ['backups'],
        params: idParams,
        body: holdRequest,
        headers: writeHeaders,
        response: answers({ 200: backupDocument }),
      },
    },
    async (request) => {
      const { id, target: targetId, status } = await findBackup(world, lists, request.params.id, request.locale);
      // What is being taken has nothing yet that could be held, and is kept by its age.
      if (status === 'waiting' || status === 'running') {
        throw fail('held', { en: `${id} is still being taken.`, ja: `${id} はまだ取得中です。` });
      }
      const target = targetById(world.inventory(), targetId);
      const { held, reason } = request.body;
      const word = { backup: id, held, reason, by: request.caller.id, at: request.claim?.since ?? new Date().toISOString() };
      const activity = backupActivityOf(world, target, 'hold');
      const backup = (await askTarget(world.gateway, target, activity, answerMs, word)) as Backup;
      request.log.info({ target: target.id, backup: id, held, by: word.by, reason }, 'hold');
      return backupDocumentOf(backup, request.locale);
    },
  );
}
