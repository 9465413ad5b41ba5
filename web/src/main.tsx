import { render } from 'preact';
import { App } from './app';
import { Announcer } from './parts/announcer';

const page = document.getElementById('page');
if (!page) throw new Error('the page has nowhere to be');
render(
  <Announcer>
    <App />
  </Announcer>,
  page,
);
