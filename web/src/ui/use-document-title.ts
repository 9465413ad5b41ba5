import { useEffect } from 'preact/hooks';
import { messages } from '../messages';
import { PAGE_SETTINGS } from '../page-settings';

export function useDocumentTitle(title: string): void {
  useEffect(() => {
    document.title = messages.document.title(title, PAGE_SETTINGS.brand.name);
  }, [title]);
}
