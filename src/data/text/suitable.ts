/**
 * Keeps out of the corpora what has no place in a classroom: a document that holds one of a few slurs or crude words is
 * dropped whole. A word list finds words, not meanings; the sources themselves were chosen first.
 */

const unsuitable =
  /\b(?:nigg\w*|fuck\w*|shit\w*|cunt\w*|bitch\w*|whor\w*|slut\w*|rape[ds]?|raping|rapist\w*|faggot\w*|dyke|penis|vagina\w*|masturbat\w*|orgasm\w*|bastard\w*|prostitut\w*|porno\w*|chink|kike|asshole|tits|copulat\w*|condoms?|heroin|cocaine)\b/iu;

export function isSuitable(text: string): boolean {
  return !unsuitable.test(text);
}
