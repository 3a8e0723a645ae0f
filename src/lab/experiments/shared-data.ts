/**
 * Data that the runs of an experiment share: text, vocabulary and held-out windows are prepared once for each choice, not once a
 * run. A handful is kept, since a sweep over vocabularies with several seeds has many.
 */
import { type DataFiles, type PreparationControl, type PreparedData, prepareData } from '../../data/corpus';

const mostKept = 6;

export class SharedData {
  readonly #kept = new Map<string, Promise<PreparedData>>();

  /** As `prepareData`; the files are those of the first call. */
  readonly prepare: typeof prepareData = (choice, files: DataFiles, control?: PreparationControl) => {
    const key = JSON.stringify(choice);
    const known = this.#kept.get(key);
    if (known) return known;
    const data = prepareData(choice, files, control);
    this.#kept.set(key, data);
    // What failed or was stopped is prepared again when it is asked for again.
    data.catch(() => this.#kept.delete(key));
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest);
    return data;
  };
}
