package org.signalpost.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.MigrationVersion;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A kill while the database is brought up to date. */
class FileGuardTest {
    @TempDir
    Path directory;

    private String url() {
        return "jdbc:h2:file:" + directory.resolve("books").toAbsolutePath();
    }

    private Path file(String ending) {
        return directory.resolve("books.mv.db" + ending);
    }

    private Database database() {
        return Database.at("", directory.resolve("books"));
    }

    private void execute(String... statements) throws Exception {
        try (Connection connection = DriverManager.getConnection(url());
                var statement = connection.createStatement()) {
            for (String sql : statements) {
                boolean rows = statement.execute(sql);
                assertThat(rows).isFalse();
            }
        }
    }

    private static long accounts(Database database) {
        return database.transaction(connection ->
                        Sql.rows(connection, "SELECT COUNT(*) FROM accounts", List.of(), row -> row.getLong(1)))
                .getFirst();
    }

    @Test
    void tables_that_were_half_made_are_made_anew() throws Exception {
        Files.write(file(".before"), new byte[0]);
        execute("CREATE TABLE tracks (id INTEGER)", "CREATE TABLE hits (id INTEGER)");
        try (var database = database()) {
            database.open();
            assertThat(accounts(database)).isEqualTo(1);
        }
        assertThat(file(".before")).doesNotExist();
    }

    @Test
    void tables_that_were_half_changed_are_as_they_were_and_changed_again() throws Exception {
        var older = Flyway.configure(Database.class.getClassLoader())
                .dataSource(url(), "", "")
                .locations("classpath:org/signalpost/store/migration")
                .target(MigrationVersion.fromVersion("5"))
                .load()
                .migrate();
        assertThat(older.success).isTrue();
        execute("INSERT INTO accounts (number, name, plan, created_at) VALUES (2, 'shop', 'free', CURRENT_TIMESTAMP)");
        Files.copy(file(""), file(".before"));
        execute("CREATE TABLE purchases (id INTEGER)", "DELETE FROM accounts");
        try (var database = database()) {
            database.open();
            assertThat(accounts(database)).isEqualTo(2);
        }
        assertThat(file(".before")).doesNotExist();
        assertThat(file(".copying")).doesNotExist();
        try (var again = database()) {
            again.open();
            assertThat(accounts(again)).isEqualTo(2);
        }
    }

    @Test
    void tables_that_were_made_by_other_steps_are_not_taken_for_ours() throws Exception {
        try (var database = database()) {
            database.open();
        }
        execute("UPDATE \"flyway_schema_history\" SET \"checksum\" = 1 WHERE \"version\" = '6'");
        try (var database = database()) {
            assertThatThrownBy(database::open).isInstanceOf(Unavailable.class).hasMessageContaining("checksum");
        }
        assertThat(file(".before")).doesNotExist();
    }

    @Test
    void nobody_waits_for_a_database_that_could_not_be_opened() throws Exception {
        execute("CREATE TABLE tracks (id INTEGER)");
        try (var database = database()) {
            assertThatThrownBy(database::open).isInstanceOf(Unavailable.class);
            Instant start = Instant.now();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() -> accounts(database)).isInstanceOf(Unavailable.class);
            }
            assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(2));
        }
    }
}
