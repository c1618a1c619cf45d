package org.signalpost.rewrite;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.apache.james.mime4j.dom.Body;
import org.apache.james.mime4j.dom.Entity;
import org.apache.james.mime4j.dom.Multipart;
import org.apache.james.mime4j.dom.SingleBody;
import org.apache.james.mime4j.message.DefaultMessageBuilder;
import org.apache.james.mime4j.stream.MimeConfig;

/** A part of a mail as mime4j sees it; its content is decoded, one character an octet. */
record Leaf(String type, String charset, String content) {
    /** All parts of a mail; a multipart stands there with the number of its parts. */
    static List<Leaf> of(byte[] mail) throws IOException {
        var builder = new DefaultMessageBuilder();
        builder.setMimeEntityConfig(MimeConfig.PERMISSIVE);
        builder.setContentDecoding(/* contentDecoding= */ true);
        var leaves = new ArrayList<Leaf>();
        collect(builder.parseMessage(new ByteArrayInputStream(mail)), leaves);
        return leaves;
    }

    private static void collect(Entity entity, List<Leaf> leaves) throws IOException {
        Body body = entity.getBody();
        if (body instanceof Multipart multipart) {
            leaves.add(new Leaf(
                    String.valueOf(entity.getMimeType()),
                    "",
                    "parts: " + multipart.getBodyParts().size()));
            for (Entity part : multipart.getBodyParts()) {
                collect(part, leaves);
            }
        } else if (body instanceof SingleBody single) {
            var octets = new ByteArrayOutputStream();
            single.writeTo(octets);
            leaves.add(new Leaf(
                    String.valueOf(entity.getMimeType()),
                    String.valueOf(entity.getCharset()),
                    octets.toString(StandardCharsets.ISO_8859_1)));
        } else if (body instanceof Entity inner) {
            collect(inner, leaves);
        }
    }
}
