/** The card that comes with a shipped model, as it was written. */
import { useEffect, useState } from 'react';
import { Dialog } from '../../controls/Dialog';
import { text } from '../../i18n/catalogue';
import type { ShippedModel } from '../../state/manifest';
import styles from './generate.module.css';

export function ModelCard({ model, onClose }: { readonly model: ShippedModel; onClose(): void }) {
  const [card, setCard] = useState('');
  useEffect(() => {
    fetchCard(model.id).then(setCard, () => setCard(text.generate.model.cardMissing));
  }, [model.id]);
  return (
    <Dialog title={text.generate.model.cardOf(model.name)} onClose={onClose}>
      <div className={styles.card}>
        <pre>{card}</pre>
      </div>
    </Dialog>
  );
}

async function fetchCard(id: string): Promise<string> {
  const response = await fetch(new URL(`models/${id}/card.md`, document.baseURI));
  if (!response.ok) throw new Error(String(response.status));
  return response.text();
}
