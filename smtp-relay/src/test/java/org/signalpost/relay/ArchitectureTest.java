package org.signalpost.relay;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.nio.channels.FileChannel;
import java.time.Instant;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The arrows of the design, over the classes of core, journal, tracking-http and smtp-relay. */
class ArchitectureTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.signalpost");

    private static final String[] CORE = {
        "org.signalpost.track..",
        "org.signalpost.rewrite..",
        "org.signalpost.settings..",
        "org.signalpost.retry..",
        "org.signalpost.net.."
    };

    private static final String[] TRACKING = {
        "org.signalpost.http..",
        "org.signalpost.event..",
        "org.signalpost.store..",
        "org.signalpost.classify..",
        "org.signalpost.webhook..",
        "org.signalpost.audience..",
        "org.signalpost.analytics.."
    };

    static Stream<ArchRule> rules() {
        return Stream.of(
                slices().matching("org.signalpost.(*)..")
                        .should()
                        .beFreeOfCycles()
                        .because("packages can be read one at a time"),
                noClasses()
                        .that()
                        .resideInAnyPackage(CORE)
                        .should()
                        .dependOnClassesThat(not(resideInAnyPackage(CORE))
                                .and(not(resideInAnyPackage(
                                        "java..", "javax.crypto..", "org.jsoup..", "org.jspecify.."))))
                        .because("core is the JDK and jsoup; one core serves relay, James 3.8 and 3.9"),
                noClasses()
                        .that()
                        .resideInAnyPackage(CORE)
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.sql..", "java.net.http..", "java.util.logging..")
                        .because("rewriting is pure: octets in, octets out"),
                noClasses()
                        .that()
                        .resideInAPackage("org.signalpost.journal..")
                        .should()
                        .dependOnClassesThat(resideInAPackage("org.signalpost..")
                                .and(not(resideInAPackage("org.signalpost.journal.."))))
                        .because("the journal knows nothing of mail"),
                noClasses()
                        .that()
                        .resideInAnyPackage(TRACKING)
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.signalpost.relay..")
                        .because("the HTTP side also runs beside James, without a relay"),
                noClasses()
                        .that()
                        .resideInAPackage("org.signalpost.relay..")
                        .and()
                        .doNotHaveFullyQualifiedName("org.signalpost.relay.Main")
                        .and()
                        .doNotHaveFullyQualifiedName("org.signalpost.relay.RelaySettings")
                        .and()
                        .doNotHaveFullyQualifiedName("org.signalpost.relay.RelayKeys")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage(TRACKING)
                        .because("only Main sees both sides; RelaySettings and RelayKeys only collect their keys"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.signalpost.store..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("java.sql..", "com.zaxxer..", "org.flywaydb..", "org.h2..")
                        .because("SQL has one home"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.signalpost.relay.smtp..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.subethamail..")
                        .because("the shell can be exchanged"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.signalpost.relay.client..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAnyPackage("jakarta.mail..", "org.eclipse.angus..")
                        .because("the SMTP client library is one courier's business"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.signalpost.relay.dns..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.xbill..")
                        .because("who asks DNS gets an answer in our own words"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.signalpost.http..")
                        .should()
                        .dependOnClassesThat()
                        .resideInAPackage("org.eclipse.jetty..")
                        .because("the HTTP server is the http package's business"),
                noClasses()
                        .that()
                        .doNotHaveFullyQualifiedName("org.signalpost.relay.Main")
                        .should()
                        .callMethod(Instant.class, "now")
                        .orShould()
                        .callMethod(System.class, "currentTimeMillis")
                        .because("time is an injected InstantSource"),
                noClasses()
                        .should()
                        .callMethod(Thread.class, "sleep", long.class)
                        .orShould()
                        .callMethod(Thread.class, "sleep", java.time.Duration.class)
                        .because("waiting is the scheduler's business"),
                noClasses()
                        .should()
                        .callMethod(Thread.class, "interrupt")
                        .orShould()
                        .callMethod(ExecutorService.class, "shutdownNow")
                        .orShould()
                        .callMethod(Future.class, "cancel", boolean.class)
                        .because("an interrupt inside H2 may close the database for everybody"),
                noClasses()
                        .that()
                        .resideOutsideOfPackage("org.signalpost.journal..")
                        .should()
                        .callMethod(FileChannel.class, "force", boolean.class)
                        .because("what durable means is said in one place"),
                noClasses()
                        .should()
                        .haveNameMatching(".*(Impl|Manager|Helper|Utils|Util)")
                        .because("a name says what the thing is"),
                noClasses()
                        .that()
                        .doNotHaveFullyQualifiedName("org.signalpost.relay.Main")
                        .and()
                        .doNotHaveFullyQualifiedName("org.signalpost.http.Main")
                        .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                        .because("what is printed goes through Console or the log"),
                GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION,
                GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void keeps_the_arrows_of_the_design(ArchRule rule) {
        rule.check(OURS);
    }
}
