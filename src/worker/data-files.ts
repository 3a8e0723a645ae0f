/** Where a run's text and tokenizer come from in the page: the folders beside the page, or a file that was given. */
import { type DataFiles, readCorpusManifest } from '../data/corpus';

/** `given` reads the bytes of the file that a recipe names; the folders stand beside `models/`. */
export function fetchedFiles(modelsUrl: string, given: DataFiles['given']): DataFiles {
  const corpora = new URL('../corpora/', modelsUrl);
  return {
    manifest: async () =>
      readCorpusManifest(await fetchJson(new URL('manifest.json', corpora)), 'corpora/manifest.json'),
    corpus: async (file) => (await fetchFile(new URL(file, corpora))).text(),
    given,
    tokenizer: (id) => fetchJson(new URL(`${encodeURIComponent(id)}/tokenizer.json`, modelsUrl)),
  };
}

/** The `given` of a place where no file can be given. */
export async function noFile(name: string): Promise<never> {
  throw new Error(`No file is read here, but ${name} was asked for.`);
}

async function fetchJson(url: URL): Promise<unknown> {
  const response = await fetchFile(url);
  try {
    return await response.json();
  } catch {
    throw new Error(`${url.pathname} is not JSON: the page's files are incomplete, build them again.`);
  }
}

/** Throws a sentence when the file cannot be had. */
export async function fetchFile(url: URL): Promise<Response> {
  const response = await fetch(url).catch((error: unknown) => error);
  if (!(response instanceof Response)) {
    throw new Error(`${url.pathname} could not be fetched (${String(response)}): is the page's server still running?`);
  }
  if (!response.ok) throw new Error(`${url.pathname} could not be fetched: the server answered ${response.status}.`);
  return response;
}
