/**
 * WGSL without what only people read. The built page ships it in this form, and kernels are hashed in it, so that a run
 * in the page and one on the command line can say that they ran the same kernels.
 *
 * Names stay: renaming them makes the text shorter, but no longer alike from kernel to kernel, and compressed it is larger.
 */

/**
 * Drops comments and all white space that parts nothing; WGSL has no strings, so `//` always starts a comment. The spaces
 * around + and − stay where a sign follows: `a - -b` must not become `a--b`. Doing it twice changes nothing.
 */
export function bareWgsl(text: string): string {
  return text
    .replace(/\/\/.*$/gm, '')
    .replace(/\s+/g, ' ')
    .replace(/ ?([{}()[\],;:=<>*/&|!^%@]) ?/g, '$1')
    .replace(/(?<![+-]) ?([+-]=|[+-](?= ?[\w(])) ?/g, '$1')
    .trim();
}
