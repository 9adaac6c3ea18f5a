package dev.locret.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Who may use whom. Each rule is also run over {@code planted}, where every kind of breach was put on purpose. */
class ArchitectureTest {
    private static final String ROOT = "dev.locret";
    private static final String PLANTED = "dev.locret.architecture.planted";

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages(ROOT);
    private static final JavaClasses BREACHES = new ClassFileImporter().importPackages(PLANTED);

    @Test
    void layersUseOnlyWhatLiesBelowThem() {
        assertThat(MAIN.stream().map(c -> c.getPackageName())).contains("dev.locret.common", "dev.locret.engine");
        assertThat(new Layers(ROOT).violations(MAIN)).isEmpty();
    }

    @Test
    void theArchitecturePageListsTheLayersInTheirOrder() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "architecture.md"));
        String table = page.substring(page.indexOf("## Layers"), page.indexOf("## The way of a question"));
        assertThat(Pattern.compile("(?m)^\\| `([\\w.]+)` \\|")
                        .matcher(table)
                        .results()
                        .map(row -> row.group(1)))
                .containsExactlyElementsOf(Layers.ORDER.stream()
                        .map(layer -> layer.isEmpty() ? ROOT : layer)
                        .toList());
    }

    @Test
    void aBreachOfTheLayersIsFound() {
        assertThat(new Layers(PLANTED).violations(BREACHES))
                .hasSize(5)
                .anyMatch(v -> v.startsWith("common.UsesEngine must not use engine.Target: "))
                .anyMatch(v -> v.startsWith("backend.cuda.UsesSibling must not use backend.cpu.Device: "))
                .anyMatch(v -> v.startsWith("chat.UsesMetrics must not use metrics.Target: "))
                .anyMatch(v -> v.startsWith("chat.UsesTraining must not use train.Target: "))
                .anyMatch(v -> v.equals("unknown.Lost is in no layer"));
    }

    @Test
    void belowTheChatLayerNothingKnowsLangChain4j() {
        ArchRule rule =
                onlyIn("dev.langchain4j..", "dev.locret", "dev.locret.spi", "dev.locret.chat..", "dev.locret.cli..");
        rule.check(MAIN);
        assertThatThrownBy(() -> rule.check(BREACHES))
                .hasMessageContaining("(1 times)")
                .hasMessageContaining("planted.model.UsesLangChain4j");
    }

    @Test
    void onlyTheVectorKernelsUseTheIncubatingModule() {
        ArchRule rule = onlyIn("jdk.incubator..", "dev.locret.backend.cpu.vector..");
        rule.check(MAIN);
        assertThat(MAIN.stream()
                        .filter(c -> c.getPackageName().equals("dev.locret.backend.cpu.vector"))
                        .flatMap(c -> c.getDirectDependenciesFromSelf().stream())
                        .map(d -> d.getTargetClass().getPackageName()))
                .as("what the rule looks for exists")
                .contains("jdk.incubator.vector");
    }

    @Test
    void onlyTheCommandLineUsesItsOptionalLibraries() {
        onlyIn("picocli..", "dev.locret.cli..").check(MAIN);
        onlyIn("org.jline..", "dev.locret.cli..").check(MAIN);
        onlyIn("me.tongfei..", "dev.locret.cli..").check(MAIN);
        onlyIn("org.apache.tika..", "dev.locret.cli..").check(MAIN);
        onlyIn("org.apache.pdfbox..", "dev.locret.cli..").check(MAIN);
        onlyIn("org.jsoup..", "dev.locret.cli..").check(MAIN);
        onlyIn("org.knowm..", "dev.locret.eval..", "dev.locret.train..").check(MAIN);
    }

    @Test
    void onlyTheMetersUseMicrometer() {
        onlyIn("io.micrometer..", "dev.locret.metrics..").check(MAIN);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("dev.locret.(**)")
                .should()
                .beFreeOfCycles()
                .ignoreDependency(simpleName("Backends"), resideInAPackage("dev.locret.backend.."))
                .check(MAIN);
    }

    private static ArchRule onlyIn(String used, String... users) {
        return noClasses()
                .that()
                .resideOutsideOfPackages(users)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(used)
                .allowEmptyShould(false);
    }
}
