export { fileStorage } from './storage/file-storage.js';
