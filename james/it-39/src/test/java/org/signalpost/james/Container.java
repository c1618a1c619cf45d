package org.signalpost.james;

import jakarta.mail.MessagingException;
import java.io.ByteArrayInputStream;
import java.io.StringReader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Set;
import org.apache.commons.configuration2.XMLConfiguration;
import org.apache.commons.configuration2.builder.BasicConfigurationBuilder;
import org.apache.commons.configuration2.builder.fluent.Parameters;
import org.apache.commons.configuration2.convert.DisabledListDelimiterHandler;
import org.apache.commons.configuration2.io.FileHandler;
import org.apache.james.mailetcontainer.impl.CompositeProcessorImpl;
import org.apache.james.metrics.tests.RecordingMetricFactory;
import org.apache.james.server.core.MailImpl;
import org.apache.james.server.core.MimeMessageInputStreamSource;
import org.apache.james.server.core.MimeMessageWrapper;
import org.apache.james.server.core.configuration.Configuration;
import org.apache.james.server.core.filesystem.FileSystemImpl;
import org.apache.james.utils.ExtendedClassLoader;
import org.apache.james.utils.GuiceGenericLoader;
import org.apache.james.utils.GuiceMailetLoader;
import org.apache.james.utils.GuiceMatcherLoader;
import org.apache.mailet.Attribute;
import org.apache.mailet.AttributeValue;
import org.apache.mailet.Mail;
import org.apache.mailet.MailetContext;
import org.apache.mailet.base.test.FakeMailContext;

/**
 * The real mailet container of James 3.9, which loads our jar from {@code extensions-jars} as the server does, and a
 * spool that brings what mailets send. One thread.
 */
final class Container implements AutoCloseable {
    private static final String AROUND = """
            <processors enableJmx="false">
              <processor state="root" enableJmx="false">
                <mailet match="All" class="ToProcessor"><processor>relay</processor></mailet>
              </processor>
              <processor state="error" enableJmx="false"><mailet match="All" class="Null"/></processor>
              <processor state="relay" enableJmx="false">
                %s
                <mailet match="All" class="org.signalpost.james.Keep"/>
                <mailet match="All" class="Null"/>
              </processor>
            </processors>
            """;

    private final Deque<Mail> spool = new ArrayDeque<>();
    private final CompositeProcessorImpl processors;
    private int dies = Integer.MAX_VALUE;

    /** A container below {@code home} with this element first in {@code relay}. */
    Container(Path home, String element) throws Exception {
        Path jars = Files.createDirectories(home.resolve("extensions-jars"));
        Path jar = Path.of(System.getProperty("mailet.jar", ""));
        Files.copy(jar, jars.resolve(jar.getFileName()), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        var directories = Configuration.builder()
                .workingDirectory(home.toFile())
                .configurationFromClasspath()
                .build()
                .directories();
        var loader = GuiceGenericLoader.forTesting(new ExtendedClassLoader(new FileSystemImpl(directories)));
        processors = new CompositeProcessorImpl(
                new RecordingMetricFactory(),
                context(),
                new GuiceMatcherLoader(loader),
                new GuiceMailetLoader(loader, Set.of()));
        processors.configure(configuration(AROUND.formatted(element)));
        processors.init();
    }

    private static XMLConfiguration configuration(String xml) throws Exception {
        XMLConfiguration configuration = new BasicConfigurationBuilder<>(XMLConfiguration.class)
                .configure(new Parameters().xml().setListDelimiterHandler(new DisabledListDelimiterHandler()))
                .getConfiguration();
        new FileHandler(configuration).load(new StringReader(xml));
        return configuration;
    }

    private MailetContext context() {
        MailetContext plain = FakeMailContext.defaultContext();
        return (MailetContext) Proxy.newProxyInstance(
                Container.class.getClassLoader(), new Class<?>[] {MailetContext.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("sendMail") && arguments.length == 2) {
                        enqueue((Mail) arguments[0], (String) arguments[1]);
                        return null;
                    }
                    try {
                        return method.invoke(plain, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void enqueue(Mail mail, String state) throws MessagingException {
        if (--dies < 0) {
            throw new MessagingException("the spool is gone");
        }
        Mail copy = mail.duplicate();
        copy.setAttribute(Mail.SENT_BY_MAILET_ATTRIBUTE);
        copy.setState(state);
        spool.add(copy);
    }

    /** The spool takes so many mails, and then no more. */
    void dieAfter(int mails) {
        dies = mails;
    }

    /** A mail as James has it when a client that signed in has handed it over. */
    static Mail mail(byte[] octets, String... recipients) throws MessagingException {
        Mail mail = MailImpl.builder()
                .name("mail")
                .sender("shop@example.org")
                .addRecipients(recipients)
                .mimeMessage(new MimeMessageWrapper(
                        MimeMessageInputStreamSource.create("mail", new ByteArrayInputStream(octets))))
                .state(Mail.DEFAULT)
                .build();
        mail.setAttribute(new Attribute(Mail.SMTP_AUTH_USER, AttributeValue.of("shop@example.org")));
        return mail;
    }

    /** Takes the mail, and what is sent on its way, through all processors. */
    void process(Mail mail) throws MessagingException {
        spool.add(mail);
        for (Mail next = spool.poll(); next != null; next = spool.poll()) {
            processors.service(next);
        }
    }

    /** As James leaves it when the process ends: what is in the spool is brought again by a persistent one. */
    @Override
    public void close() {
        processors.dispose();
    }
}
