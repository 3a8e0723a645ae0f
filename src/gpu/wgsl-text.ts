/**
 * WGSL without what only people read. The built page ships it in this form, and kernels are hashed in it, so that a run
 * in the page and one on the command line can say that they ran the same kernels.
 */

/** Drops comments, indentation and empty lines; WGSL has no strings, so `//` always starts a comment. */
export function bareWgsl(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/\/\/.*$/, '').trim())
    .filter((line) => line !== '')
    .join('\n');
}
