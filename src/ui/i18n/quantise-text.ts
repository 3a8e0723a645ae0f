/** The strings of the Quantise panel in the language of the page, fetched with the panel. */
import { quantise } from './quantise';
import { quantiseResults } from './quantise-results';

export const quantiseText = {
  ...quantise,
  ...quantiseResults,
  errors: { ...quantise.errors, ...quantiseResults.errors },
};
