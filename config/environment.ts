/** The environment, read once and checked; the only place that reads `process.env`. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SecretRef } from '../contracts/secret-ref.ts';
import { slug } from '../contracts/inputs/start.ts';

/** 0 = any free. */
const port = (usual: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/, 'a port, 0 to 65535')
    .transform(Number)
    .pipe(z.int().max(65_535))
    .default(usual);

const environmentSchema = z.object({
  OKIAGARI_INVENTORY: z.string().min(1).default('./okiagari.yaml'),
  OKIAGARI_DATA: z.string().min(1).default('./.okiagari'),
  OKIAGARI_API_HOST: z.string().min(1).default('127.0.0.1'),
  OKIAGARI_API_PORT: port(8080),
  OKIAGARI_LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  OKIAGARI_SITE: slug.default('main'),
  /** Ed25519 private key that signs decisions, a file or the PEM itself; `<data>/signing-key.pem`, made at first start, when unset. */
  OKIAGARI_SIGNING_KEY: z.string().min(1).optional(),
  /** A prebuilt workflow bundle (production image); built and cached at start when unset. */
  OKIAGARI_WORKFLOW_BUNDLE: z.string().min(1).optional(),
  /** Port of the Temporal UI that `okiagari start` brings up; 0 = any free. */
  OKIAGARI_TEMPORAL_UI_PORT: port(8233),
  OKIAGARI_TEMPORAL_PORT: port(7233),
  TEMPORAL_ADDRESS: z.string().min(1).optional(),
  XDG_CACHE_HOME: z.string().min(1).optional(),
});
export type Environment = z.infer<typeof environmentSchema>;

/** Thrown with one line for each wrong variable; no value is repeated, because it may be a secret. */
export class EnvironmentError extends Error {}

export function readEnvironment(source: NodeJS.ProcessEnv = process.env): Environment {
  const result = environmentSchema.safeParse(Object.fromEntries(Object.entries(source).filter(([, value]) => value !== '')));
  if (result.success) return result.data;
  throw new EnvironmentError(result.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
}

/** The secret that a reference names, read at the moment of use. Undefined when the variable or file is not there. */
export function resolveSecret(ref: SecretRef, source: NodeJS.ProcessEnv = process.env): string | undefined {
  if ('env' in ref) return source[ref.env] || undefined;
  try {
    return readFileSync(ref.file, 'utf8').trim() || undefined;
  } catch {
    return undefined;
  }
}

/** Where this machine's further certificates lie: no secret, and behind a company's proxy npm reaches no registry without them. */
export function certificatePlaces(source: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
  return Object.fromEntries(names.flatMap((name) => (source[name] ? [[name, source[name]]] : [])));
}

/** Our own environment, as a process that we start gets it. */
export const childVariables = (): NodeJS.ProcessEnv => ({ ...process.env });
