/** A recorded result of the Tokenizer panel, public/runs/tokenizer.json: shown until something is counted in the page itself. */
import type { CoveragePoint, PruningReport } from '../../tokenizer/prune/report';
import type { CountFacts, VocabularyFacts } from './session';

export interface TokenizerRecord {
  readonly version: 1;
  readonly made: { readonly date: string; readonly command: string; readonly machine: string };
  readonly tokenizer: VocabularyFacts & { readonly id: string };
  readonly count: CountFacts & { readonly name: string };
  readonly points: readonly CoveragePoint[];
}

interface Measured {
  readonly made: TokenizerRecord['made'];
  readonly name: string;
  readonly text: string;
  readonly facts: VocabularyFacts;
  readonly count: CountFacts;
  readonly points: readonly CoveragePoint[];
}

/** Shares to six digits: more says nothing and doubles the file. */
export function writtenRecord({ made, name, text, facts, count, points }: Measured): TokenizerRecord {
  return rounded({ version: 1, made, tokenizer: { id: name, ...facts }, count: { name: text, ...count }, points });
}

function rounded<T>(value: T): T {
  return JSON.parse(JSON.stringify(value), (_, part) => (typeof part === 'number' ? Number(part.toFixed(6)) : part));
}

/** Throws a sentence when the file is no record of this version. */
export function readTokenizerRecord(json: unknown, source: string): TokenizerRecord {
  const record = (json ?? {}) as Partial<TokenizerRecord>;
  const isReport = (report: PruningReport | undefined) =>
    typeof report?.kept === 'number' && typeof report.nominal?.all === 'number';
  if (
    record.version !== 1 ||
    !Array.isArray(record.points) ||
    !Array.isArray(record.count?.nominal) ||
    !record.points.every(({ frequency, closed }: CoveragePoint) => isReport(frequency) && isReport(closed))
  ) {
    throw new Error(`${source} is no record of version 1: make it again with "node tools/runs/tokenizer.mjs".`);
  }
  return record as TokenizerRecord;
}
