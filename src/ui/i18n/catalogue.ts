/** The strings of the page in its language. */
import { type Catalogue, en } from './en';

export const text: Catalogue = en;
