/** The agent itself, in a fresh process without a model or a key: its tools can be called, nothing else happens. */
import type { AgentCall, AgentTalk } from '../../domain/checklist/agent-talk.ts';

export interface AgentProgram {
  /** Folder of its npm package. */
  readonly package: string;
  /** Node program that runs it; our own where left out. */
  readonly node?: string | undefined;
}

export interface AgentSession {
  /**
   * Starts the agent in `folder` (which holds `.pi/`, and is ours), calls its tools one after the other, ends it with everything
   * it started. Never throws for what the agent does. Where the Node is new enough, it may write nothing outside of `folder`.
   */
  talk(agent: AgentProgram, folder: string, calls: readonly AgentCall[], signal?: AbortSignal): Promise<AgentTalk>;
}
