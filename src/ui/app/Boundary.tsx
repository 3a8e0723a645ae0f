/** Shows a sentence instead of a blank page when a component throws. */
import { Component, type ReactNode } from 'react';
import { text } from '../i18n/catalogue';
import styles from './App.module.css';

export class Boundary extends Component<{ readonly children: ReactNode }, { readonly error: Error | null }> {
  override state = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    const { error }: { readonly error: Error | null } = this.state;
    if (!error) return this.props.children;
    return (
      <div role="alert" className={`${styles.message} ${styles.problem}`}>
        <p>
          {text.app.crashed} <code>{(error as Error).message}</code>
        </p>
      </div>
    );
  }
}
