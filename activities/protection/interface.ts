/** The effects of a protection against floods, as workflows call them. Every one may run twice. */
import type { Plan } from '../../domain/recovery.ts';
import type { Text } from '../../domain/text.ts';
import type { Source } from '../../domain/protection/words.ts';
import type { Rates, RateSample } from '../../domain/protection/rates.ts';
import type { Check } from '../../domain/verification.ts';

export interface Assessed {
  /** Requests in the last second, all proxies together. */
  readonly rate: number;
  /** How many sources send so much as an attacker, and the worst of them. */
  readonly attackers: number;
  readonly worst: readonly Source[];
  /** How many stages the inventory has. */
  readonly stages: number;
  /** Then people are asked whether it is held on. */
  readonly atMostMs: number;
  /** Whether a provider is told too. */
  readonly hasHook: boolean;
}

export interface Applied {
  /** Proxies that were changed; none where all was so already. */
  readonly changed: number;
  /** Proxies whose files could not be written, with the reason; the files of other machines are not ours to write. */
  readonly unsaved: readonly string[];
}

/** `why` it is not enough; enough where it is left out. */
export interface WatchedRates {
  readonly why?: Text;
  readonly rates: Rates;
}

export interface Held {
  /** `loud`: too much gets through; `lost`: a proxy has not what it was given; `goes-on`: this stretch is over. */
  readonly state: 'calm' | 'loud' | 'lost' | 'goes-on';
  readonly why?: Text;
  readonly rates?: Rates;
  /** For the next stretch: since when it is calm, and what was counted last. */
  readonly calmSince: number;
  readonly since: RateSample;
}

/** By proxy; `left` is what somebody else has set since. */
export interface Restored {
  readonly restored: readonly string[];
  readonly left?: readonly string[];
  readonly unsaved?: readonly string[];
}

interface Planned {
  readonly target: string;
  /** Records of the whole plans, the newest last. */
  readonly plans: readonly string[];
}

export interface ProtectionActivities {
  /** Every proxy answers, may be set, and has what protecting takes. Reads only. Fails: proxy-refused, proxy-not-prepared, invalid-input. */
  assessProtection(input: { target: string; deny: readonly string[]; stage: number }): Promise<Assessed>;
  /** Reads only; keeps the whole plan in the record store. Fails: proxy-refused, proxy-not-prepared, invalid-input. */
  planProtection(input: { target: string; recovery: string; deny: readonly string[]; stage: number }): Promise<Plan>;
  /** What every proxy has counted up to now. Reads only. Fails: proxy-refused. */
  sampleProtection(input: { target: string }): Promise<RateSample>;
  /** Gives every proxy what the plans say, and saves it. Fails: plan-changed, proxy-refused. */
  applyProtection(input: Planned): Promise<Applied>;
  /** Tells the provider, once for each stage and once to lower. Fails: hook-refused. */
  tellProvider(
    input: Planned & { recovery: string; stage: number; action: 'raise' | 'lower' },
  ): Promise<{ readonly told: boolean }>;
  /** Watches until it is enough, or as long as the inventory gives a stage. Reads only. Fails: proxy-refused. */
  watchProtection(input: { target: string; since: RateSample }): Promise<WatchedRates>;
  /** Whether every proxy has what the plans say, and our probe is answered. Reads only. */
  checkProtection(input: Planned): Promise<readonly Check[]>;
  /** Holds for so long (ms), or until it was calm for as long as the inventory says. Reads only. Fails: proxy-refused. */
  holdProtection(input: Planned & Pick<Held, 'calmSince' | 'since'> & { ms: number }): Promise<Held>;
  /** Takes `plan` and those that came after it back; what somebody else has set since is left. Fails: proxy-refused. */
  undoProtection(input: Planned & { plan?: string | undefined }): Promise<Restored>;
  /** Whether every proxy has what it had before the first plan. Reads only. */
  checkLowered(input: Planned): Promise<readonly Check[]>;
}
