package org.signalpost.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.sql.Statement;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;

/**
 * The database: opened when it can be, opened again when it broke.
 *
 * <p>Safe to share. No thread that may be inside it is ever interrupted: H2 answers that by closing the whole database.
 */
public final class Database implements AutoCloseable {
    /** H2's own numbers for a database that is closed, locked, broken, or whose session is gone. */
    private static final Set<Integer> GONE =
            Set.of(50000, 90007, 90020, 90028, 90030, 90031, 90067, 90098, 90108, 90121);

    /** A lock that was waited for in vain, a deadlock: nothing is wrong with the statement. */
    private static final Set<Integer> AGAIN = Set.of(50200, 50201, 57014, 90131);

    /** The states of a statement about a table that is not there. */
    private static final Set<String> NO_TABLE = Set.of("42S02", "42S03", "42S04", "42P01");

    private static final long CONNECT_MILLIS = 2_000;

    /** How much of H2's file is to be alive, and how many octets are written at once to make it so. */
    private static final int FILLED_PERCENT = 50;

    private static final int TIDY_OCTETS = 16 << 20;

    static {
        // Its cache of values costs more than making them, and keeps what nobody wants.
        System.setProperty("h2.objectCache", "false");
    }

    private final String url;
    private final boolean h2;

    /** H2's file, where it is ours. */
    private final Optional<Path> file;

    private final Optional<FileGuard> guard;

    private final ReentrantLock opening = new ReentrantLock();
    private final CountDownLatch tried = new CountDownLatch(1);
    private volatile Optional<HikariDataSource> pool = Optional.empty();

    private Database(String url, Optional<Path> file) {
        this.url = url;
        this.file = file;
        this.guard = file.map(FileGuard::new);
        this.h2 = url.startsWith("jdbc:h2:");
    }

    /** The database at this JDBC address, or H2 in this file when the address is empty. Opens nothing. */
    public static Database at(String url, Path file) {
        // No writing in the background: it may catch a transaction between a row and its undo log, and after a kill
        // such a row is locked by nobody for a long time, or for ever (decision 0015). What was written is kept for 20
        // s, dead or not.
        return url.isEmpty()
                ? new Database(
                        "jdbc:h2:file:" + file.toAbsolutePath()
                                + ";DB_CLOSE_ON_EXIT=FALSE;QUERY_CACHE_SIZE=128;WRITE_DELAY=0;RETENTION_TIME=20000",
                        Optional.of(file.resolveSibling(file.getFileName() + ".mv.db")))
                : new Database(url, Optional.empty());
    }

    /** What is done with a connection. */
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** Whether it has been opened; it may be broken all the same. */
    public boolean isOpen() {
        return pool.isPresent();
    }

    /**
     * Opens it and brings its tables up to date, unless that is done.
     *
     * @throws Unavailable when it can't be opened now
     */
    void open() {
        opening.lock();
        try {
            if (pool.isPresent()) {
                return;
            }
            guard.ifPresent(FileGuard::recover);
            pool = Optional.of(guard.isPresent() ? upToDate(guard.get()) : migrated(connect(), () -> {}));
        } catch (FlywayException | com.zaxxer.hikari.pool.HikariPool.PoolInitializationException e) {
            throw new Unavailable("the database can't be opened: " + e.getMessage(), e);
        } finally {
            tried.countDown();
            opening.unlock();
        }
    }

    private HikariDataSource connect() {
        var config = new HikariConfig();
        config.setJdbcUrl(url);
        config.setPoolName("signalpost");
        config.setAutoCommit(/* isAutoCommit= */ false);
        config.setMinimumIdle(1);
        config.setMaximumPoolSize(8);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setInitializationFailTimeout(1);
        config.setThreadFactory(
                Thread.ofPlatform().daemon().name("database-", 0).factory());
        return new HikariDataSource(config);
    }

    /** H2's file, brought up to date whole or not at all. */
    private HikariDataSource upToDate(FileGuard kept) {
        if (kept.isThere()) {
            HikariDataSource there = connect();
            if (isCurrent(there)) {
                // Changes nothing, but looks whether its tables were made by the steps that we know.
                return migrated(there, () -> {});
            }
        }
        kept.begin();
        return migrated(connect(), kept::done);
    }

