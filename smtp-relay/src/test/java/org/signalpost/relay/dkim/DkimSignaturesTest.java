package org.signalpost.relay.dkim;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.signalpost.rewrite.RawMessage;

class DkimSignaturesTest {
    private static RawMessage mail(String text) {
        return RawMessage.of(text.replace("\n", "\r\n").getBytes(ISO_8859_1));
    }

    private static final String OTHERS = "dkim-signature: v=1; a=rsa-sha256; d=esp.example; s=1; b=x\n";
    private static final String REST =
            "From: ann@example.org\nSubject: Gr\u00fc\u00dfe\n\nDKIM-Signature: d=example.org\n";

    @Test
    void are_found_however_they_are_written() {
        DkimSignatures signatures = DkimSignatures.of(mail("Received: x\nDKIM-Signature:v=1;\n\td=\n  Example.ORG ;b=\n"
                + OTHERS + "DKIM-Signature: x=d=wrong.example; b\u00fc; =; sd=no.example\nARC-SEAL: i=1\n" + REST));

        assertThat(signatures.any()).isTrue();
        assertThat(signatures.domains()).containsExactlyInAnyOrder("example.org", "esp.example");
        assertThat(signatures.sealed()).isTrue();
    }

    @Test
    void of_one_domain_can_be_taken_out() {
        RawMessage mail = mail("DKIM-Signature: v=1;\n d=example.org; b=\n a\nReceived: x\n" + OTHERS
                + "DKIM-Signature: d=EXAMPLE.ORG\n" + REST);

        assertThat(DkimSignatures.of(mail).without("Example.org")).isEqualTo(mail("Received: x\n" + OTHERS + REST));
        assertThat(DkimSignatures.of(mail).without("example.net")).isSameAs(mail);
        assertThat(DkimSignatures.of(mail).without("a.example.org")).isSameAs(mail);
    }

    @Test
    void are_none_in_mail_that_has_none() {
        DkimSignatures signatures = DkimSignatures.of(mail(REST));

        assertThat(signatures.any()).isFalse();
        assertThat(signatures.sealed()).isFalse();
        assertThat(signatures.domains()).isEmpty();
    }
}
