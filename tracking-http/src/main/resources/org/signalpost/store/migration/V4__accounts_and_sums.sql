-- Whose tracks, mails and keys these are. Number 1 is the account of a self-hosted install.
CREATE TABLE accounts (
    number         BIGINT NOT NULL PRIMARY KEY,
    name           VARCHAR(256) NOT NULL,
    plan           VARCHAR(16) NOT NULL,
    monthly_tracks BIGINT,
    sandbox_of     BIGINT,
    created_at     TIMESTAMP(3) WITH TIME ZONE NOT NULL
);
INSERT INTO accounts (number, name, plan, created_at)
VALUES (1, 'default', 'unlimited', TIMESTAMP WITH TIME ZONE '2026-01-01 00:00:00+00:00');

ALTER TABLE api_keys ADD COLUMN account BIGINT DEFAULT 1 NOT NULL;
ALTER TABLE api_keys ADD COLUMN last_four VARCHAR(4) DEFAULT '' NOT NULL;
ALTER TABLE api_keys ADD COLUMN origins TEXT DEFAULT '' NOT NULL;
ALTER TABLE api_keys ADD COLUMN expires_at TIMESTAMP(3) WITH TIME ZONE;
ALTER TABLE api_keys ADD COLUMN last_used_at TIMESTAMP(3) WITH TIME ZONE;

ALTER TABLE messages ADD COLUMN account BIGINT DEFAULT 1 NOT NULL;
CREATE INDEX messages_account ON messages (account, id DESC);

ALTER TABLE tracks ADD COLUMN account BIGINT DEFAULT 1 NOT NULL;
ALTER TABLE tracks ADD COLUMN is_opened BOOLEAN DEFAULT FALSE NOT NULL;
ALTER TABLE tracks ADD COLUMN is_clicked BOOLEAN DEFAULT FALSE NOT NULL;
UPDATE tracks SET is_opened = opens > 0, is_clicked = clicks > 0;
DROP INDEX tracks_newest;
DROP INDEX tracks_campaign;
DROP INDEX tracks_recipient;
DROP INDEX tracks_message;
CREATE INDEX tracks_newest ON tracks (account, created_at DESC, id DESC);
CREATE INDEX tracks_campaign ON tracks (account, campaign, created_at DESC, id DESC);
CREATE INDEX tracks_recipient ON tracks (account, recipient, created_at DESC, id DESC);
CREATE INDEX tracks_message ON tracks (account, message, created_at DESC, id DESC);
CREATE INDEX tracks_status ON tracks (account, status, created_at DESC, id DESC);
CREATE INDEX tracks_opened ON tracks (account, is_opened, created_at DESC, id DESC);
CREATE INDEX tracks_clicked ON tracks (account, is_clicked, created_at DESC, id DESC);
CREATE INDEX tracks_campaign_opened ON tracks (account, campaign, is_opened, created_at DESC, id DESC);

-- Whether a hit counts: it was a person's.
ALTER TABLE hits ADD COLUMN counted BOOLEAN DEFAULT TRUE NOT NULL;
ALTER TABLE hits ADD COLUMN country VARCHAR(64) DEFAULT '' NOT NULL;
ALTER TABLE hits ADD COLUMN city VARCHAR(128) DEFAULT '' NOT NULL;

-- A track that was deleted stays so: its pixel and its links are answered, and nothing is written down.
CREATE TABLE deleted_tracks (
    track VARCHAR(26) NOT NULL PRIMARY KEY,
    at    TIMESTAMP(3) WITH TIME ZONE NOT NULL
);

-- Links that were made by the API; those of relayed mail stand in recipients.explanation.
CREATE TABLE links (
    track   VARCHAR(26) NOT NULL,
    number  INTEGER NOT NULL,
    url     VARCHAR(2048) NOT NULL,
    name    VARCHAR(256) NOT NULL,
    made_at TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (track, number)
);

