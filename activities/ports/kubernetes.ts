/** What is asked of the API of a Kubernetes cluster: the Secrets that clients are led by, and the pods that read them when they start. */
import type { SecretEndpoint } from '../../contracts/endpoint-settings.ts';

export type ClusterPlace = Pick<SecretEndpoint, 'id' | 'server' | 'tls' | 'token' | 'namespace' | 'secret'>;

export interface FoundSecret {
  /** Changes with every change of it. */
  readonly version: string;
  readonly texts: Readonly<Record<string, string>>;
}

/** Every method fails with endpoint-refused, in words that repeat no secret. */
export interface Kubernetes {
  /** Reads only. */
  readSecret(at: ClusterPlace, signal?: AbortSignal): Promise<FoundSecret>;
  /** Sets these keys and leaves the others; answers the new version, undefined where it is no longer of `version`. */
  writeSecret(at: ClusterPlace, found: FoundSecret, signal?: AbortSignal): Promise<string | undefined>;
  /** Has the pods of a Deployment replaced, in its own way, unless that was done for this mark. Twice is fine. */
  restart(at: ClusterPlace, deployment: string, mark: string, signal?: AbortSignal): Promise<void>;
}
