import { render } from 'preact';
import { App } from './app';
import { Announcer } from './ui/announcer';

const page = document.getElementById('page');
if (!page) throw new Error('index.html has no #page element');
render(
  <Announcer>
    <App />
  </Announcer>,
  page,
);
