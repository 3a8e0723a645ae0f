/** Entry of the worker. Its name is the absolute URL of the `models/` folder, given by `client.ts`. */
import { serve } from './host';
import type { Request } from './protocol';

const scope = self as unknown as DedicatedWorkerGlobalScope;
const handle = serve(scope.name, (event) => scope.postMessage(event));
scope.onmessage = (message: MessageEvent<Request>) => handle(message.data);
