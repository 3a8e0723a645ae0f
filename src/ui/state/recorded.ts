/** The recorded generation, public/runs/generate.json, shown until a model writes here. */
import type { DoneReason, GeneratedToken, GenerationReport, PromptToken } from '../../worker/protocol';
import { type Recording, useWriting } from './writing';

export interface RecordedGeneration extends Recording {
  readonly version: 1;
  readonly prompt: readonly PromptToken[];
  readonly tokens: readonly { readonly token: GeneratedToken; readonly elapsed: number }[];
  readonly reason: DoneReason;
  readonly report: GenerationReport;
}

/** A page without the file starts with an empty text. */
export async function fetchRecorded(): Promise<void> {
  const response = await fetch(new URL('runs/generate.json', document.baseURI)).catch(() => null);
  if (!response?.ok) return;
  const { model, adapter, date, how, prompt, tokens, reason, report }: RecordedGeneration = await response.json();
  useWriting.setState((state) => {
    if (state.status !== 'idle' || state.tokens.length > 0) return state;
    return {
      ...state,
      recording: { model, adapter, date, how },
      prompt,
      tokens: tokens.map((entry) => entry.token),
      arrivals: tokens.map((entry) => entry.elapsed),
      wanted: tokens.length,
      report,
      reason,
    };
  });
}
