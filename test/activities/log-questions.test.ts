/** Questions to the log of a real store: answered from the file, with a failure of its own where there is none. */
import { appendFileSync, rmSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createLogQuestionActivities } from '../../activities/log-questions/create-log-question-activities.ts';
import { logAnswerDocument } from '../../contracts/http/log-question.ts';
import { logQuestions } from '../../domain/log-questions/words.ts';
import { failureOf, logPath, makeWorld, picture, target } from './tool-store/world.ts';

test('every question has an answer that fits the document of the API, and the store stays as it was', async () => {
  const world = await makeWorld({ tools: 5, logLines: 300 });
  const before = picture(world.root);
  const log = createLogQuestionActivities(world.ports);
  for (const question of logQuestions) {
    const answer = await log.askToolStoreLog({ target, question });
    expect(logAnswerDocument.parse(answer)).toEqual(answer);
    expect(answer.items.length, question).toBeGreaterThan(0);
  }
  expect(picture(world.root)).toEqual(before);
});

test('limit and since narrow it', async () => {
  const world = await makeWorld({ tools: 5, logLines: 300 });
  const log = createLogQuestionActivities(world.ports);
  appendFileSync(
    world.live(logPath),
    '{"timestamp":"2027-01-01T00:00:00.000Z","action":"tool.run","toolName":"late","success":false}\n',
  );
  expect((await log.askToolStoreLog({ target, question: 'failures', limit: 1 })).items).toMatchObject([{ tool: 'late' }]);
  const since = '2026-12-31T09:00:00+09:00';
  expect((await log.askToolStoreLog({ target, question: 'usage', since })).items).toMatchObject([{ tool: 'late', runs: 1 }]);
});

test('a missing log and an unknown target are failures of their own', async () => {
  const world = await makeWorld();
  const log = createLogQuestionActivities(world.ports);
  rmSync(world.live(logPath));
  expect(await failureOf(log.askToolStoreLog({ target, question: 'usage' }))).toMatchObject({ code: 'no-audit-log' });
  rmSync(world.live('.pi'), { recursive: true });
  expect(await failureOf(log.askToolStoreLog({ target, question: 'usage' }))).toMatchObject({ code: 'no-audit-log' });
  expect(await failureOf(log.askToolStoreLog({ target: 'nope', question: 'usage' }))).toMatchObject({ code: 'unknown-target' });
});
