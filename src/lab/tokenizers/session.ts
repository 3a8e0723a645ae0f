/**
 * One vocabulary, the text that was counted with it and the way it is pruned, as the page and the command line use them. Long
 * work goes in short slices and can be stopped; what was there before it stays.
 */
import { Stopped } from '../../data/corpus';
import { inSlices } from '../../data/corpus/slices';
import { isChinese } from '../../tokenizer/language';
import { alwaysKept, type Formations, formationsOf } from '../../tokenizer/prune/order';
import { type PieceFilter, type PieceList, PieceLists } from '../../tokenizer/prune/piece-list';
import type { PrunedVocabulary } from '../../tokenizer/prune/pruned';
import { pruneTokenizerJson, writeTokenizerJson } from '../../tokenizer/prune/pruned-json';
import { type Occurrences, readText, type TextReading } from '../../tokenizer/prune/read-text';
import type { ByLanguage, CoveragePoint, PruneMethod, Pruning, PruningReport } from '../../tokenizer/prune/report';
import { Study } from '../../tokenizer/prune/study';
import { WordCounter } from '../../tokenizer/prune/word-counts';
import type { TokenizerTables } from '../../tokenizer/readTokenizerJson';
import { Tokenizer } from '../../tokenizer/tokenizer';
import { sizesOf } from './sizes';

export interface VocabularyFacts {
  readonly size: number;
  /** Pieces that no pruning removes: special pieces and the single bytes. */
  readonly alwaysKept: number;
  readonly pieces: { readonly zh: number; readonly other: number };
  /** Pieces that no text ever forms, though nothing is pruned. */
  readonly dead: number;
}

export interface CountFacts {
  readonly characters: ByLanguage;
  readonly tokens: ByLanguage;
  /** Pieces that occur. */
  readonly distinct: number;
  readonly milliseconds: number;
  /** The paper's measure by frequency: the share of the text's tokens that are kept, at sizes spread evenly over a log axis. */
  readonly nominal: readonly ({ readonly keep: number } & ByLanguage)[];
}

export interface Control {
  /** Of the work under way, in its own units. */
  readonly onProgress?: (done: number, total: number) => void;
  readonly shouldStop?: () => boolean;
}

/** Sizes of the nominal curve. */
const curvePoints = 120;

export class VocabularySession {
  readonly tokenizer: Tokenizer;
  readonly #formations: Formations;
  #study: Study | null = null;
  #occurrences: Occurrences | null = null;
  #pruned: PrunedVocabulary | null = null;
  #lists: PieceLists | null = null;

  /** `json`: the parsed file that the tables were read from; null where they came as pieces alone. */
  constructor(
    tables: TokenizerTables,
    private readonly json: unknown,
  ) {
    if (tables.alphabet === 'characters' && tables.byteIds.length === 0) {
      throw new Error(
        'This vocabulary has no bytes to fall back on, so a pruned one could not write every text: choose another.',
      );
    }
    this.tokenizer = new Tokenizer(tables);
    this.#formations = formationsOf(this.tokenizer);
  }

  facts(): VocabularyFacts {
    const { pieces } = this.tokenizer.tables;
    const zh = pieces.reduce((sum, _, id) => sum + (isChinese(this.tokenizer.piece(id).text) ? 1 : 0), 0);
    return {
      size: pieces.length,
      alwaysKept: alwaysKept(this.tokenizer.tables).reduce((sum, one) => sum + one, 0),
      pieces: { zh, other: pieces.length - zh },
      dead: this.#formations.dead.reduce((sum, one) => sum + one, 0),
    };
  }

  get study(): Study {
    if (!this.#study) throw new Error('No text is counted yet: count one first, its frequencies decide what is kept.');
    return this.#study;
  }

  get pruned(): PrunedVocabulary {
    if (!this.#pruned) throw new Error('Nothing is pruned yet: choose how many pieces to keep first.');
    return this.#pruned;
  }

  /** Throws Stopped; then the count before it stays. */
  async count(documents: readonly string[], control: Control = {}): Promise<CountFacts> {
    const total = documents.reduce((sum, text) => sum + text.length, 0);
    const begun = performance.now();
    const counter = new WordCounter(this.tokenizer);
    await this.#run(countAll(counter, documents), total, control);
    const text = counter.take();
    const milliseconds = performance.now() - begun;
    const study = new Study(this.tokenizer, text, this.#formations);
    if (study.tokens.all === 0) throw new Error('There is nothing to count in this text: it is empty.');
    const ranks = study.ranks();
    this.#study = study;
    this.#occurrences = { counts: study.counts.all, ranks };
    this.#pruned = null;
    this.#lists = null;
    return {
      characters: study.characters,
      tokens: study.tokens,
      distinct: ranks.reduce((sum, rank) => sum + (rank > 0 ? 1 : 0), 0),
      milliseconds,
      nominal: study.nominalCurve(sizesOf(study.alwaysKept, this.tokenizer.vocabularySize, curvePoints)),
    };
  }

  /** The report of this pruning, and of the other way at the same size. */
  async prune(pruning: Pruning, control: Control = {}): Promise<readonly [PruningReport, PruningReport]> {
    const { study } = this;
    const pruned = study.prune(pruning);
    const report = await this.#run(study.report(pruning, pruned), null, control);
    const same = { ...pruning, size: { kind: 'keep', pieces: report.kept } } as const;
    const other = await this.#run(study.report({ ...same, method: otherWay[pruning.method] }), null, control);
    this.#pruned = pruned;
    this.#lists = null;
    return [report, other];
  }

  async coverage(sizes: readonly number[], onPoint: (point: CoveragePoint) => void, control: Control = {}) {
    const points: CoveragePoint[] = [];
    for (const [index, keep] of sizes.entries()) {
      const point = await this.#run(this.study.point(keep), null, control);
      points.push(point);
      onPoint(point);
      control.onProgress?.(index + 1, sizes.length);
    }
    return points;
  }

  read(text: string): TextReading {
    return readText(text, this.tokenizer, this.#pruned, this.#occurrences);
  }

  list(filter: PieceFilter): PieceList {
    if (!this.#occurrences) return { filter, total: 0, rows: [] };
    this.#lists ??= new PieceLists(this.tokenizer, this.pruned, this.#occurrences);
    return this.#lists.list(filter);
  }

  /** Content of the pruned tokenizer.json. */
  exported(): unknown {
    const { kept, tokenizer } = this.pruned;
    return this.json === null ? writeTokenizerJson(tokenizer.tables) : pruneTokenizerJson(this.json, kept);
  }

  async #run<R>(work: Generator<number, R, void>, total: number | null, control: Control): Promise<R> {
    let done = 0;
    const counting = (function* () {
      for (;;) {
        const step = work.next();
        if (step.done) return step.value;
        done += step.value;
        yield done;
      }
    })();
    return inSlices<number, R>(counting, {
      onProgress: (reached) => total !== null && control.onProgress?.(reached, total),
      shouldStop: () => control.shouldStop?.() ?? false,
    });
  }
}

export { Stopped };

const otherWay: Readonly<Record<PruneMethod, PruneMethod>> = {
  frequency: 'closed',
  closed: 'frequency',
  quota: 'closedQuota',
  closedQuota: 'quota',
};

function* countAll(counter: WordCounter, documents: readonly string[]): Generator<number, void, void> {
  for (const text of documents) yield* counter.add(text);
}
