// Express 4 has no types of its own, and only one version of @types/express can be installed.
declare module 'express-4' {
  export { default } from 'express';
}
