-- The addresses and domains in whose name a key may submit mail, one a line.
ALTER TABLE api_keys ADD COLUMN senders TEXT DEFAULT '' NOT NULL;
