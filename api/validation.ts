/** Parses every request by its zod schema, once, and names each wrong field where it stands. */
import type { FastifySchemaCompiler } from 'fastify';
import type { z } from 'zod';
import type { FieldError } from '../domain/failures.ts';
import { badRequest } from './problem.ts';

/** Fields of the body go by their own path, others by where they stand. */
const prefixes: Readonly<Record<string, string>> = { querystring: 'query', params: 'params', headers: 'headers' };

export const compileValidator: FastifySchemaCompiler<z.ZodType> = ({ schema, httpPart }) => {
  return (data) => {
    // Fastify hands over null where no body came.
    const result = schema.safeParse(httpPart === 'body' && data === null ? undefined : data);
    if (result.success) return { value: result.data };
    return { error: badRequest(fieldErrors(result.error.issues, prefixes[httpPart ?? ''])) };
  };
};

/** `tools.0` below `input` → `input.tools.0`; the whole body → `body`; one of a repeated filter → the filter. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], below?: string): FieldError[] {
  return issues.flatMap((issue) => {
    const path = below === 'query' ? issue.path.filter((part) => typeof part !== 'number') : issue.path;
    const at = [...(below === undefined ? [] : [below]), ...path];
    // An unknown key is named itself: it is what has to go.
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) => ({ path: [...at, key].join('.'), message: 'unknown field' }));
    }
    return [{ path: at.join('.') || 'body', message: issue.message }];
  });
}