-- How many tracks an account has made in a month of UTC (year * 12 + month - 1); never less, whatever is deleted.
CREATE TABLE track_usage (
    account BIGINT NOT NULL,
    in_month INTEGER NOT NULL,
    tracks  BIGINT NOT NULL,
    PRIMARY KEY (account, in_month)
);

-- Answers that are given again to whoever asks with the same key; the answer is sealed with that key.
CREATE TABLE idempotency (
    account BIGINT NOT NULL,
    called  VARCHAR(64) NOT NULL,
    body    VARCHAR(64) NOT NULL,
    status  INTEGER NOT NULL,
    answer  TEXT NOT NULL,
    at      TIMESTAMP(3) WITH TIME ZONE NOT NULL,
    PRIMARY KEY (account, called)
);
CREATE INDEX idempotency_age ON idempotency (at);

-- Sums over the tracks that were made in one span of time, with all that happened to them since. scope 0: all campaigns
-- of the account (campaign is empty), 1: that campaign. grain 0: days of UTC, 1: quarters of an hour. slot is the
-- quarter in which the span begins, counted from 1970.
CREATE TABLE sums (
    account       BIGINT NOT NULL,
    scope         SMALLINT NOT NULL,
    campaign      VARCHAR(256) NOT NULL,
    grain         SMALLINT NOT NULL,
    slot          INTEGER NOT NULL,
    tracks        BIGINT NOT NULL,
    opens         BIGINT NOT NULL,
    unique_opens  BIGINT NOT NULL,
    clicks        BIGINT NOT NULL,
    unique_clicks BIGINT NOT NULL,
    machine_opens BIGINT NOT NULL,
    bot_clicks    BIGINT NOT NULL,
    machine_only  BIGINT NOT NULL,
    bot_only      BIGINT NOT NULL,
    delivered     BIGINT NOT NULL,
    bounced       BIGINT NOT NULL,
    PRIMARY KEY (account, scope, campaign, grain, slot)
);
CREATE INDEX sums_campaigns ON sums (account, scope, grain, slot);

CREATE TABLE agent_sums (
    account       BIGINT NOT NULL,
    scope         SMALLINT NOT NULL,
    campaign      VARCHAR(256) NOT NULL,
    grain         SMALLINT NOT NULL,
    slot          INTEGER NOT NULL,
    email_client  VARCHAR(64) NOT NULL,
    device        VARCHAR(16) NOT NULL,
    opens         BIGINT NOT NULL,
    machine_opens BIGINT NOT NULL,
    PRIMARY KEY (account, scope, campaign, grain, slot, email_client, device)
);

CREATE TABLE place_sums (
    account       BIGINT NOT NULL,
    scope         SMALLINT NOT NULL,
    campaign      VARCHAR(256) NOT NULL,
    grain         SMALLINT NOT NULL,
    slot          INTEGER NOT NULL,
    country       VARCHAR(64) NOT NULL,
    city          VARCHAR(128) NOT NULL,
    opens         BIGINT NOT NULL,
    clicks        BIGINT NOT NULL,
    machine_opens BIGINT NOT NULL,
    bot_clicks    BIGINT NOT NULL,
    PRIMARY KEY (account, scope, campaign, grain, slot, country, city)
);

-- url is the start of the SHA-256 of a destination that stands in urls.
CREATE TABLE link_sums (
    account       BIGINT NOT NULL,
    scope         SMALLINT NOT NULL,
    campaign      VARCHAR(256) NOT NULL,
    grain         SMALLINT NOT NULL,
    slot          INTEGER NOT NULL,
    url           VARCHAR(32) NOT NULL,
    clicks        BIGINT NOT NULL,
    unique_clicks BIGINT NOT NULL,
    bot_clicks    BIGINT NOT NULL,
    PRIMARY KEY (account, scope, campaign, grain, slot, url)
);

CREATE TABLE urls (
    url         VARCHAR(32) NOT NULL PRIMARY KEY,
    destination VARCHAR(2048) NOT NULL
);
