/** What the inventory says of a Kubernetes cluster: where its API is, whom to trust there, and as whom to ask. */
import { z } from 'zod';
import { secretRef } from './secret-ref.ts';
import { tls } from './tls-settings.ts';

/** As Kubernetes names what is kept in a namespace (RFC 1123). */
export const objectName = z.string().regex(/^[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?$/, 'a name of Kubernetes');

export const kubernetesApi = {
  server: z.url({ protocol: /^https$/, error: 'an address that begins with https://' }).describe('The API of the cluster.'),
  tls: tls.describe('Whom to trust. Left out: the authorities of the system.'),
  token: secretRef.describe('Of an account that may do what the page of this kind names, and should have no more rights.'),
  namespace: objectName,
};

/** A namespace of a cluster, and the way to its API. */
export type ClusterNamespace = z.infer<z.ZodObject<typeof kubernetesApi>>;
