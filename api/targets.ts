/** What is protected: each target with who holds it, its newest backups and what is wrong with them, and its diagnosis. */
import { openReviews } from '../activities/records/reviews.ts';
import { idParams, listOf, pageQuery } from '../contracts/http/requests.ts';
import { diagnosisDocument, targetDocument, type TargetDocument } from '../contracts/http/target.ts';
import type { Inventory, TargetEntry } from '../contracts/inventory.ts';
import { backupsOf } from '../contracts/kinds.ts';
import { isVerified, isWhole, newestOf } from '../domain/backup-readiness.ts';
import type { Diagnosis } from '../domain/diagnosis.ts';
import { fail } from '../domain/fail.ts';
import { isOverdue, overdueReview } from '../domain/review.ts';
import type { Locale, Text } from '../domain/text.ts';
import { askTarget } from './ask.ts';
import { backupFindingsOf } from './backup-findings.ts';
import type { BackupLists } from './backup-lists.ts';
import { channelsOf } from './channel-findings.ts';
import type { ApiWorld, App } from './context.ts';
import { backupDocumentOf } from './documents.ts';
import { holderOf } from './holders.ts';
import { reviewDocumentOf } from './reviews.ts';
import { say } from './language.ts';
import { answers } from './openapi.ts';
import { pageInOrder } from './pages.ts';
import { notFound } from './problem.ts';

const diagnosisMs = 5_000;

export function registerTargets(app: App, world: ApiWorld, lists: BackupLists): void {
  const tags = ['targets'];

  app.get(
    '/v1/targets',
    {
      schema: {
        summary: 'What is protected',
        tags,
        querystring: pageQuery,
        response: answers({ 200: listOf(targetDocument) }),
      },
    },
    async (request) => {
      const { items, ...rest } = pageInOrder(world.inventory().targets, request.query);
      const channels = await channelsOf(world);
      const documents = items.map((target) => documentOf(world, lists, target, channels(target), request.locale));
      return { items: await Promise.all(documents), ...rest };
    },
  );

  app.get(
    '/v1/targets/:id',
    { schema: { summary: 'One target', tags, params: idParams, response: answers({ 200: targetDocument }) } },
    // Asked anew: whoever looks at one target may have just taken the backup that is to show here.
    async (request) => {
      const target = targetById(world.inventory(), request.params.id);
      return documentOf(world, lists, target, (await channelsOf(world))(target), request.locale, 0);
    },
  );

  app.get(
    '/v1/targets/:id/diagnosis',
    {
      schema: {
        summary: 'A read-only look at the symptoms, and which scenario they suggest',
        tags,
        params: idParams,
        response: answers({ 200: diagnosisDocument }),
      },
    },
    async (request) => {
      const target = targetById(world.inventory(), request.params.id);
      const activity = world.kinds[target.kind]?.diagnose;
      if (activity === undefined) {
        throw notFound({
          en: `A ${target.kind} has no diagnosis.`,
          ja: `${target.kind} の診断はありません。`,
        });
      }
      const found = (await askTarget(world.gateway, target, activity, diagnosisMs)) as Diagnosis;
      return diagnosisOf(found, `${request.protocol}://${request.host}`, request.locale);
    },
  );
}

/** The target of a path. */
export function targetById({ targets }: Inventory, id: string): TargetEntry {
  const target = targets.find((one) => one.id === id);
  if (target) return target;
  throw notFound({ en: `There is no target ${id}.`, ja: `対象 ${id} はありません。` });
}

async function documentOf(
  world: ApiWorld,
  lists: BackupLists,
  target: TargetEntry,
  channels: readonly Text[],
  locale: Locale,
  maxAgeMs?: number,
): Promise<TargetDocument> {
  const [holder, backups, reviews] = await Promise.all([
    holderOf(world.gateway, target.id),
    backupsOf(world.kinds, target) ? lists.recent(target, maxAgeMs) : [],
    openReviews(world.records, target.id),
  ]);
  const overdue = reviews.filter((review) => isOverdue(review, Date.now())).map(overdueReview);
  const [lastBackup, lastVerified] = [newestOf(backups, isWhole), newestOf(backups, isVerified)];
  const found = await backupFindingsOf(world, target, backups);
  const { id, kind, site, owner, links, contacts } = target;
  return {
    id,
    kind,
    site,
    ...(owner !== undefined && { owner }),
    ...(holder && { heldBy: { kind: holder.kind, id: holder.id, since: holder.since } }),
    ...(lastBackup && { lastBackup: backupDocumentOf(lastBackup, locale) }),
    ...(lastVerified && { lastVerified: backupDocumentOf(lastVerified, locale) }),
    findings: [...found, ...channels, ...overdue].map((finding) => say(finding, locale)),
    reviews: reviews.map((review) => reviewDocumentOf(review, locale)),
    links,
    contacts,
  };
}

function diagnosisOf({ target, at, symptoms, suggests }: Diagnosis, api: string, locale: Locale) {
  return {
    target,
    at,
    symptoms: symptoms.map(({ id, sentence, evidence }) => ({
      id,
      sentence: say(sentence, locale),
      ...(evidence && { evidence: { ...evidence } }),
    })),
    suggests: suggests.map(({ scenario, input, why }) => {
      const sentence = say(why, locale);
      return { scenario, input, why: sentence, curl: curlOf(api, { scenario, target, input, reason: sentence }) };
    }),
  };
}

/** A line to paste into a shell. The Host header is the client's word, so only a plain one is repeated. */
function curlOf(api: string, body: unknown): string {
  const base = /^https?:\/\/[A-Za-z0-9.:[\]-]+$/.test(api) ? api : 'http://127.0.0.1:8080';
  const data = JSON.stringify(body).replaceAll("'", `'\\''`);
  return [
    `curl -X POST '${base}/v1/recoveries'`,
    `-H "Authorization: Bearer $OKIAGARI_TOKEN"`,
    `-H 'Content-Type: application/json'`,
    `-d '${data}'`,
  ].join(' ');
}

/** The kind's activity for backups; refused where the kind has none, or the target declares none. */
export function backupActivityOf({ kinds }: ApiWorld, target: TargetEntry, which: 'take' | 'test' | 'hold'): string {
  const activity = backupsOf(kinds, target)?.[which];
  if (activity !== undefined) return activity;
  const declares = kinds[target.kind]?.backups !== undefined;
  throw fail(
    'invalid-input',
    declares
      ? { en: `${target.id} declares no backups.`, ja: `${target.id} にはバックアップの設定がありません。` }
      : { en: `A ${target.kind} has no backups.`, ja: `${target.kind} にはバックアップがありません。` },
    { errors: [{ path: 'params.id', message: declares ? 'no backups are declared' : `a ${target.kind} has no backups` }] },
  );
}
