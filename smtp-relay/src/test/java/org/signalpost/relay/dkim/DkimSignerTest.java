package org.signalpost.relay.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.security.KeyPair;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.signalpost.rewrite.RawMessage;
import org.slf4j.LoggerFactory;

class DkimSignerTest {
    private static RawMessage mail(String text) {
        return RawMessage.of(text.replace("\n", "\r\n").getBytes(ISO_8859_1));
    }

    private static final RawMessage MAIL =
            mail("Received: x\nFrom: ann@example.org\nTo: a\nBcc: b\nTO: c\nSubject: x\nReturn-Path: <>\n\nbody\n");

    private static String text(RawMessage message) {
        return new String(message.octets(), ISO_8859_1);
    }

    private static TagList signature(RawMessage signed) {
        String value = text(signed).substring("DKIM-Signature:".length());
        return TagList.parse(value.substring(0, value.indexOf("\r\nReceived")));
    }

    @Test
    void puts_a_folded_signature_on_top_of_the_same_octets() {
        RawMessage signed = TestKeys.SIGNER.sign(MAIL);

        String field = text(signed).substring(0, signed.size() - MAIL.size());
        assertThat(text(signed)).endsWith(text(MAIL)).startsWith("DKIM-Signature: v=1; a=rsa-sha256;");
        assertThat(field).endsWith("\r\n");
        assertThat(field.split("\r\n", -1)).allMatch(line -> line.length() <= 76);
        assertThat(field.lines().skip(1)).allMatch(line -> line.matches(" \\S.*"));
        TagList tags = signature(signed);
        assertThat(tags.tags().keySet()).containsExactlyInAnyOrder("v", "a", "c", "d", "s", "h", "bh", "b");
        assertThat(tags.value("c")).isEqualTo("relaxed/relaxed");
        assertThat(tags.value("d")).isEqualTo("example.org");
        assertThat(tags.value("h")).isEqualTo("From:From:To:To:Subject");
    }

    @Test
    void gives_the_same_octets_every_time_from_any_thread() throws Exception {
        var both = new DkimSigner(DkimKeys.of(List.of(TestKeys.ED25519, TestKeys.RSA)));
        RawMessage signed = both.sign(MAIL);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var results = new ArrayList<Future<RawMessage>>();
            for (int i = 0; i < 50; i++) {
                Callable<RawMessage> sign = () -> both.sign(MAIL);
                results.add(threads.submit(sign));
            }
            for (Future<RawMessage> result : results) {
                assertThat(result.get()).isEqualTo(signed);
            }
        }
        assertThat(text(signed).indexOf("a=rsa-sha256")).isLessThan(text(signed).indexOf("a=ed25519-sha256"));
    }

    @Test
    void signs_for_the_domain_above_when_that_has_the_key() {
        RawMessage signed = TestKeys.SIGNER.sign(mail("Received: x\nFrom: ann@news.example.org\n\n"));

        assertThat(signature(signed).value("d")).isEqualTo("example.org");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "From: ann@example.net\n\nx\n",
                "To: ann@example.org\n\nx\n",
                "From: ann@example.org\nFrom: bob@example.org\n\nx\n",
                "",
                "no header"
            })
    void leaves_alone_what_is_not_from_a_domain_with_a_key(String text) {
        RawMessage mail = mail(text);

        assertThat(TestKeys.SIGNER.sign(mail)).isSameAs(mail);
    }

    /** What is sent, and what stands in the log. */
    private record Logged(RawMessage sent, List<String> lines) {}

    private static Logged logged(DkimSigner signer, RawMessage mail) {
        var log = (ch.qos.logback.classic.Logger) LoggerFactory.getLogger(DkimSigner.class);
        var lines = new ListAppender<ILoggingEvent>();
        lines.start();
        log.addAppender(lines);
        log.setAdditive(/* additive= */ false);
        try {
            RawMessage sent = signer.sign(mail);
            return new Logged(
                    sent,
                    lines.list.stream()
                            .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                            .toList());
        } finally {
            log.detachAppender(lines);
            log.setAdditive(/* additive= */ true);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\rb\r\n", "a\nb\r\n", "a\r\r\n", "a\r"})
    void leaves_alone_what_no_peer_would_see_as_it_is(String body) {
        RawMessage mail = RawMessage.of(("From: ann@example.org\r\n\r\n" + body).getBytes(ISO_8859_1));

        Logged result = logged(TestKeys.SIGNER, mail);

        assertThat(result.sent()).isSameAs(mail);
        assertThat(result.lines()).containsExactly("WARN not signed for example.org: a bare CR or LF in it");
    }

    private static final String ALARM = "ERROR alarm=dkim domain=example.org selector=r1"
            + " reason=the signature does not verify, the mail goes without it";

    @Test
    void survives_a_header_as_long_as_is_read() {
        String head = "From: ann@example.org\nX: ";
        RawMessage mail = mail(head + "x".repeat((1 << 20) - head.length() - 10) + "\n\n");

        Logged result = logged(TestKeys.SIGNER, mail);

        assertThat(result.sent()).isSameAs(mail);
        assertThat(result.lines()).containsExactly(ALARM);
    }

    @Test
    void sends_without_a_signature_that_does_not_verify_and_raises_an_alarm() {
        var mixed = new KeyPair(
                TestKeys.pair("RSA").getPublic(), TestKeys.RSA.pair().getPrivate());
        var broken = new DkimKey("example.org", "r1", DkimAlgorithm.RSA, mixed);

        Logged alone = logged(new DkimSigner(DkimKeys.of(List.of(broken))), MAIL);
        Logged withAnother = logged(new DkimSigner(DkimKeys.of(List.of(broken, TestKeys.ED25519))), MAIL);

        assertThat(alone.sent()).isSameAs(MAIL);
        assertThat(alone.lines()).containsExactly(ALARM);
        assertThat(withAnother.sent()).isEqualTo(new DkimSigner(DkimKeys.of(List.of(TestKeys.ED25519))).sign(MAIL));
        assertThat(withAnother.lines()).containsExactly(ALARM);
    }
}
