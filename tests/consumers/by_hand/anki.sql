-- The least that Anki's importer takes: a collection of schema 11, with one note type, one deck and two cards.
CREATE TABLE col (id integer PRIMARY KEY, crt integer, mod integer, scm integer, ver integer, dty integer, usn integer,
    ls integer, conf text, models text, decks text, dconf text, tags text);
CREATE TABLE notes (id integer PRIMARY KEY, guid text, mid integer, mod integer, usn integer, tags text, flds text,
    sfld text, csum integer, flags integer, data text);
CREATE TABLE cards (id integer PRIMARY KEY, nid integer, did integer, ord integer, mod integer, usn integer, type integer,
    queue integer, due integer, ivl integer, factor integer, reps integer, lapses integer, left integer, odue integer,
    odid integer, flags integer, data text);
CREATE TABLE revlog (id integer PRIMARY KEY, cid integer, usn integer, ease integer, ivl integer, lastIvl integer,
    factor integer, time integer, type integer);
CREATE TABLE graves (usn integer, oid integer, type integer);

INSERT INTO col VALUES (1, 1700000000, 1700000000000, 1700000000000, 11, 0, 0, 0, '{}',
    '{"1600000000001": {"id": 1600000000001, "name": "Derivation", "type": 0, "mod": 1700000000, "usn": -1, "sortf": 0,
      "did": 1600000000002, "css": "", "latexPre": "", "latexPost": "", "tags": [], "vers": [], "req": [[0, "any", [0]]],
      "flds": [{"name": "Question", "ord": 0, "font": "Arial", "size": 20, "sticky": false, "rtl": false, "media": []},
               {"name": "Key", "ord": 1, "font": "Arial", "size": 20, "sticky": false, "rtl": false, "media": []}],
      "tmpls": [{"name": "Card", "ord": 0, "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr id=answer>{{Key}}",
                 "did": null, "bqfmt": "", "bafmt": ""}]}}',
    '{"1": {"id": 1, "name": "Default", "mod": 0, "usn": 0, "conf": 1, "desc": "", "dyn": 0, "extendNew": 0,
            "extendRev": 0, "collapsed": false, "newToday": [0, 0], "revToday": [0, 0], "lrnToday": [0, 0],
            "timeToday": [0, 0]},
      "1600000000002": {"id": 1600000000002, "name": "By hand", "mod": 0, "usn": 0, "conf": 1, "desc": "", "dyn": 0,
            "extendNew": 0, "extendRev": 0, "collapsed": false, "newToday": [0, 0], "revToday": [0, 0],
            "lrnToday": [0, 0], "timeToday": [0, 0]}}',
    '{}', '{}');
INSERT INTO notes VALUES
    (1, 'v1.q1', 1600000000001, 1700000000, -1, ' variant-v1 ', 'The slope \(w_5\)?' || char(31) || '0.0822', '', 0, 0, ''),
    (2, 'v1.q2', 1600000000001, 1700000000, -1, ' variant-v1 ', 'The error?' || char(31) || '0.2984', '', 0, 0, '');
INSERT INTO cards VALUES
    (1, 1, 1600000000002, 0, 1700000000, -1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, ''),
    (2, 2, 1600000000002, 0, 1700000000, -1, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, '');
