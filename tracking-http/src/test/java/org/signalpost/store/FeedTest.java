package org.signalpost.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.signalpost.event.MailFeed;
import org.signalpost.journal.EntryId;
import org.signalpost.journal.Journal;
import org.signalpost.journal.Position;

class FeedTest {
    private static final int SEGMENT = 4 << 10;

    @TempDir
    Path directory;

    private static Position append(Journal log, int records) {
        Position last = Position.START;
        for (int i = 0; i < records; i++) {
            last = log.append(1, new EntryId(1, i), new byte[1_000]);
        }
        return last;
    }

    @Test
    void mail_that_is_not_booked_is_a_flood_from_some_octets_on_until_it_is() {
        try (Journal log = Journal.open(directory, SEGMENT)) {
            Feed feed = Feed.mail(new MailFeed(log, entry -> Optional.empty(), position -> {}), 5 * SEGMENT);
            append(log, 3);
            assertThat(feed.isFlooded()).isFalse();
            Position last = append(log, 20);
            assertThat(feed.isFlooded()).isTrue();
            feed.reached(last);
            assertThat(feed.isFlooded()).isFalse();
            assertThat(Feed.mail(new MailFeed(log, entry -> Optional.empty(), position -> {}))
                            .isFlooded())
                    .isFalse();
        }
    }

    @Test
    void events_are_none_however_many_there_are() {
        try (Journal log = Journal.open(directory, SEGMENT)) {
            append(log, 40);
            Feed feed = Feed.events(log, new Feed.History(Duration.ofDays(2), InstantSource.system()));
            assertThat(feed.isFlooded()).isFalse();
        }
    }
}
