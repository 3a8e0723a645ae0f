/** The strings of the Offload panel in the language of the page, fetched with the panel. */
import { offload } from './offload';
import { offloadLive } from './offload-live';
import { offloadResults } from './offload-results';

export const offloadText = { ...offload, ...offloadResults, ...offloadLive };
