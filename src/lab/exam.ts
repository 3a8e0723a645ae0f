/**
 * What a model is examined on: the kind of text that it was trained on, held out. A model of StoryWorld reads its documents and
 * answers its questions; any other reads passages of the page's texts and is asked nothing.
 */
import type { TextFiles } from '../data/corpus/read';
import type { Probe } from '../data/storyworld';
import { probeKinds, probesOf } from './evaluation';
import { type HeldOutDocument, heldOutPassages, heldOutStories } from './held-out-documents';

export interface Exam {
  /** In order; the first `wanted` that fit the context are read. */
  readonly documents: readonly HeldOutDocument[];
  readonly wanted: number;
  /** Null: the model knows nothing of StoryWorld. */
  readonly questions: readonly Probe[] | null;
}

export interface ExamSize {
  readonly documents: number;
  /** Of each kind. */
  readonly probes: number;
}

/** Under a small vocabulary many documents are too long: so many times as wanted are looked through. */
const candidates = 5;

/** The seed of the documents that the shipped models were measured on, and of the questions that runs are asked. */
const seed = 1;

/** `id`: of a shipped model, or a name that begins with one. Throws a sentence when there is no text to read. */
export async function examOf(id: string, files: TextFiles, { documents, probes }: ExamSize): Promise<Exam> {
  const count = candidates * documents;
  if (!id.startsWith('story-')) {
    return { documents: await heldOutPassages(files, count), wanted: documents, questions: null };
  }
  return {
    documents: [...heldOutStories(seed, count)],
    wanted: documents,
    questions: probeKinds.flatMap((kind) => probesOf(kind, seed, probes)),
  };
}
