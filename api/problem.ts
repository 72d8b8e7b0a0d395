/** Turns whatever goes wrong into problem+json: a row of the failure table, in the reader's language, and nothing else. */
import { STATUS_CODES } from 'node:http';
import { ApplicationFailure } from '@temporalio/common';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { holderDocument, type ProblemDocument } from '../contracts/http/problem.ts';
import { fail } from '../domain/fail.ts';
import { failures, isFailureCode, type FailureCode, type FieldError } from '../domain/failures.ts';
import { plain, type Locale, type Text } from '../domain/text.ts';
import { say } from './language.ts';

/** Bad input of a request, with every wrong field named. */
export const badRequest = (errors: readonly FieldError[]): ApplicationFailure =>
  fail('bad-request', wrongFields(errors), { errors });
/** Input that is well-formed and yet refused. */
export const refusedInput = (errors: readonly FieldError[]): ApplicationFailure =>
  fail('invalid-input', wrongFields(errors), { errors });

const wrongFields = (errors: readonly FieldError[]): Text => {
  const names = [...new Set(errors.map(({ path }) => path))];
  return { en: `Not accepted: ${names.join(', ')}.`, ja: `受け付けられない項目: ${names.join('、')}。` };
};

export const notFound = (what: Text): ApplicationFailure => fail('not-found', what);

/** Whether an error is a failure of the table, of this code where one is given. */
export const isFailure = (error: unknown, ...codes: readonly FailureCode[]): error is ApplicationFailure =>
  error instanceof ApplicationFailure && isFailureCode(error.type) && (codes.length === 0 || codes.includes(error.type));

/** Details travel through Temporal and may come from another version: what does not fit is left out. */
const detailsSchema = z.object({
  ja: z.string().optional().catch(undefined),
  errors: z
    .array(z.object({ path: z.string(), message: z.string() }))
    .optional()
    .catch(undefined),
  heldBy: holderDocument.optional().catch(undefined),
});

const detailsOf = ({ details }: ApplicationFailure) => detailsSchema.catch({}).parse(details?.[0] ?? {});

/** What a failure says, in both languages as far as it has them. */
export const sentenceOf = (failure: ApplicationFailure): Text => ({
  en: failure.message,
  ja: detailsOf(failure).ja ?? failure.message,
});

export function problemOf(failure: ApplicationFailure, locale: Locale): ProblemDocument {
  const code = isFailureCode(failure.type) ? failure.type : 'internal';
  const { status, hint } = failures[code];
  const { errors, heldBy } = detailsOf(failure);
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: say(sentenceOf(failure), locale),
    hint: say(hint, locale),
    ...(errors && { errors }),
    ...(heldBy && { heldBy }),
  };
}

/** What Fastify itself refuses, before any handler of ours. */
const frameworkCodes: Readonly<Record<string, () => ApplicationFailure>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: () => fail('too-large', { en: 'The body is over 256 kB.', ja: '本文が 256 kB を超えています。' }),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: () =>
    fail('unsupported-media-type', {
      en: 'The body is not JSON by its Content-Type.',
      ja: '本文の Content-Type が JSON ではありません。',
    }),
};

/** The failure behind any error. What is not ours says nothing of itself: its message may hold anything. */
function failureBehind(error: FastifyError | Error): ApplicationFailure {
  if (isFailure(error)) return error;
  const { code, statusCode = 500 } = error as FastifyError;
  const known = frameworkCodes[code];
  if (known) return known();
  if (code === 'FST_ERR_BAD_URL') return badRequest([{ path: 'url', message: 'not a well-formed address' }]);
  if (statusCode >= 400 && statusCode < 500) return badRequest([{ path: 'body', message: 'not well-formed JSON' }]);
  return fail('internal', { en: 'Something unexpected happened.', ja: '予期しないエラーが起きました。' });
}

/** Fastify's error handler. An unexpected error is logged with its stack and answered without. */
export function answerProblem(error: FastifyError | Error, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const failure = failureBehind(error);
  const problem = problemOf(failure, request.locale ?? 'en');
  if (problem.code === 'internal') request.log.error({ err: error }, 'a request failed unexpectedly');
  if (problem.status === 503) reply.header('retry-after', '1');
  if (problem.status === 401) reply.header('www-authenticate', 'Bearer realm="okiagari"');
  return reply.code(problem.status).type('application/problem+json').send(JSON.stringify(problem));
}

export const unknownAddress = (request: FastifyRequest): ApplicationFailure =>
  notFound(plain(`${request.method} ${request.url.split('?')[0]}`));