    /** Whether nothing is to be brought up to date; what is not current is closed. */
    private static boolean isCurrent(HikariDataSource source) {
        boolean current = false;
        try {
            current = flyway(source).info().pending().length == 0;
            return current;
        } finally {
            if (!current) {
                source.close();
            }
        }
    }

    /** Brings it up to date, then does what comes after; closes it when either fails. */
    private static HikariDataSource migrated(HikariDataSource source, Runnable after) {
        boolean done = false;
        try {
            flyway(source).migrate();
            after.run();
            done = true;
            return source;
        } finally {
            if (!done) {
                source.close();
            }
        }
    }

    private static Flyway flyway(HikariDataSource source) {
        return Flyway.configure(Database.class.getClassLoader())
                .dataSource(source)
                .locations("classpath:org/signalpost/store/migration")
                .load();
    }

    /**
     * Does the work in one transaction.
     *
     * @throws Unavailable when the database is away; nothing, or rarely all, of the work is done
     * @throws BadStatement when the database refuses it; nothing is done
     */
    <T> T transaction(Work<T> work) {
        awaitFirstOpening();
        HikariDataSource source = pool.orElseThrow(() -> new Unavailable("the database is not open"));
        try (Connection connection = source.getConnection()) {
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException e) {
                undo(connection, e);
                throw e;
            } catch (RuntimeException e) {
                undo(connection, e);
                throw e;
            }
        } catch (SQLException e) {
            if (NO_TABLE.contains(state(e))) {
                // Somebody put another database in its place: it is made anew, and booked anew from the logs.
                forget();
                throw new Unavailable("the database has lost its tables: " + e.getMessage(), e);
            }
            if (isAway(e)) {
                Optional.ofNullable(source.getHikariPoolMXBean()).ifPresent(all -> all.softEvictConnections());
                throw new Unavailable("the database is away: " + e.getMessage(), e);
            }
            throw new BadStatement(e);
        }
    }

    /**
     * A start is quick, but not instant: whoever asks meanwhile waits rather than being sent away. Once it could not be
     * opened nobody waits: mail and hits must not.
     */
    private void awaitFirstOpening() {
        try {
            if (!tried.await(CONNECT_MILLIS, TimeUnit.MILLISECONDS)) {
                throw new Unavailable("the database is not open yet");
            }
        } catch (InterruptedException e) {
            throw new Unavailable("interrupted while waiting for the database", e);
        }
    }

    private static void undo(Connection connection, Exception reason) {
        try {
            connection.rollback();
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    private static String state(SQLException e) {
        return e.getSQLState() == null ? "" : e.getSQLState();
    }

    private static boolean isAway(SQLException e) {
        String state = state(e);
        return state.startsWith("08")
                || state.startsWith("53")
                || state.startsWith("57P")
                || state.startsWith("40")
                || GONE.contains(e.getErrorCode())
                || AGAIN.contains(e.getErrorCode())
                || e instanceof SQLTransientException
                || e instanceof SQLRecoverableException;
    }

    /** Forces to disk what was committed; on anything but H2 a commit has done so. */
    void checkpoint() {
        if (h2) {
            transaction(connection -> {
                try (Statement statement = connection.createStatement()) {
                    return statement.execute("CHECKPOINT SYNC");
                }
            });
        }
    }

    /**
     * Makes room in H2's file: what is alive in parts of it that are mostly dead is written anew, so that they can be
     * used again. To be called now and then by whoever writes most, between two of its transactions; H2's own thread
     * for that is off with its writing in the background.
     */
    void tidy() {
        if (h2) {
            transaction(
                    connection -> connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session
                            && session.getDatabase().getStore().getMvStore().compact(FILLED_PERCENT, TIDY_OCTETS));
        }
    }

    /**
     * Looks whether its file is still there: H2 goes on writing into one that was deleted, and all of that would be
     * gone at the next start.
     *
     * @throws Unavailable when it is gone; it is made anew when it is opened again
     */
    void look() {
        if (isOpen() && file.isPresent() && !Files.exists(file.get())) {
            forget();
            throw new Unavailable("the file of the database is gone: " + file.get());
        }
    }

    /** Closes it, to be opened again. */
    private void forget() {
        opening.lock();
        try {
            pool.ifPresent(HikariDataSource::close);
            pool = Optional.empty();
        } finally {
            opening.unlock();
        }
    }

    /** Closes it; the last thing to be closed. */
    @Override
    public void close() {
        forget();
    }
}
