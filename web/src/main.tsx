import { render } from 'preact';
import { App } from './app';
import { Announcer } from './ui/announcer';

const page = document.getElementById('page');
if (!page) throw new Error('the page has nowhere to be');
render(
  <Announcer>
    <App />
  </Announcer>,
  page,
);
