/**
 * The strings of the Architecture panel in the language of the page. They are fetched with the panel: the first view, whose
 * script is kept small, goes without them.
 */
import { architecture } from './architecture';
import { architecturePanel } from './architecture-panel';

export const architectureText = { ...architecturePanel, ...architecture };
