/** The second person of a measure: waits for the gate of a recovery and approves when told to. */
import { token, type Product } from './product.ts';

/** What of a status document a measure looks at. */
export interface AskedRecovery {
  readonly id: string;
  readonly status: string;
  readonly waitingFor: readonly { readonly gate: string; readonly digest: string }[];
}

/** Resolves when the gate is open; what it answers sends the approval and waits for its answer. */
export async function approverOf(product: Product, id: string): Promise<() => Promise<void>> {
  const { waitingFor } = await product.until<AskedRecovery>(`/v1/recoveries/${id}`, (now) => now.waitingFor.length > 0);
  const { gate, digest } = waitingFor[0]!;
  return async () => {
    const answer = await fetch(`${product.api}/v1/recoveries/${id}/decisions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}-of-ren`, 'content-type': 'application/json' },
      body: JSON.stringify({ gate, digest, decision: 'approve', reason: 'bench' }),
    });
    if (!answer.ok) throw new Error(await answer.text());
  };
}
