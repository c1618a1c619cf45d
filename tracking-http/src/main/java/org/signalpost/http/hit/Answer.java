package org.signalpost.http.hit;

import java.nio.ByteBuffer;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** An answer whose head and body are octets already, but for what differs from one to the next. Safe to share. */
final class Answer {
    private final int status;
    private final HttpField[] fields;
    private final HttpField length;
    private final ByteBuffer body;

    Answer(int status, List<HttpField> fields, byte[] body) {
        this.status = status;
        this.fields = fields.toArray(HttpField[]::new);
        this.length = new HttpField.LongValueHttpField(HttpHeader.CONTENT_LENGTH, body.length);
        this.body = ByteBuffer.allocateDirect(body.length).put(body).flip();
    }

    /** A field of every such answer. */
    static HttpField field(String name, String value) {
        return new PreEncodedHttpField(name, value);
    }

    /** Sends it with one more field, or several; does not block. */
    void send(Response response, Callback callback, HttpField... more) {
        response.setStatus(status);
        HttpFields.Mutable head = response.getHeaders();
        for (HttpField field : more) {
            head.add(field);
        }
        for (HttpField field : fields) {
            head.add(field);
        }
        head.add(length);
        response.write(/* last= */ true, body.duplicate(), callback);
    }
}
