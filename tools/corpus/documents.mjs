/** A source's documents: { text, language, source }, without those that have no place in a classroom. */
export function* documentsOf(source, { read, list }, text) {
  for (const [language, content] of source.documents(text, read, list)) {
    if (text.isSuitable(content)) yield { text: content, language, source: source.name };
  }
}
