/** Entry of the page: the engine starts before anything is drawn, so that the model loads meanwhile. */
import './styles/tokens.css';
import './styles/base.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/App';
import { Boundary } from './app/Boundary';
import { followAddressed } from './state/backend-commands';
import { startEngine } from './state/commands';
import { isolate } from './state/isolation';
import { fetchManifest } from './state/manifest';
import { fetchRecorded } from './state/recorded';
import { followAddress } from './state/settings';

void isolate();
startEngine();
followAddress(followAddressed);
void fetchManifest();
void fetchRecorded();

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no element #root to draw the page in.');
createRoot(root).render(
  <StrictMode>
    <Boundary>
      <App />
    </Boundary>
  </StrictMode>,
);
