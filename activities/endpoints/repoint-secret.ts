/** Has a Secret of a Kubernetes cluster lead to one node, and the pods that read it when they start replaced. */
import type { SecretEndpoint } from '../../contracts/endpoint-settings.ts';
import { endpointText, type Address } from '../../domain/endpoints/endpoint-text.ts';
import { fail } from '../../domain/fail.ts';
import type { Ports } from '../ports/index.ts';
import type { Repointed } from './repointed.ts';

/**
 * Twice is fine: pods are replaced once for each version of the Secret, also where an attempt was killed between the two. What stood
 * there is not told: it is a Secret. Fails: endpoint-refused.
 */
export async function repointSecret(
  { kubernetes }: Pick<Ports, 'kubernetes'>,
  endpoint: SecretEndpoint,
  to: Address,
  signal?: AbortSignal,
): Promise<Repointed> {
  const keys = Object.entries(endpoint.keys);
  const texts = Object.fromEntries(keys.map(([key, text]) => [key, endpointText({ text }, to)]));
  const found = await kubernetes.readSecret(endpoint, signal);
  const isSo = Object.entries(texts).every(([key, text]) => found.texts[key] === text);
  const version = isSo ? found.version : await kubernetes.writeSecret(endpoint, { version: found.version, texts }, signal);
  if (version === undefined) throw changedMeanwhile(endpoint);
  for (const deployment of endpoint.restart ?? []) await kubernetes.restart(endpoint, deployment, version, signal);
  return { endpoint: endpoint.id, outcome: isSo ? 'already' : 'changed' };
}

const changedMeanwhile = ({ id, secret }: SecretEndpoint) =>
  fail('endpoint-refused', {
    en: `${id}: somebody changed the Secret ${secret} at the same moment.`,
    ja: `${id}: Secret ${secret} が同時に他から変更されました。`,
  });
