package org.signalpost.mailet;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.time.Instant;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the mailet may know: the parts of James that 3.8 and 3.9 share, and core. */
class ArchitectureTest {
    private static final JavaClasses OURS = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.signalpost.mailet");

    static Stream<ArchRule> rules() {
        return Stream.of(
                noClasses()
                        .should()
                        .dependOnClassesThat(not(resideInAnyPackage(
                                "java..",
                                "jakarta.mail..",
                                "org.apache.mailet..",
                                "org.apache.james.core..",
                                "org.apache.james.lifecycle.api..",
                                "org.signalpost..",
                                "org.slf4j..",
                                "org.jspecify..",
                                "tools.jackson.core..")))
                        .because("one source serves James 3.8 and 3.9, and nothing else is in the jar"),
                noClasses()
                        .should()
                        .callMethodWhere(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                                        com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner(
                                                com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo(
                                                        jakarta.mail.Message.class)))
                                .and(com.tngtech.archunit.core.domain.JavaCall.Predicates.target(
                                        com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching(
                                                "saveChanges|set.*|add.*|remove.*"))))
                        .because("James writes a message whose header was changed anew"),
                noClasses()
                        .should()
                        .callMethod(Instant.class, "now")
                        .orShould()
                        .callMethod(System.class, "currentTimeMillis")
                        .because("time is an injected InstantSource"),
                noClasses()
                        .should()
                        .haveNameMatching(".*(Impl|Manager|Helper|Utils|Util)")
                        .because("a name says what the thing is"),
                GeneralCodingRules.NO_CLASSES_SHOULD_ACCESS_STANDARD_STREAMS,
                GeneralCodingRules.NO_CLASSES_SHOULD_USE_FIELD_INJECTION,
                GeneralCodingRules.NO_CLASSES_SHOULD_USE_JAVA_UTIL_LOGGING);
    }

    @ParameterizedTest
    @MethodSource("rules")
    void keeps_to_what_both_lines_have(ArchRule rule) {
        rule.check(OURS);
    }
}
