import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';
import { errorMessage } from '../copy/error-messages';
import { showLanguage } from '../language-choice';
import { about, messages } from '../messages';
import { PAGE_SETTINGS } from '../page-settings';
import { useAnnounce } from './announcer';
import { useTask } from './use-task';

interface PageFooterProps {
  /** Keeps the choice for the account of a user who is signed in. */
  readonly onChoose?: (language: string) => Promise<void>;
  readonly children?: ComponentChildren;
}

/** The way back to the application, and the other languages of the page. */
export function PageFooter({ onChoose, children }: PageFooterProps) {
  const { brand, languages } = PAGE_SETTINGS;
  return (
    <footer class="page-footer aside">
      {children}
      {brand.url && <a href={brand.url}>{messages.footer.backTo(brand.name)}</a>}
      {languages.length > 1 && (
        <ul class="languages" aria-label={messages.footer.language}>
          {languages.map((tag) => (
            <li key={tag} lang={tag}>
              {tag === about.tag ? (
                <span aria-current="true">{nameOf(tag)}</span>
              ) : (
                <LanguageButton tag={tag} onChoose={onChoose} />
              )}
            </li>
          ))}
        </ul>
      )}
    </footer>
  );
}

function LanguageButton({ tag, onChoose }: Pick<PageFooterProps, 'onChoose'> & { tag: string }) {
  const announce = useAnnounce();
  const task = useTask(async () => {
    await onChoose?.(tag);
    showLanguage(tag, onChoose ? 'kept' : 'chosen');
  });
  useEffect(() => {
    if (task.error !== null) announce(errorMessage(task.error), 'alert');
  }, [task.error, announce]);
  return (
    <button type="button" class="link" aria-disabled={task.isBusy} onClick={() => void task.run()}>
      {nameOf(tag)}
    </button>
  );
}

/** In the language itself: `Deutsch`. */
function nameOf(tag: string): string {
  const name = new Intl.DisplayNames(tag, { type: 'language' }).of(tag) ?? tag;
  return name.charAt(0).toLocaleUpperCase(tag) + name.slice(1);
}
