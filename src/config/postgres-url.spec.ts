import { postgresServerUrls } from './postgres-url.js';

describe('postgresServerUrls', () => {
  it.each([
    ['postgres://ada@db/latchkey', ['postgres://ada@db/latchkey']],
    ['postgresql://db', ['postgresql://db']],
    ['postgres://ada:p%40ss%2F@db:5433/latchkey', ['postgres://ada:p%40ss%2F@db:5433/latchkey']],
    ['postgres:///latchkey?host=/run/postgresql', ['postgres:///latchkey?host=%2Frun%2Fpostgresql']],
    ['postgres://ada@/latchkey?host=/run/postgresql', ['postgres://ada@/latchkey?host=%2Frun%2Fpostgresql']],
    ['postgres://ada@%2Frun%2Fpostgresql/latchkey', ['postgres://ada@%2Frun%2Fpostgresql/latchkey']],
    [
      'postgres://ada:x@a:1,b,[::1]:3/latchkey?target_session_attrs=read-write&connect_timeout=2',
      [
        'postgres://ada:x@a:1/latchkey?connect_timeout=2',
        'postgres://ada:x@b/latchkey?connect_timeout=2',
        'postgres://ada:x@[::1]:3/latchkey?connect_timeout=2',
      ],
    ],
    ['postgres://db/l?options=-c%20search_path%3Dauth', ['postgres://db/l?options=-c%20search_path%3Dauth']],
  ])('splits %s', (url, urls) => {
    expect(postgresServerUrls(url)).toEqual(urls);
  });

  it.each(['require', 'verify-ca', 'verify-full'])('verifies the server with sslmode=%s', (mode) => {
    expect(postgresServerUrls(`postgres://db/latchkey?sslmode=${mode}`)).toEqual([
      'postgres://db/latchkey?sslmode=verify-full',
    ]);
  });

  it.each([
    ['mysql://db/latchkey', /starts with postgres:\/\//],
    ['postgres://ada:secret#1@db/latchkey', /%23/],
    ['postgres://ada:secret/1@db/latchkey', /%2F for \//],
    ['postgres://ada:secret%1@db/latchkey', /write %25/],
    ['postgres://ada:secret@db:port/latchkey', /not host:port/],
    ['postgres://ada:secret@a,,b/latchkey', /not host:port/],
    ['postgres://ada:secret@/latchkey?host=a,b', /several servers in the parameter host/],
    ['postgres://ada:secret@db/latchkey?sslmode=prefer', /unsupported sslmode/],
    ['postgres://ada:secret@db/latchkey?sslcrl=x', /sslcrl, which is not supported/],
    ['postgres://ada:secret@a,b/latchkey?target_session_attrs=standby', /needs a primary/],
  ])('refuses %s without repeating the password', (url, message) => {
    expect(() => postgresServerUrls(url)).toThrow(message);
    expect(() => postgresServerUrls(url)).not.toThrow(/secret/);
  });
});
