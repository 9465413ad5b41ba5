/** The texts of the page. The build replaces the catalogue with that of each language (`build/page.mjs`). */
export {
  about,
  account as accountMessages,
  links as linkMessages,
  page as messages,
} from '../../src/languages/catalogues/en';
