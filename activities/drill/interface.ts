/** The effects of a drill, as workflows call them. Every one may run twice. */
import type { Measured } from '../../domain/drill/words.ts';
import type { Plan } from '../../domain/recovery.ts';
import type { Check } from '../../domain/verification.ts';

export interface PreparedDrill {
  readonly home: string;
  readonly to: string;
  /** Some of its members hold data, which could be lost. */
  readonly holdsData: boolean;
  /** Share by which `to` may be slower than home. */
  readonly tolerance: number;
}

export interface DrillActivities {
  /** Sees that nothing but a sandbox is touched, and that all of it is well and at home. Reads only. Fails: drill-refused, invalid-input. */
  prepareDrill(input: { target: string; to?: string | undefined }): Promise<PreparedDrill>;
  /** Times so many requests to the probes of a side, one after the other. Reads only. */
  measureSide(input: { target: string; side: string }): Promise<Measured>;
  /** Cuts home off and waits until no probe of it is answered. Fails: drill-refused, isolation-failed. */
  isolateHome(input: { target: string }): Promise<void>;
  /** Lets home back and waits until every probe of it is answered, well or not. Fails: isolation-failed. */
  liftIsolation(input: { target: string }): Promise<void>;
  /** Plans the move home, as `region-failback` would, and keeps the plan with this recovery. Reads only. */
  planWayHome(input: { target: string; recovery: string }): Promise<Plan>;
  /** Whether all of it works at that side, and home is there again and well. Reads only. */
  verifyDrill(input: { target: string; side: string }): Promise<readonly Check[]>;
}
