// What `build/page.mjs` turns JSX into.
export { Fragment, h } from 'preact';
